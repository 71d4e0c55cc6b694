"""Practitioners by what they owe: the list of those who owe anything, and all that is told of one of them.

Summed over what is open (an index has that alone), for the records that the person may see.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from types import SimpleNamespace

import django_filters
from django.db.models import Aggregate, CharField, Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common.db.sums import rows_of
from himdept.common.lists import ListFilter
from himdept.common.paging import Sort
from records.completeness.figures import address
from records.completeness.models import Deficiency, Expected
from records.completeness.owing import AGES, Band, bands_of
from records.completeness.queries import DELINQUENT, overdue
from records.inventory.filters import facilities_of
from records.inventory.models import Practitioner, Service
from records.inventory.queries import number_of_patient, number_of_visit

LATELY = timedelta(days=90)


class PractitionerFilter(ListFilter):
    """By name, service and facility: of those who owe something, and of what they owe."""

    who = django_filters.CharFilter(
        label=gettext_lazy("Name"), field_name="owed_by__family_name", lookup_expr="istartswith"
    )
    service = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Service"),
        queryset=Service.objects.order_by("title"),
        field_name="record__service",
        empty_label=gettext_lazy("any"),
        null_label=gettext_lazy("no service"),
    )
    facility = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Facility"),
        queryset=facilities_of,
        field_name="record__facility",
        empty_label=gettext_lazy("all"),
    )

    field_order = ["who", "service", "facility"]

    class Meta:
        model = Deficiency
        fields = ()

    def filter_queryset(self, queryset):
        """What is owed and passes, summed up by who owes it."""
        self.owed = super().filter_queryset(queryset)
        return sums(self.owed, timezone.now())

    def countable(self):
        """One thing that is owed counts a practitioner: the others are not looked at, as a join would."""
        self.narrowed()
        one = self.owed.order_by().filter(owed_by=OuterRef("pk")).values("pk")[:1]
        return Practitioner.objects.annotate(owed_by=F("pk"), one=Subquery(one)).filter(one__isnull=False)


class Mode(Aggregate):
    """The value that is there most often."""

    function = "mode"
    template = "%(function)s() WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = CharField()


class Owing(SimpleNamespace):
    """One practitioner and what they owe: `owed_by` is their number, `oldest` the due time of what is due longest."""

    @property
    def name(self) -> str:
        return ", ".join(part for part in (self.last_name, self.first_name) if part)

    def bands(self, longest: int) -> list[Band]:
        """What is past due by age, as parts of a bar."""
        return bands_of(vars(self), longest)


def in_order(way: str = "") -> Lower:
    """What the order by name goes by, of the practitioner at the end of `way`: Ann before Ann Marie, in any case."""
    return Lower(Concat(f"{way}family_name", Value(" , "), f"{way}given_name"))


def name_in_order(number: int) -> str:
    """Where a practitioner stands in the order by name. Raises Practitioner.DoesNotExist."""
    return Practitioner.objects.values_list(in_order(), flat=True).get(pk=number)


SORTS = (
    Sort("owes", "past_due"),
    Sort("oldest", "oldest", nullable=True),
    Sort("name", "in_order", recall=name_in_order),
)


def sums(owed: QuerySet[Deficiency], now: datetime) -> QuerySet:
    """A row (`Owing`) for each practitioner who owes any of these."""
    found = (
        owed.filter(owed_by__isnull=False)
        .order_by()
        .values("owed_by")
        .annotate(
            in_order=Max(in_order("owed_by__")),
            last_name=Max("owed_by__family_name"),
            first_name=Max("owed_by__given_name"),
            service=Mode("record__service__title"),
            open=Count("pk"),
            past_due=Count("pk", filter=overdue(now)),
            delinquent=Count("record", filter=DELINQUENT, distinct=True),
            oldest=Min("due_at"),
            **{f"band_{i}": Count("pk", filter=band) for i, band in enumerate(bands(now))},
        )
    )
    return rows_of(found, Owing)


def bands(now: datetime) -> list[Q]:
    return [
        Q(due_at__lt=now - timedelta(days=since))
        & (Q() if until is None else Q(due_at__gte=now - timedelta(days=until)))
        for since, until, _tone in AGES
    ]


# -- One practitioner ------------------------------------------------------------------------------------------------


# What a chart is called by where no name is needed, as in the department's own reports.
NUMBERS = {"mrn": number_of_patient("record__encounter__patient"), "visit": number_of_visit("record__encounter")}


@dataclass(frozen=True)
class OfType:
    """What a practitioner owes of one type of document, or in all: by how long it has been past due, on how many
    records, and how many of these are delinquent for it."""

    title: str
    cells: list[tuple[str, int, str]]  # label, number, address
    oldest_due_at: datetime | None
    records: int
    delinquent: int


COLUMNS = (
    (gettext_lazy("Open"), None),
    (gettext_lazy("Past due"), 0),
    (gettext_lazy("Over 15 days"), 15),
    (gettext_lazy("Over 30 days"), 30),
)


def by_type(user, practitioner: Practitioner, *, now: datetime) -> tuple[OfType, list[OfType]]:
    """What they owe in all, and by type of document, most first. One query."""
    counts = {
        f"over_{i}": Count("pk", filter=Q() if days is None else Q(due_at__lt=now - timedelta(days=days)))
        for i, (_label, days) in enumerate(COLUMNS)
    } | {
        "oldest": Min("due_at"),
        "records": Count("record", distinct=True),
        "delinquent": Count("record", filter=DELINQUENT, distinct=True),
    }
    owed = Deficiency.objects.visible_to(user).open().filter(owed_by=practitioner).order_by()
    each = owed.values(type=F("document_type"), title=F("document_type__title")).annotate(**counts)
    every = owed.values(type=Value(0), title=Value("")).annotate(**counts)
    rows = sorted(each.union(every, all=True), key=lambda row: (-row["over_0"], row["title"]))
    types = [of_type(row, practitioner, document_type=row["type"]) for row in rows if row["type"]]
    nothing = {f"over_{i}": 0 for i in range(len(COLUMNS))} | {"oldest": None, "records": 0, "delinquent": 0}
    total = next((row for row in rows if not row["type"]), nothing)
    return of_type(total | {"title": _("All")}, practitioner), types


def of_type(row: dict, practitioner: Practitioner, **query) -> OfType:
    cells = [
        (
            str(label),
            row[f"over_{i}"],
            address("deficiency_list", **({} if days is None else {"age": days}), owed_by=practitioner.pk, **query),
        )
        for i, (label, days) in enumerate(COLUMNS)
    ]
    return OfType(row["title"], cells, row["oldest"], row["records"], row["delinquent"])


@dataclass(frozen=True)
class Resolved:
    """What a practitioner made good in the last 90 days: how much, how late on the median, and the last of it."""

    number: int
    lateness: timedelta | None
    rows: list[Deficiency]


def resolved(user, practitioner: Practitioner, *, now: datetime, most: int = 8) -> Resolved:
    """One query; of somebody who made good more than a thousand, the last thousand."""
    done = (
        Deficiency.objects.visible_to(user)
        .filter(owed_by=practitioner, status=Deficiency.Status.RESOLVED, resolved_at__gte=now - LATELY)
        .filter(cause__in=[Deficiency.Cause.MET, Deficiency.Cause.MET_LATE], resolved_at__lte=now)
        .select_related("document_type", "record__facility")
        .annotate(**NUMBERS)
        .order_by("-resolved_at", "-pk")[:1000]
    )
    rows = list(done)
    late = [row.resolved_at - row.due_at for row in rows if row.due_at]
    return Resolved(len(rows), median(late) if late else None, rows[:most])


def due_next(user, practitioner: Practitioner, *, most: int = 8) -> list[Expected]:
    """What will be asked of them next, due first, and one more than `most` if there is more. One query."""
    coming = Expected.objects.visible_to(user).filter(owed_by=practitioner).annotate(**NUMBERS)
    return list(coming.select_related("document_type", "record__facility").order_by("due_at", "pk")[: most + 1])
