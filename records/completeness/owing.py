"""Who owes what, by practitioner, service, rule and facility: one look at everything that is open, summed in four ways.

The rows are those of the deficiency list, so every number opens a list of just as many.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F

from records.completeness.figures import address
from records.completeness.filters import NOBODY
from records.completeness.models import Deficiency, Requirement

AGES = ((0, 15, "info"), (15, 30, "watch"), (30, None, "bad"))  # days past due: the bands of the bars
MOST = 8


@dataclass(frozen=True)
class Band:
    """A part of a bar, in hundredths of the longest one."""

    tone: str
    number: int
    start: float
    length: float


@dataclass(frozen=True)
class Owes:
    """How much somebody or some service owes that is past due, in bands of age, and the address of it."""

    key: int | None
    name: str
    number: int
    bands: list[Band]
    oldest_due_at: datetime
    address: str
    service: str = ""


@dataclass(frozen=True)
class Citation:
    """A rule that open deficiencies break: what a surveyor would cite, on how many charts."""

    code: str
    title: str
    basis: str
    tag: str
    severity: str
    findings: int
    charts: int
    findings_address: str
    charts_address: str

    @property
    def tone(self) -> str:
        return "bad" if self.severity == Requirement.Severity.SERIOUS else "watch"

    @property
    def severity_in_words(self) -> str:
        return str(Requirement.Severity(self.severity).label)


@dataclass(frozen=True)
class Owing:
    """What is owed, those who owe most first; and how many practitioners owe anything, as their list counts.

    `by_facility` has what is open, past due and undated, by these names and then by the number of the facility.
    """

    practitioners: list[Owes]
    services: list[Owes]
    citations: list[Citation]
    how_many: int
    by_facility: dict[str, dict[int, int]]


def owing(user, *, now: datetime, most: int = MOST) -> Owing:
    """Sum up what the person may see of what is open. One query."""
    rows = summed(user, now=now, most=most)
    practitioners = [row for row in rows if row["what"] == PRACTITIONER]
    services = [row for row in rows if row["what"] == SERVICE]
    return Owing(
        practitioners=[
            owes(row, name_of(row), practitioners, owed_by=row["owed_by"] or NOBODY) for row in practitioners
        ],
        services=[
            owes(row, row["service_title"] or "", services, service=row["service"] or "null") for row in services
        ],
        citations=[citation(row) for row in rows if row["what"] == RULE],
        how_many=practitioners[0]["how_many"] if practitioners else 0,
        by_facility={
            name: {row["facility"]: row[column] for row in rows if row["what"] == FACILITY}
            for name, column in (("open", "findings"), ("past_due", "number"), ("undated", "undated"))
        },
    )


# As grouping() tells which columns a row is not grouped by: practitioner, service, rule, facility.
PRACTITIONER, SERVICE, RULE, FACILITY = 0b0111, 0b1011, 0b1101, 0b1110


def summed(user, *, now: datetime, most: int) -> list[dict]:
    rows = (
        Deficiency.objects.visible_to(user)
        .every_open()
        .order_by()
        .values(
            "record_id",
            "owed_by",
            "due_at",
            "requirement_id",
            "kind",
            service=F("record__service"),
            code=F("requirement__code"),
            facility=F("record__facility"),
        )
    )
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # a role without a facility reaches nothing
        return []
    ages = ", ".join(
        f"count(*) FILTER (WHERE due_at < %s{' AND due_at >= %s' if until else ''}) AS band_{i}"
        for i, (_since, until, _tone) in enumerate(AGES)
    )
    limits = [now - timedelta(days=days) for since, until, _tone in AGES for days in (since, until) if days is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH owed AS MATERIALIZED ({sql}), sums AS (
                SELECT grouping(owed_by, service, code, facility) AS what, owed_by, service, code, facility,
                       max(requirement_id) AS requirement, count(*) AS findings,
                       count(*) FILTER (WHERE kind = 'undated') AS undated,
                       count(*) FILTER (WHERE due_at < %s) AS number,
                       min(due_at) FILTER (WHERE due_at < %s) AS oldest, {ages}
                FROM owed
                GROUP BY GROUPING SETS ((owed_by), (service), (code), (facility))
            ), placed AS (
                SELECT *, count(owed_by) OVER (PARTITION BY what) AS how_many,
                       row_number() OVER (PARTITION BY what ORDER BY number DESC, oldest, owed_by, service) AS place
                FROM sums WHERE what <> {RULE} OR code IS NOT NULL
            ), cited AS (
                SELECT code, count(*) AS charts FROM (SELECT DISTINCT code, record_id FROM owed) each GROUP BY code
            ), usual AS (
                SELECT DISTINCT ON (owed_by) owed_by, service FROM owed WHERE service IS NOT NULL
                GROUP BY owed_by, service ORDER BY owed_by, count(*) DESC, service
            )
            SELECT placed.*, cited.charts, rule.title, rule.basis, rule.tag, rule.severity,
                   service.title AS service_title, who.family_name AS family, who.given_name AS given
            FROM placed
            LEFT JOIN records_requirement rule ON rule.id = placed.requirement AND what = {RULE}
            LEFT JOIN records_practitioner who ON who.id = placed.owed_by
            LEFT JOIN cited ON cited.code = placed.code AND what = {RULE}
            LEFT JOIN usual ON usual.owed_by IS NOT DISTINCT FROM placed.owed_by AND what = {PRACTITIONER}
            LEFT JOIN records_service service ON service.id = coalesce(placed.service, usual.service)
            WHERE (number > 0 AND place <= %s) OR what IN ({RULE}, {FACILITY})
            ORDER BY what, CASE WHEN what = {RULE} THEN charts END DESC, place
            """,
            [*parameters, now, now, *limits, most],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def name_of(row: dict) -> str:
    return ", ".join(part for part in (row["family"], row["given"]) if part)


def bands_of(row: dict, longest: int) -> list[Band]:
    start, bands = 0.0, []
    for i, (_since, _until, tone) in enumerate(AGES):
        length = 100 * row[f"band_{i}"] / longest if longest else 0.0
        bands.append(Band(tone, row[f"band_{i}"], start, length))
        start += length
    return bands


def owes(row: dict, name: str, rows: list[dict], **query) -> Owes:
    return Owes(
        key=row["owed_by"] if row["what"] == PRACTITIONER else row["service"],
        name=name,
        number=row["number"],
        bands=bands_of(row, rows[0]["number"]),
        oldest_due_at=row["oldest"],
        address=address("deficiency_list", age=0, **query),
        service=(row["service_title"] or "") if row["what"] == PRACTITIONER else "",
    )


def citation(row: dict) -> Citation:
    return Citation(
        code=row["code"],
        title=row["title"],
        basis=row["basis"],
        tag=row["tag"],
        severity=row["severity"],
        findings=row["findings"],
        charts=row["charts"],
        findings_address=address("deficiency_list", rule=row["code"]),
        charts_address=address("record_list", lacks=row["code"]),
    )
