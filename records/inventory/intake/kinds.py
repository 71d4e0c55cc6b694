"""The five kinds of fact: which tables hold them, what they refer to, and how they read as a row."""

from collections.abc import Iterator, Sequence
from functools import cache
from zoneinfo import ZoneInfo

from django.db import models
from msgspec import UNSET

from himdept.common import moments
from himdept.common.errors import Unreadable
from records.inventory.intake import references, tables
from records.inventory.intake.facts import Facts, Ref, Row
from records.inventory.intake.items import Door, Item, Refused
from records.inventory.intake.references import Found


class Kind:
    """A kind of fact. `columns` are those that intake writes; `owner` is the column by which keys name the row."""

    noun: str
    model: type[models.Model]
    keys: type[models.Model]
    numbers: type[models.Model] | None
    columns: Sequence[str]
    own_references: Sequence[str] = ()  # fields that lead to another fact of the same kind

    @property
    def owner(self) -> str:
        return f"{self.noun}_id"

    def references(self, facts: Facts) -> Iterator[tuple[str, str, Ref]]:
        """Each reference: the field it stands in, the kind it leads to, the reference."""
        return iter(())

    def prepare(self, cursor, items: list[Item], found: Found) -> None:
        """Read what `values` needs beside the references."""

    def values(self, item: Item, found: Found, door: Door) -> Row:
        """The columns that the fact tells of. Raises Refused where it cannot be taken in as it is."""
        raise NotImplementedError

    def place(self, item: Item, found: Found) -> None:
        """Settle which row a fact is about that has neither id nor number of its own."""

    def yield_to(self, cursor, items: list[Item], before: dict[int, Row]) -> None:
        """Take out of what is told what somebody who knows better has said already."""

    def check(self, row: Row) -> None:
        """Raises Refused where a row, old and new taken together, says what can never be."""

    def entered(self, cursor, items: list[Item]) -> None:
        """Add what belongs to rows that are new."""

    def settle(self, cursor, items: list[Item]) -> None:
        """Do what a fact asks for beside its own row; runs for every fact that its source has not told before."""

    def touched(self, cursor, items: list[Item], before: dict[int, Row]) -> None:
        """Fill in which records have to be looked at again; `before` holds the rows that were changed, as they were."""


def moment(row: Row, column: str, told, zone: ZoneInfo, field: str) -> None:
    """Put both bounds of a time into a row, unless nothing is said of it."""
    if told is UNSET:
        return
    first = last = None
    if told is not None:
        try:
            first, last = moments.read_moment(told, zone)
        except Unreadable as problem:
            raise Refused(problem.message, field=field) from problem
    row[f"{column}_first"], row[f"{column}_last"] = first, last


def in_order(row: Row, start: str, end: str, sentence: str) -> None:
    if row[f"{start}_first"] and row[f"{end}_last"] and row[f"{end}_last"] < row[f"{start}_first"]:
        raise Refused(sentence, field=end)


def told(**values) -> Row:
    """The columns about which something is said."""
    return {column: value for column, value in values.items() if value is not UNSET}


def fits(model: type[models.Model], row: Row) -> None:
    """Raises Refused for a text that is longer than its column, or a character that PostgreSQL cannot hold."""
    for column, most in _texts(model):
        if isinstance(value := row.get(column), str):
            if "\0" in value:
                raise Refused("A text may not contain the character NUL.", field=column)
            if most and len(value) > most:
                raise Refused(f"This is longer than {most} characters.", field=column)


@cache
def _texts(model: type[models.Model]) -> list[tuple[str, int | None]]:
    """The columns that hold a text, and how long it may be."""
    fields = tables.table(model).columns.items()
    return [(c, f.max_length) for c, f in fields if isinstance(f, models.CharField | models.TextField)]


def stays_of(cursor, items: list[Item], found: Found) -> None:
    """Whose encounters these facts belong to, and where."""
    told = (item.facts.encounter for item in items if item.facts.encounter)
    references.look_up_stays(cursor, found, (found.row("encounter", encounter) for encounter in told))


def stay_of(item: Item, found: Found, door: Door) -> tuple[int, ZoneInfo]:
    """The record and the time zone of a fact within an encounter. Raises Refused if it is another patient's."""
    if not item.facts.encounter:
        raise Refused("It is not said to which encounter this belongs.", field="encounter")
    record = found.row("encounter", item.facts.encounter)
    if item.facts.patient and found.row("patient", item.facts.patient) != found.stays[record].patient:
        raise Refused("The encounter is another patient's.", field="patient", status=409)
    return record, zone_of(record, found, door)


def zone_of(record: int, found: Found, door: Door) -> ZoneInfo:
    """The time zone of a record. Raises Refused where the door does not lead to its facility."""
    facility = found.stays[record].facility
    within_reach(facility, door, "encounter")
    return door.zones[facility]


def within_reach(facility: int, door: Door, field: str) -> None:
    if not door.lets_into(facility):
        raise Refused("This encounter belongs to a facility that this client does not reach.", field=field, status=403)
