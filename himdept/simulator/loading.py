"""Filling a facility with a simulated hospital: a stream of stays, through COPY, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db import connection, transaction

from himdept.common.errors import Conflict, DomainError
from himdept.simulator import services
from himdept.simulator.facts import Stay
from himdept.simulator.forms import FORMS
from himdept.simulator.hospital import Hospital
from himdept.simulator.rows import COLUMNS, Lines, Stamps
from records.models import DocumentType, Encounter, Service, Source
from staff.models import Facility

SOURCE = "simulated"
CHUNK = 1000  # stays that are in memory at once; twice so many while the next ones are being made
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


def fill(wish: Wish, *, progress: Callable[[int], None] = lambda done: None) -> dict[str, int]:
    """Load a hospital into an empty facility, all of it or nothing, and mark its records due for the audit.

    Returns how many rows each table got. Raises Conflict for a facility that has encounters already: people who do
    not exist must never lie between those who do.
    """
    hospital = Hospital(encounters=wish.encounters, seed=wish.seed, zone=wish.facility.zone, until=wish.until)
    with transaction.atomic(), connection.cursor() as cursor:
        _claim(cursor, wish.facility)
        # Checked at the end of each COPY: kept for the commit, a million stays' checks would fill the memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        loader = _Loader(cursor, wish.facility, hospital)
        done = 0
        for stays in _ahead(_chunks(hospital.stays())):
            loader.load(stays)
            done += len(stays)
            progress(done)
    return dict(loader.counts)


def _claim(cursor, facility: Facility):
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, facility.pk])
    if not cursor.fetchone()[0]:
        raise Conflict(f"Another simulation is filling {facility.code} at this moment.")
    if Encounter.objects.filter(facility=facility).exists():
        raise Conflict(f"{facility.code} has encounters already; a hospital is only simulated into an empty facility.")


def _chunks(stays: Iterator[Stay]) -> Iterator[list[Stay]]:
    while chunk := list(islice(stays, CHUNK)):
        yield chunk


def _ahead(chunks: Iterator[list[Stay]]) -> Iterator[list[Stay]]:
    """The same chunks, each made by a second thread while the database still takes in the one before it."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = maker.submit(next, chunks, None)
            yield chunk


class _Loader:
    """Gives facts their row numbers and copies them into the tables."""

    def __init__(self, cursor, facility: Facility, hospital: Hospital):
        self._cursor, self.counts = cursor, Counter()
        self._stamp = Stamps()
        cursor.execute("SELECT now()::text")
        self._lines = Lines(
            facility=facility.pk,
            code=facility.code,
            source=Source.objects.get_or_create(name=SOURCE)[0].pk,
            loaded_at=cursor.fetchone()[0],
            services=_services(),
            types=_document_types(),
            calendar=hospital.calendar,
        )
        self._number("practitioner", hospital.staff.all)
        for clinician in hospital.staff.all:
            self._lines.clinician(clinician)
        self._copy()

    def load(self, stays: list[Stay]):
        self._number("patient", [stay.patient for stay in stays if stay.patient_is_new])
        self._number("encounter", stays)
        self._number("episode", [episode for stay in stays for episode in stay.episodes])
        self._number("document", [document for stay in stays for document in stay.documents])
        for stay in stays:
            self._lines.stay(stay)
        self._copy()
        self._bury([stay for stay in stays if stay.disposition == "expired"])

    def _number(self, table: str, facts: list):
        """Take row numbers from the table's own sequence: whoever else writes meanwhile gets others."""
        self._cursor.execute(
            f"SELECT nextval(pg_get_serial_sequence('records_{table}', 'id')) FROM generate_series(1, %s)",
            [len(facts)],
        )
        for fact, (row,) in zip(facts, self._cursor.fetchall(), strict=True):
            fact.row = row

    def _copy(self):
        for table, lines in self._lines.take().items():
            if lines:
                with self._cursor.copy(f"COPY records_{table} ({COLUMNS[table]}) FROM STDIN") as copy:
                    copy.write("".join(lines))
                self.counts[table] += len(lines)

    def _bury(self, stays: list[Stay]):
        """A patient's death is known once their last stay is: some of them came earlier, and have their row."""
        if stays:
            self._cursor.execute(
                "UPDATE records_patient SET deceased = true, deceased_first = died.at, deceased_last = died.at "
                "FROM unnest(%s::bigint[], %s::timestamptz[]) AS died(id, at) WHERE records_patient.id = died.id",
                [[stay.patient.row for stay in stays], [self._stamp(stay.end) for stay in stays]],
            )


def _services() -> dict[str, int]:
    return {
        service.code: Service.objects.get_or_create(code=service.code, defaults={"title": service.title})[0].pk
        for service in services.SERVICES
    }


def _document_types() -> dict[str, int]:
    """The catalogue's types by code; those that it lacks are added."""
    loinc = DocumentType._meta.get_field("system").default
    return {
        form.code: DocumentType.objects.get_or_create(
            code=form.code, defaults={"title": form.title, "system": loinc if form.is_loinc else ""}
        )[0].pk
        for form in FORMS
    }
