"""The numbers of the huddle. Each is the count of a list, narrowed by the list's own filters: the two never differ."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Q, QuerySet, Value
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from records.completeness.filters import NOBODY, DeficiencyFilter, ExpectedFilter
from records.completeness.models import AuditRun, Deficiency, Expected
from records.completeness.models.runs import State
from records.inventory.filters import UNFINISHED, RecordFilter
from records.inventory.models import Record


@dataclass(frozen=True)
class Figure:
    """A number and the address of the rows behind it."""

    number: int
    address: str


HEADLINE = {
    "delinquent": ("record_list", RecordFilter, Record, {"status": "delinquent"}),
    "unfinished": ("record_list", RecordFilter, Record, {"status": UNFINISHED}),
    "past_due": ("deficiency_list", DeficiencyFilter, Deficiency, {"age": "0"}),
    "open": ("deficiency_list", DeficiencyFilter, Deficiency, {}),
    "undated": ("deficiency_list", DeficiencyFilter, Deficiency, {"kind": "undated"}),
    "today": ("expected_list", ExpectedFilter, Expected, {"within": "today"}),
}


def headline(request) -> dict[str, Figure]:
    """What the manager asks first: how many are delinquent, incomplete, past due, undated, due today. One query."""
    counts = []
    for name, (_url, filters, model, query) in HEADLINE.items():
        rows = model.objects.visible_to(request.user)
        narrowed = filters(QueryDict(urlencode(query)), rows, request=request).narrowed()
        counts.append(narrowed.order_by().values(name=Value(name)).annotate(number=Count("pk")))
    numbers = {row["name"]: row["number"] for row in counts[0].union(*counts[1:], all=True)}
    return {
        name: Figure(numbers.get(name, 0), address(url, **query))
        for name, (url, _filters, _model, query) in HEADLINE.items()
    }


def address(url_name: str, **query) -> str:
    return reverse(url_name) + (f"?{urlencode(query)}" if query else "")


AGES = ((0, 15, "info"), (15, 30, "watch"), (30, None, "bad"))  # days past due: the bands of the bars


@dataclass(frozen=True)
class Owes:
    """How much somebody or some service owes that is past due, in bands of age, and the address of it."""

    name: str
    number: int
    bands: list["Band"]
    oldest_due_at: datetime
    address: str


@dataclass(frozen=True)
class Band:
    """A part of a bar, in hundredths of the longest one."""

    tone: str
    number: int
    start: float
    length: float


def by_practitioner(request, *, most: int = 10, now: datetime | None = None) -> list[Owes]:
    """Who owes most that is past due."""
    names = {"family": F("owed_by__family_name"), "given": F("owed_by__given_name")}
    rows = counted(request, now, most, "owed_by", **names)
    return [
        owes(
            row,
            ", ".join(part for part in (row["family"], row["given"]) if part),
            rows[0]["number"],
            owed_by=row["owed_by"] or NOBODY,
        )
        for row in rows
    ]


def by_service(request, *, most: int = 10, now: datetime | None = None) -> list[Owes]:
    """Which services owe most that is past due."""
    rows = counted(
        request,
        now,
        most,
        "service",
        service=F("record__encounter__service"),
        title=F("record__encounter__service__title"),
    )
    return [owes(row, row["title"] or "", rows[0]["number"], service=row["service"] or "null") for row in rows]


def counted(request, now: datetime | None, most: int, *by: str, **names) -> list[dict]:
    now = now or timezone.now()
    bands = {
        f"band_{i}": Count(
            "pk",
            filter=Q(due_at__lt=now - timedelta(days=since))
            & (Q() if until is None else Q(due_at__gte=now - timedelta(days=until))),
        )
        for i, (since, until, _tone) in enumerate(AGES)
    }
    return list(
        Deficiency.objects.visible_to(request.user)
        .overdue(now)
        .values(*by, **names)
        .annotate(number=Count("pk"), oldest=Min("due_at"), **bands)
        .order_by("-number", *by)[:most]
    )


def owes(row: dict, name: str, longest: int, **query) -> Owes:
    start, bands = 0.0, []
    for i, (_since, _until, tone) in enumerate(AGES):
        number = row[f"band_{i}"]
        length = 100 * number / longest
        bands.append(Band(tone, number, start, length))
        start += length
    return Owes(name, row["number"], bands, row["oldest"], address("deficiency_list", age=0, **query))


def runs_for(user) -> QuerySet[AuditRun]:
    """Audits of the person's facilities, and of all of them at once."""
    return AuditRun.objects.filter(Q(facility=None) | Q(facility__in=user.facility_ids))


def latest_run(user) -> AuditRun | None:
    """The last audit that was finished and written: all numbers are as of then."""
    return runs_for(user).filter(written=True, state=State.FINISHED).order_by("-as_of", "-pk").first()
