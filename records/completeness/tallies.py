"""The sums of the deficiency report: one look at all that is open or was lately met late, summed in every way it is
told.

What was met late only ever grows: the last LATELY days of it are told, counted down to a few thousand rows before they
are summed. What is told of records (how many are delinquent) is asked of what is open alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, QuerySet

from records.completeness.models import Deficiency
from records.completeness.queries import DELINQUENT

LATELY = 90  # days


@dataclass(frozen=True)
class Tally:
    """What comes to one practitioner, service, document or kind, or to all: how much is open, past due and was lately
    met late, since when the oldest is due, and on how many delinquent records. `key` is None for nobody and no service.
    """

    key: int | str | None = None
    name: str = ""
    open: int = 0
    past_due: int = 0
    undated: int = 0
    late: int = 0
    delinquent: int = 0
    oldest_due_at: datetime | None = None
    is_required: bool = True  # of a document: whether some rule asks for it


@dataclass(frozen=True)
class Age:
    """How much has been past due for longer than so many days, and on how many delinquent records."""

    days: int
    open: int
    records: int


@dataclass(frozen=True)
class Tallies:
    """Everything that is summed; within each, those who owe most first. `zone` is that of the record on which the
    longest past due stands."""

    all: Tally = Tally()
    zone: ZoneInfo | None = None
    ages: list[Age] = field(default_factory=list)
    kinds: list[Tally] = field(default_factory=list)
    services: list[Tally] = field(default_factory=list)
    practitioners: list[Tally] = field(default_factory=list)
    documents: list[Tally] = field(default_factory=list)


def tallies(deficiencies: QuerySet[Deficiency], *, now: datetime, ages: Sequence[int]) -> Tallies:
    """Sum these up, as of `now`. One query."""
    rows = summed(deficiencies, now, ages)
    if not rows:
        return Tallies(ages=[Age(days, 0, 0) for days in ages])
    of = {what: sorted((row for row in rows if row["what"] == what), key=most_first) for what in KEYS}
    (every,) = of[ALL]
    oldest = min((row for row in of[FACILITY] if row["oldest"]), key=lambda row: row["oldest"], default=None)
    return Tallies(
        tally(every),
        ZoneInfo(oldest["zone"]) if oldest else None,
        [Age(days, every[f"open_{i}"], every[f"records_{i}"]) for i, days in enumerate(ages)],
        *([tally(row) for row in of[what]] for what in (KIND, SERVICE, PRACTITIONER, DOCUMENT)),
    )


# As grouping() tells which columns a row is not grouped by: kind, practitioner, service, document type, facility.
ALL, KIND, PRACTITIONER, SERVICE, DOCUMENT, FACILITY = 0b11111, 0b01111, 0b10111, 0b11011, 0b11101, 0b11110
KEYS = {
    ALL: None,
    KIND: "kind",
    PRACTITIONER: "owed_by",
    SERVICE: "service",
    DOCUMENT: "document_type",
    FACILITY: "facility",
}


def most_first(row: dict) -> tuple:
    key = row.get(KEYS[row["what"]])
    return -row["past_due"], -row["open"], -row["late"], key is None, key or 0


def tally(row: dict) -> Tally:
    return Tally(
        key=row.get(KEYS[row["what"]]),
        name=row["name"] or "",
        open=row["open"],
        past_due=row["past_due"],
        undated=row["undated"],
        late=row["late"],
        delinquent=row["delinquent"],
        oldest_due_at=row["oldest"],
        is_required=row["is_required"],
    )


def summed(deficiencies: QuerySet[Deficiency], now: datetime, ages: Sequence[int]) -> list[dict]:
    whose = {"service": F("record__service")}
    rows = deficiencies.order_by()
    try:
        is_open, of_open = (
            rows.every_open()
            .annotate(delinquent=DELINQUENT)
            .values("record_id", "kind", "owed_by", "document_type", "due_at", "delinquent", **whose)
            .annotate(facility=F("record__facility"))
            .query.sql_with_params()
        )
        was_late, of_late = (
            rows.late()
            .resolved_since(now - timedelta(days=LATELY))
            .values("owed_by", "document_type", **whose)
            .annotate(late=Count("pk"))
            .query.sql_with_params()
        )
    except EmptyResultSet:  # a role without a facility reaches nothing
        return []
    limits = [now - timedelta(days=days) for days in ages]
    aged = "".join(
        f", count(*) FILTER (WHERE due_at < %s) AS open_{i}"
        f", count(DISTINCT record_id) FILTER (WHERE delinquent AND due_at < %s) AS records_{i}"
        for i in range(len(ages))
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH owed AS MATERIALIZED ({is_open}), met AS MATERIALIZED ({was_late}), told AS (
                SELECT record_id, kind, owed_by, service, document_type, facility, due_at, delinquent,
                       1 AS open, 0 AS late FROM owed
                UNION ALL
                SELECT NULL, NULL, owed_by, service, document_type, NULL, NULL, FALSE, 0, late FROM met
            ), sums AS (
                SELECT grouping(kind, owed_by, service, document_type, facility) AS what,
                       kind, owed_by, service, document_type, facility,
                       coalesce(sum(open), 0)::bigint AS open, count(*) FILTER (WHERE due_at < %s) AS past_due,
                       count(*) FILTER (WHERE open = 1 AND due_at IS NULL) AS undated,
                       coalesce(sum(late), 0)::bigint AS late, min(due_at) AS oldest,
                       count(DISTINCT record_id) FILTER (WHERE delinquent) AS delinquent
                FROM told
                GROUP BY GROUPING SETS ((), (kind), (owed_by), (service), (document_type), (facility))
            ), aged AS (SELECT {ALL} AS of{aged} FROM owed)
            SELECT sums.*, aged.*, facility.time_zone_id AS zone,
                   coalesce(service.title, type.title, concat_ws(', ', NULLIF(who.family_name, ''),
                            NULLIF(who.given_name, '')), '') AS name,
                   type.code IS NULL OR type.code IN (
                       SELECT unnest(document_types) FROM records_requirement
                   ) AS is_required
            FROM sums
            LEFT JOIN aged ON aged.of = sums.what
            LEFT JOIN records_practitioner who ON who.id = sums.owed_by
            LEFT JOIN records_service service ON service.id = sums.service
            LEFT JOIN records_documenttype type ON type.id = sums.document_type
            LEFT JOIN staff_facility facility ON facility.id = sums.facility
            """,
            [*of_open, *of_late, now, *(limit for limit in limits for _twice in range(2))],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
