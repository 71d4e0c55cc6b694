"""The nights behind today: what was kept of each, summed over a person's facilities and up to their clearance."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.db.models import Max, Sum

from records.completeness.models import KeptFigures, KeptOwing
from staff.models import Facility

LOOKS_BACK = timedelta(weeks=13)
RATIO_LIMIT = 50  # percent; a fixed part of the measure's definition: docs/screens.md


@dataclass(frozen=True)
class Night:
    """How things stood after the first written audit of a local day: the night's own, where there was one."""

    day: date
    run: int
    as_of: datetime
    delinquent: int = 0
    incomplete: int = 0
    open: int = 0
    past_due: int = 0
    undated: int = 0
    due_today: int = 0
    discharges_a_month: float = 0

    @property
    def ratio(self) -> float | None:
        return ratio(self.delinquent, self.discharges_a_month)

    def __add__(self, other: "Night") -> "Night":
        sums = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self) if f.name not in OWN}
        return Night(self.day, max(self.run, other.run), min(self.as_of, other.as_of), **sums)


OWN = {"day", "run", "as_of"}
COUNTED = ("delinquent", "incomplete", "open", "past_due", "undated", "due_today", "discharges")


def ratio(delinquent: int, discharges_a_month: float) -> float | None:
    """Delinquent records in percent of the average monthly discharges; None while nobody was discharged."""
    return 100 * delinquent / discharges_a_month if discharges_a_month else None


@dataclass(frozen=True)
class Past:
    """The nights of each facility, in their order, and `latest`: what the last written audit of each left."""

    of: dict[int, list[Night]]
    latest: dict[int, Night]

    def together(self) -> list[Night]:
        """The days on which every facility that has nights had one, each with the sum of them.

        A sum that lacks a facility would be compared with one that has it: such days are left out.
        """
        days = [{night.day: night for night in nights} for nights in self.of.values() if nights]
        shared = set.intersection(*map(set, days)) if days else set()
        return [total(each[day] for each in days) for day in sorted(shared)]

    def discharges_a_month(self, facility: int | None = None) -> float:
        chosen = [self.latest[facility]] if facility in self.latest else [] if facility else self.latest.values()
        return sum(night.discharges_a_month for night in chosen)


def total(nights: Iterable[Night]) -> Night:
    first, *others = nights
    for night in others:
        first += night
    return first


def past(user, facilities: Iterable[Facility], *, now: datetime) -> Past:
    """What was kept of 13 weeks for the records that this person's role reaches. One query."""
    rows = (
        KeptFigures.objects.visible_to(user)
        .filter(day__gte=(now - LOOKS_BACK).date() - timedelta(days=1))
        .values("facility", "day", "run", "run__as_of")
        .annotate(**{name: Sum(name) for name in COUNTED}, months=Max("months"))
        .order_by("facility", "run__as_of", "run")
    )
    of: dict[int, list[Night]] = {facility.pk: [] for facility in facilities}
    latest: dict[int, Night] = {}
    for row in rows:
        nights = of.setdefault(row["facility"], [])
        night = Night(
            row["day"],
            row["run"],
            row["run__as_of"],
            **{name: row[name] for name in COUNTED if name != "discharges"},
            discharges_a_month=row["discharges"] / row["months"],
        )
        latest[row["facility"]] = night
        if not nights or nights[-1].day < night.day:
            nights.append(night)
    return Past(of, latest)


@dataclass(frozen=True)
class PastOwing:
    """How much a practitioner owed that was past due on each day; and when that was last found out."""

    days: list[tuple[date, int]]
    as_of: datetime | None


def owed_by(user, practitioner: int, *, now: datetime) -> PastOwing:
    """The days on which every facility has a night; to owe nothing is a fact too. Two queries.

    Of several audits of a day the last counts.
    """
    since = (now - LOOKS_BACK).date()
    runs = KeptFigures.objects.visible_to(user).filter(day__gte=since).values("facility", "day")
    owing = (
        KeptOwing.objects.visible_to(user)
        .filter(practitioner=practitioner, day__gte=since)
        .values("facility", "day", "run")
        .annotate(owed=Sum("past_due"))
    )
    found = {(row["facility"], row["day"], row["run"]): row["owed"] for row in owing}
    days: dict[date, list[int]] = {}
    last: dict[int, datetime] = {}
    for row in runs.annotate(last=Max("run"), as_of=Max("run__as_of")).order_by("day"):
        days.setdefault(row["day"], []).append(found.get((row["facility"], row["day"], row["last"]), 0))
        last[row["facility"]] = row["as_of"]
    whole = max(map(len, days.values()), default=0)
    return PastOwing(
        [(day, sum(owed)) for day, owed in days.items() if len(owed) == whole], min(last.values(), default=None)
    )


def before(nights: list[Night], today: date) -> Night | None:
    """The last night before a day: what today is compared with."""
    return next((night for night in reversed(nights) if night.day < today), None)


def weekly(nights: list[Night], *, weeks: int = 13) -> list[Night]:
    """The last night of each of the weeks that end with the latest night."""
    if not nights:
        return []
    end, chosen = nights[-1].day, {}
    for night in nights:
        week = (end - night.day).days // 7
        if week < weeks:
            chosen[week] = night
    return [chosen[week] for week in sorted(chosen, reverse=True)]
