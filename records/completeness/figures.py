"""The numbers of the huddle. Each is the count of a list, narrowed by the list's own filters, so the two never differ."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from himdept.common.lists import ListFilter
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


def figure(request, filters: type[ListFilter], rows: QuerySet, url_name: str, **query) -> Figure:
    """Count `rows` as the list at `url_name` narrows them by `query`."""
    data = QueryDict(urlencode(query))
    number = filters(data, rows, request=request).narrowed().count()
    return Figure(number, reverse(url_name) + (f"?{data.urlencode()}" if query else ""))


def of_records(request, **query) -> Figure:
    return figure(request, RecordFilter, Record.objects.visible_to(request.user), "record_list", **query)


def of_deficiencies(request, **query) -> Figure:
    return figure(request, DeficiencyFilter, Deficiency.objects.visible_to(request.user), "deficiency_list", **query)


def of_expected(request, **query) -> Figure:
    return figure(request, ExpectedFilter, Expected.objects.visible_to(request.user), "expected_list", **query)


def headline(request) -> dict[str, Figure]:
    """What the manager asks first: how many are delinquent, incomplete, past due, due today, undated."""
    return {
        "delinquent": of_records(request, status="delinquent"),
        "unfinished": of_records(request, status=UNFINISHED),
        "past_due": of_deficiencies(request, age=0),
        "open": of_deficiencies(request),
        "today": of_expected(request, within="today"),
        "undated": of_deficiencies(request, kind="undated"),
    }


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
    return [owes(row, row["title"] or "", rows[0]["number"], service=row["service"] or "") for row in rows]


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
    address = f"{reverse('deficiency_list')}?{urlencode({'age': 0, **query})}"
    return Owes(name, row["number"], bands, row["oldest"], address)


def runs_for(user) -> QuerySet[AuditRun]:
    """Audits of the person's facilities, and of all of them at once."""
    return AuditRun.objects.filter(Q(facility=None) | Q(facility__in=user.facility_ids))


def latest_run(user) -> AuditRun | None:
    """The last audit that was finished and written: all numbers are as of then."""
    return runs_for(user).filter(written=True, state=State.FINISHED).order_by("-as_of", "-pk").first()
