"""Practitioners by what they owe: the list of those who owe anything, and all that is told of one of them.

Summed over what is open (an index has that alone), for the records that the person may see.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import django_filters
from django.core import signing
from django.db.models import Aggregate, CharField, Count, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common.errors import Unreadable
from himdept.common.lists import ListFilter
from himdept.common.paging import SIZE, Sort, order_named
from records.completeness.figures import address
from records.completeness.models import Deficiency, Expected
from records.completeness.owing import AGES, Band, bands_of
from records.completeness.queries import DELINQUENT, overdue
from records.inventory.filters import facilities_of
from records.inventory.models import Practitioner, Service

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # the due time of what has no clock: after everything
LATELY = timedelta(days=90)
SORTS = [Sort("owes", "past_due"), Sort("oldest", "oldest"), Sort("name", "family")]
FIRST = "-owes"
signer = signing.Signer(salt="records.completeness.practitioners")


class PractitionerFilter(ListFilter):
    """By name, service and facility: of those who owe something, and of what they owe."""

    who = django_filters.CharFilter(
        label=gettext_lazy("Name"), field_name="owed_by__family_name", lookup_expr="istartswith"
    )
    service = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Service"),
        queryset=Service.objects.order_by("title"),
        field_name="record__encounter__service",
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


class Mode(Aggregate):
    """The value that is there most often."""

    function = "mode"
    template = "%(function)s() WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = CharField()


@dataclass(frozen=True)
class Owing:
    """One practitioner and what they owe, with the addresses of it."""

    number: int
    name: str
    service: str
    open: int
    past_due: int
    delinquent: int
    oldest_due_at: datetime | None
    bands: list[Band]
    open_address: str
    past_due_address: str


@dataclass(frozen=True)
class Page:
    """Some of them in one order, and the positions to go on from. As himdept.common.paging.Page, of sums."""

    rows: list[Owing]
    sort: Sort
    descending: bool
    previous: str | None
    next: str | None

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def page_of(owed: QuerySet[Deficiency], *, now: datetime, sort: str = "", at: str = "", size: int = SIZE, **narrow):
    """A page of those who owe any of `owed`; `narrow` is what the addresses of their numbers are narrowed by too.

    Keyset: by the sum and the practitioner's number, so the last page costs what the first one does. Raises Unreadable
    for an order or a position that is not known.
    """
    chosen, descending = order_named(SORTS, sort or FIRST)
    backwards, key = read_position(at, chosen, descending) if at else (False, None)
    names = {"owes": ["past_due"], "oldest": ["oldest"], "name": ["family", "given"]}[chosen.name]
    keys = [*names, "owed_by"]
    falls = descending != backwards
    rows = sums(owed, now)
    if key:
        rows = rows.filter(beyond(keys, key, "lt" if falls else "gt"))
    found = list(rows.order_by(*(F(name).desc() if falls else F(name).asc() for name in keys))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    before, after = (more, True) if backwards else (bool(key), more)

    def position(row: dict, *, back: bool) -> str:
        value = None if chosen.name == "name" else row[names[0]]
        value = value.isoformat() if isinstance(value, datetime) else value
        return signer.sign_object([chosen.name, descending, back, value, row["owed_by"]])

    longest = max((row["past_due"] for row in found), default=0)
    return Page(
        [row_of(row, longest, narrow) for row in found],
        chosen,
        descending,
        position(found[0], back=True) if before and found else None,
        position(found[-1], back=False) if after and found else None,
    )


def beyond(keys: list[str], values: list, compare: str) -> Q:
    """Past a position. Spelled out, for a comparison of rows cannot stand in HAVING: Django groups by its values."""
    passed, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        passed |= equal & Q(**{f"{key}__{compare}": value})
        equal &= Q(**{key: value})
    return passed


def read_position(at: str, sort: Sort, descending: bool) -> tuple[bool, list]:
    """Whether it goes backwards, and the values to go on from. Of a name only whose it is stands in an address."""
    try:
        name, was_descending, backwards, value, number = signer.unsign_object(at)
        if (name, was_descending) != (sort.name, descending):
            raise ValueError
        if sort.name == "name":
            person = Practitioner.objects.get(pk=number)
            return backwards, [person.family_name.lower(), person.given_name.lower(), number]
        return backwards, [datetime.fromisoformat(value) if sort.name == "oldest" else value, number]
    except (signing.BadSignature, ValueError, TypeError, Practitioner.DoesNotExist) as problem:
        raise Unreadable(
            _("This place in the list is not known. Start again from the first page."), field="at"
        ) from problem


def sums(owed: QuerySet[Deficiency], now: datetime) -> QuerySet:
    """A row for each practitioner who owes any of these."""
    return (
        owed.filter(owed_by__isnull=False)
        .order_by()
        .values("owed_by", family=Lower("owed_by__family_name"), given=Lower("owed_by__given_name"))
        .annotate(
            last_name=Max("owed_by__family_name"),
            first_name=Max("owed_by__given_name"),
            service=Mode("record__encounter__service__title"),
            open=Count("pk"),
            past_due=Count("pk", filter=overdue(now)),
            delinquent=Count("record", filter=DELINQUENT, distinct=True),
            oldest=Coalesce(Min("due_at"), Value(NEVER)),
            **{f"band_{i}": Count("pk", filter=band) for i, band in enumerate(bands(now))},
        )
    )


def bands(now: datetime) -> list[Q]:
    return [
        Q(due_at__lt=now - timedelta(days=since))
        & (Q() if until is None else Q(due_at__gte=now - timedelta(days=until)))
        for since, until, _tone in AGES
    ]


def row_of(row: dict, longest: int, narrow: dict) -> Owing:
    return Owing(
        number=row["owed_by"],
        name=", ".join(part for part in (row["last_name"], row["first_name"]) if part),
        service=row["service"] or "",
        open=row["open"],
        past_due=row["past_due"],
        delinquent=row["delinquent"],
        oldest_due_at=None if row["oldest"] == NEVER else row["oldest"],
        bands=bands_of(row, longest),
        open_address=address("deficiency_list", **narrow, owed_by=row["owed_by"]),
        past_due_address=address("deficiency_list", age=0, **narrow, owed_by=row["owed_by"]),
    )


# -- One practitioner ------------------------------------------------------------------------------------------------


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
        .order_by("-resolved_at", "-pk")[:1000]
    )
    rows = list(done)
    late = [row.resolved_at - row.due_at for row in rows if row.due_at]
    return Resolved(len(rows), median(late) if late else None, rows[:most])


def due_next(user, practitioner: Practitioner, *, most: int = 8) -> list[Expected]:
    """What will be asked of them next, due first, and one more than `most` if there is more. One query."""
    coming = Expected.objects.visible_to(user).filter(owed_by=practitioner)
    return list(coming.select_related("document_type", "record__facility").order_by("due_at", "pk")[: most + 1])
