"""Filling a facility with a simulated hospital: a stream of stays, through COPY, in one transaction."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import date, datetime

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from himdept.common.errors import Conflict, DomainError
from himdept.simulator import foreign_keys, services
from himdept.simulator.forms import FORMS
from himdept.simulator.making import Recipe, Sheet, sheets, sheets_from_elsewhere
from himdept.simulator.rows import COLUMNS
from records.models import DocumentType, Encounter, Service, Source
from staff.models import Facility

SOURCE = "simulated"
CHUNK = 2000  # stays to a sheet; some four sheets are in memory at once, here and in the other process
SMALL = 5000  # encounters that are made sooner than another process has started
MOST = 9_000_000  # seven digits of medical record numbers
EARLIEST = date(2000, 1, 1)
LOCK = 7311  # a number of our own among advisory locks; its other half is the facility's


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants simulated; raises DomainError where that cannot be."""

    facility: Facility
    encounters: int
    seed: int
    until: date

    def __post_init__(self):
        if not 0 < self.encounters <= MOST:
            raise DomainError(f"--encounters must be between 1 and {MOST:,}, not {self.encounters:,}.")
        if self.seed < 0:
            raise DomainError(f"--seed must not be negative: {self.seed} is.")
        today = today_in(self.facility)
        if not EARLIEST <= self.until <= today:
            raise DomainError(f"--until must lie between {EARLIEST} and today ({today}), not on {self.until}.")


def today_in(facility: Facility) -> date:
    return datetime.now(facility.zone).date()


def fill(
    wish: Wish, *, progress: Callable[[int], None] = lambda done: None, using: str = DEFAULT_DB_ALIAS
) -> dict[str, int]:
    """Load a hospital into an empty facility, all of it or nothing, and mark its records due for the audit.

    Returns how many rows each table got. Through the owner's connection (`using`) it is three times as fast if the
    whole inventory is empty. Raises Conflict for a facility that has encounters already: people who do not exist must
    never lie between those who do.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _claim(cursor, wish.facility, using)
        # Checked at the end of each COPY: kept for the commit, a million stays' checks would fill the memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        recipe, counts, done = _recipe(wish, cursor, using), Counter(), 0
        with _keys(cursor, using), closing(_sheets(recipe, Numbers(cursor))) as coming:
            for sheet in coming:
                _copy(cursor, sheet)
                counts.update({table: lines for table, (lines, _) in sheet.tables.items()})
                done += sheet.stays
                progress(done)
    return dict(counts)


def _claim(cursor, facility: Facility, using: str):
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, facility.pk])
    if not cursor.fetchone()[0]:
        raise Conflict(f"Another simulation is filling {facility.code} at this moment.")
    if Encounter.objects.using(using).filter(facility=facility).exists():
        raise Conflict(f"{facility.code} has encounters already; a hospital is only simulated into an empty facility.")


def _recipe(wish: Wish, cursor, using: str) -> Recipe:
    cursor.execute("SELECT now()::text")
    return Recipe(
        encounters=wish.encounters,
        seed=wish.seed,
        zone=wish.facility.zone.key,
        until=wish.until,
        chunk=CHUNK,
        facility=wish.facility.pk,
        code=wish.facility.code,
        source=Source.objects.using(using).get_or_create(name=SOURCE)[0].pk,
        loaded_at=cursor.fetchone()[0],
        services=_services(using),
        types=_document_types(using),
    )


def _keys(cursor, using: str):
    if using == DEFAULT_DB_ALIAS:
        return nullcontext()
    return foreign_keys.checked_at_the_end(cursor, [f"records_{table}" for table in COLUMNS], using=using)


def _sheets(recipe: Recipe, number: "Numbers") -> Iterator[Sheet]:
    if recipe.encounters > SMALL:
        return sheets_from_elsewhere(recipe, number)
    answers = deque()
    return sheets(recipe, lambda needs: answers.append(number(needs)), answers.popleft)


class Numbers:
    """Row numbers from the tables' own sequences: whoever else writes meanwhile gets others."""

    def __init__(self, cursor):
        self._cursor, self._sequences = cursor, {}

    def __call__(self, needs: dict[str, int]) -> dict[str, list[range]]:
        return {table: self._take(table, number) for table, number in needs.items()}

    def _take(self, table: str, number: int) -> list[range]:
        if table not in self._sequences:
            self._cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f"records_{table}"])
            self._sequences[table] = self._cursor.fetchone()[0]
        self._cursor.execute(
            "SELECT range_agg(int8range(n, n, '[]')) "
            "FROM (SELECT nextval(%s) AS n FROM generate_series(1, %s)) AS taken",
            [self._sequences[table], number],
        )
        (taken,) = self._cursor.fetchone()
        return [range(some.lower, some.upper) for some in taken or ()]


def _copy(cursor, sheet: Sheet):
    for table, (_, text) in sheet.tables.items():
        with cursor.copy(f"COPY records_{table} ({COLUMNS[table]}) FROM STDIN") as copy:
            copy.write(text)
    if sheet.deaths:
        # A patient's death is known once their last stay is: some of them came earlier, and have their row.
        cursor.execute(
            "UPDATE records_patient SET deceased = true, deceased_first = died.at, deceased_last = died.at "
            "FROM unnest(%s::bigint[], %s::timestamptz[]) AS died(id, at) WHERE records_patient.id = died.id",
            [list(column) for column in zip(*sheet.deaths, strict=True)],
        )


def _services(using: str) -> dict[str, int]:
    return {
        service.code: Service.objects.using(using)
        .get_or_create(code=service.code, defaults={"title": service.title})[0]
        .pk
        for service in services.SERVICES
    }


def _document_types(using: str) -> dict[str, int]:
    """The catalogue's types by code; those that it lacks are added."""
    loinc = DocumentType._meta.get_field("system").default
    return {
        form.code: DocumentType.objects.using(using)
        .get_or_create(code=form.code, defaults={"title": form.title, "system": loinc if form.is_loinc else ""})[0]
        .pk
        for form in FORMS
    }
