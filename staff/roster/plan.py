"""What loading a file of people would come to, row by row: a pure function of its rows and of what is known now."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from himdept.common import moments
from staff.employment import numbers
from staff.employment.models import Employee
from staff.organisation.models import Position
from staff.people.models import User
from staff.roster.reading import LONGEST, NEEDED

LONG = {"number": 20, "given_name": 100, "family_name": 100, "account": 150}


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Person:
    """Somebody who is known: who they are and, if they are in the reader's line, what the file would say of them."""

    employee: Employee
    said: dict[str, str] | None  # None: in another line, or in no seat


@dataclass(frozen=True)
class Seat:
    """A seat that people can be put into, and who sits in it when: pairs of a span and a share."""

    position: Position
    zone: ZoneInfo
    sitting: tuple[tuple[object, Decimal], ...] = ()
    excesses: tuple[tuple[object, Decimal], ...] = ()


@dataclass(frozen=True)
class Known:
    """What the plan goes by, as of a moment."""

    at: datetime
    people: dict[str, Person]
    seats: dict[str, Seat]  # those of the reader's line, by number
    accounts: frozenset[str]
    supervisors: dict[str, Employee]  # whom somebody can report to by name, by number
    lines: "Lines"


@dataclass
class Lines:
    """Who reports to whom: by name, else to whoever heads the unit of their seat, else the nearest one above."""

    unit_of: dict[str, int] = field(default_factory=dict)  # of each person the unit of their seat
    named: dict[str, str] = field(default_factory=dict)
    head: dict[int, str] = field(default_factory=dict)  # who heads each unit, where its head seat is filled
    under: dict[int, int | None] = field(default_factory=dict)
    head_seats: dict[int, int] = field(default_factory=dict)  # the seat that heads it, by unit

    def above(self, number: str) -> str | None:
        if number in self.named:
            return self.named[number]
        unit = self.unit_of.get(number)
        if unit is not None and self.head.get(unit) == number:
            unit = self.under.get(unit)
        while unit is not None and unit not in self.head:
            unit = self.under.get(unit)
        return self.head.get(unit) if unit is not None else None

    def is_circle(self, number: str) -> bool:
        seen, at = set(), self.above(number)
        while at is not None and at not in seen:
            if at == number:
                return True
            seen.add(at)
            at = self.above(at)
        return False


@dataclass
class Row:
    """A row of the file and what would come of it; `why` it is refused, and by which column."""

    line: int
    cells: dict[str, str]
    verdict: Verdict = Verdict.UNCHANGED
    column: str = ""
    why: str = ""
    person: Employee | None = None
    seat: Seat | None = None
    since: datetime | None = None
    fte: Decimal | None = None
    changes: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return self.cells.get("number", "")

    def refuse(self, column: str, why: str):
        self.verdict, self.column, self.why = Verdict.REFUSED, column, str(why)


@dataclass(frozen=True)
class Plan:
    rows: list[Row]

    def of(self, verdict: Verdict) -> list[Row]:
        return [row for row in self.rows if row.verdict == verdict]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.verdict.value for row in self.rows)
        return {verdict.value: counted[verdict.value] for verdict in Verdict}

    @property
    def digest(self) -> str:
        """Of all that is agreed to when the file is loaded."""
        told = [[row.line, row.cells, row.verdict, row.column, row.why, row.changes] for row in self.rows]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class _RefusedError(Exception):
    """A row cannot be: `args` are the column and why."""


def plan(rows: Iterable[tuple[int, dict[str, str]]], known: Known) -> Plan:
    """What would come of each row. Of two that cannot both be, the first of the file is taken."""
    made, seen, accounts, taken = [], set(), set(), defaultdict(list)
    for line, cells in rows:
        row = Row(line, cells)
        made.append(row)
        try:
            _see_that_it_is_whole(cells)
            if row.number in seen:
                raise _RefusedError("number", _("The same number stands higher up in the file."))
            seen.add(row.number)
            if person := known.people.get(row.number):
                _compare(row, person, known, accounts)
            else:
                _newcomer(row, known, accounts, taken)
        except _RefusedError as refusal:
            row.refuse(*refusal.args)
    _see_to_supervisors([row for row in made if row.verdict == Verdict.NEW], known)
    return Plan(made)


def _see_that_it_is_whole(cells: dict[str, str]):
    for name in NEEDED:
        if not cells.get(name):
            raise _RefusedError(name, _("It is empty."))
    for name, words in cells.items():
        if len(words) > LONG.get(name, LONGEST):
            raise _RefusedError(name, _("It is longer than %(n)d characters.") % {"n": LONG.get(name, LONGEST)})


def _compare(row: Row, person: Person, known: Known, accounts: set[str]):
    """Somebody who is known: names may change, and who had no account may get one; the rest is for an action."""
    if person.said is None:
        raise _RefusedError("number", _("Somebody has that number who does not sit in a seat of your line."))
    row.person = person.employee
    for name in ("unit", "seat", "job", "employed_since", "fte", "reports_to"):
        if name in row.cells and _normal(name, row.cells[name]) != _normal(name, person.said.get(name, "")):
            raise _RefusedError(name, _("A personnel action changes that, and no file."))
    if account := row.cells.get("account", ""):
        if person.said["account"] and account != person.said["account"]:
            raise _RefusedError("account", _("An administrator changes the account of somebody."))
        if not person.said["account"]:
            raise _RefusedError("account", _("An administrator gives an account to somebody who is here already."))
    for name in ("given_name", "family_name"):
        if row.cells[name] != person.said[name]:
            row.changes[name] = row.cells[name]
    row.verdict = Verdict.CHANGED if row.changes else Verdict.UNCHANGED


def _normal(name: str, words: str) -> str:
    """The same thing said in another way is no change."""
    if name != "fte" or not words:
        return words
    try:
        return str(Decimal(words).normalize())
    except InvalidOperation:
        return words


def _newcomer(row: Row, known: Known, accounts: set[str], taken: dict[str, list]):
    try:
        numbers.see_that_it_is_plain(row.number)
    except ValidationError as problem:
        raise _RefusedError("number", problem.message) from None
    seat = known.seats.get(row.cells["seat"])
    if seat is None:
        raise _RefusedError("seat", _("There is no such seat in your line that people can be put into."))
    row.seat = seat
    for name, there in (("unit", seat.position.unit.name), ("job", seat.position.job.title)):
        if row.cells.get(name) and row.cells[name] != there:
            raise _RefusedError(name, _("That seat is: %(there)s.") % {"there": there})
    row.since = _since(row.cells["employed_since"], seat.zone, known.at)
    row.fte = _share(row.cells.get("fte") or str(seat.position.authorised_fte))
    valid = seat.position.valid
    if valid.upper is not None or (valid.lower and row.since < valid.lower):
        raise _RefusedError("employed_since", _("The seat does not exist from that day until further notice."))
    _see_that_there_is_room(row, seat, taken[row.cells["seat"]])
    if account := row.cells.get("account", ""):
        _see_that_the_account_is_free(account, known.accounts | accounts)
        accounts.add(account)
    taken[row.cells["seat"]].append((row.since, row.fte))
    row.verdict = Verdict.NEW


def _since(words: str, zone: ZoneInfo, at: datetime) -> datetime:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        raise _RefusedError("employed_since", _("This is no day: it is written 2026-11-23.")) from None
    if not moments.EARLIEST <= day <= moments.LATEST:
        raise _RefusedError("employed_since", _("That day is beyond the calendar."))
    since = moments.midnight(day, zone)
    if since > at:
        raise _RefusedError("employed_since", _("Who begins on a day to come is hired, not taken over."))
    return since


def _share(words: str) -> Decimal:
    try:
        share = Decimal(words.replace(",", "."))
        if not share.is_finite() or not 0 < share <= 1 or share != round(share, 2):
            raise InvalidOperation
    except InvalidOperation:
        raise _RefusedError("fte", _("A share is more than none and at most one full time, such as 0.75.")) from None
    return share


def _see_that_there_is_room(row: Row, seat: Seat, others: list[tuple[datetime, Decimal]]):
    """At no moment from then on may all in the seat have more than it is authorised for, or a dated excess allows."""
    begins = [during.lower for during, _fte in seat.sitting if during.lower]
    ends = [during.upper for during, _fte in seat.excesses if during.upper]
    for moment in {row.since, *(m for m in (*begins, *ends, *(since for since, _fte in others)) if m > row.since)}:
        total = row.fte + sum(fte for since, fte in others if since <= moment)
        total += sum(fte for during, fte in seat.sitting if moment in during)
        allowed = max(
            seat.position.authorised_fte, *(fte for during, fte in seat.excesses if moment in during), Decimal(0)
        )
        if total > allowed:
            raise _RefusedError("seat", _("The seat would hold more than it is authorised for."))


def _see_that_the_account_is_free(account: str, others):
    try:
        User.username_validator(account)
    except ValidationError:
        raise _RefusedError("account", _("A user name has letters, digits and @ . + - _ only.")) from None
    if account in others:
        raise _RefusedError("account", _("Somebody has that user name."))


def _see_to_supervisors(rows: list[Row], known: Known):
    """Whom a newcomer reports to by name is there already or comes with the file; and nobody reports to themselves."""
    coming = {row.number: row for row in rows}
    _let_go_of_the_unled(rows, coming, known)
    lines = known.lines
    for row in rows:
        if row.verdict == Verdict.REFUSED:
            continue
        unit = row.seat.position.unit_id
        lines.unit_of[row.number] = unit
        if lines.head_seats.get(unit) == row.seat.position.pk:
            lines.head.setdefault(unit, row.number)
        if named := row.cells.get("reports_to", ""):
            lines.named[row.number] = named
    for row in rows:
        if row.number in lines.named and lines.is_circle(row.number):
            row.refuse("reports_to", _("They would report to themselves, straight or through others."))
            del lines.named[row.number]
    _let_go_of_the_unled(rows, coming, known)


def _let_go_of_the_unled(rows: list[Row], coming: dict[str, Row], known: Known):
    """Refuse those whose supervisor by name is not there; each takes with it those who would report to it."""
    refused = True
    while refused:
        refused = False
        for row in rows:
            named = row.cells.get("reports_to", "")
            if not named or row.verdict == Verdict.REFUSED or named in known.supervisors:
                continue
            other = coming.get(named)
            if other is None or other.verdict == Verdict.REFUSED:
                row.refuse("reports_to", _("Nobody of that number sits in a seat of your line."))
                refused = True
