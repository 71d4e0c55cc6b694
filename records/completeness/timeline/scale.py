"""Where a moment lies across the picture: several stretches of time side by side, each with a scale of its own.

The same moment always has the same place, and a later one never lies further left; only how much room an hour has
differs from stretch to stretch. All moments are UTC; ticks stand where the clock of the facility says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS_3

from himdept.common.moments import midnight

WIDTH, LEFT, RIGHT = 960.0, 238.0, 952.0  # of the drawing; the labels of the rows stand left of LEFT
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHORT_STAY = 2 * DAY  # limits of a day or two then reach beyond the stay, and are drawn at its scale
BEYOND = 3 * DAY  # so far at most
CLOSE = 46.0  # units between two ticks with words, at least
LONG_AGO = 0.6  # what lies further beyond the last limit than this part of the weeks before is drawn closer together


class Name(StrEnum):
    """The stretches, in their order."""

    BEFORE = "before"
    STAY = "stay"
    AFTER = "after"
    LATER = "later"


# How much of the width each takes where it is there; what is left is shared out between the stay and the weeks after.
NARROW = {Name.BEFORE: 0.09, Name.LATER: 0.1}
SHARE = {Name.STAY: 0.56, Name.AFTER: 0.44}


@dataclass(frozen=True)
class Stretch:
    """One stretch of time, from `start` to `end`, drawn from `left` to `right`."""

    name: Name
    start: datetime
    end: datetime
    left: float
    right: float

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return self.left + (self.right - self.left) * min(max(share, 0.0), 1.0)

    def units(self, length: timedelta) -> float:
        """How wide a length of time is."""
        return (self.right - self.left) * (length / (self.end - self.start))


@dataclass(frozen=True)
class Scale:
    """The stretches from left to right, each beginning where the one before it ends."""

    stretches: tuple[Stretch, ...]

    @property
    def start(self) -> datetime:
        return self.stretches[0].start

    @property
    def end(self) -> datetime:
        return self.stretches[-1].end

    @property
    def left(self) -> float:
        return self.stretches[0].left

    @property
    def right(self) -> float:
        return self.stretches[-1].right

    def x(self, at: datetime) -> float:
        """The place of a moment; of one outside the picture, its edge."""
        for stretch in self.stretches:
            if at < stretch.end:
                return round(stretch.x(at), 2)
        return round(self.right, 2)

    def shows(self, at: datetime) -> bool:
        return self.start <= at <= self.end

    def stretch(self, name: Name) -> Stretch | None:
        return next((stretch for stretch in self.stretches if stretch.name == name), None)


@dataclass(frozen=True)
class Stay:
    """What the scale is made for: the stay (`end` None while it lasts), and the moment at which it is looked at."""

    start: datetime
    end: datetime | None
    as_of: datetime


def lay_out(stay: Stay, *, clock_limits: Iterable[datetime], others: Iterable[datetime]) -> Scale:
    """The scale for a stay and all the moments that are to be seen.

    `clock_limits` are those in hours: of a short stay they are drawn at the scale of the stay, also where they lie
    beyond it. `others` are all further moments.
    """
    clock_limits, others = list(clock_limits), list(others)
    over = stay.end if stay.end is not None and stay.end <= stay.as_of else max(stay.as_of, stay.start)
    knee = over
    if stay.end is None or over - stay.start < SHORT_STAY:
        knee = max([over, *(at for at in clock_limits if over < at <= over + BEYOND)])
    knee = max(knee, stay.start + HOUR)
    everything = [*clock_limits, *others]
    bounds = {Name.STAY: (stay.start, knee)}
    earliest = min(everything, default=stay.start)
    if earliest < stay.start:
        bounds[Name.BEFORE] = (earliest - (stay.start - earliest) * 0.1, stay.start)
    last = max([knee, *(at for at in everything if at > knee)])
    end, later = until(knee, last, stay.as_of)
    if end > knee:
        bounds[Name.AFTER] = (knee, end)
    if later > end:
        bounds[Name.LATER] = (end, later)
    return side_by_side(bounds)


def until(knee: datetime, last: datetime, as_of: datetime) -> tuple[datetime, datetime]:
    """Where the weeks after end, and where what is drawn closer together ends: both at the moment of looking, or at
    the last moment of interest, unless the one lies far beyond the other."""
    if as_of <= last:
        return last, last
    if as_of - last <= max((last - knee) * LONG_AGO, DAY):
        return as_of, as_of
    return last + (last - knee) * 0.08, as_of


def side_by_side(bounds: dict[Name, tuple[datetime, datetime]]) -> Scale:
    narrow = sum(NARROW[name] for name in bounds if name in NARROW)
    shared = sum(SHARE[name] for name in bounds if name in SHARE)
    stretches, at = [], LEFT
    for name in Name:
        if name not in bounds:
            continue
        width = NARROW[name] if name in NARROW else (1 - narrow) * SHARE[name] / shared
        stretches.append(Stretch(name, *bounds[name], at, at := at + width * (RIGHT - LEFT)))
    return Scale(tuple(stretches))


# -- Ticks -----------------------------------------------------------------------------------------------------------

OF_HOURS = (1, 2, 3, 6, 12)
OF_DAYS = (1, 2, 7, 14)
OF_MONTHS = (1, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True)
class Tick:
    """A mark of the axis: where the facility's clock or calendar says so."""

    at: datetime
    words: str
    is_midnight: bool


def ticks(stretch: Stretch, zone: ZoneInfo) -> Iterator[Tick]:
    """The marks of a stretch, as many as leave room for their words."""
    for hours in OF_HOURS:
        if stretch.units(hours * HOUR) >= CLOSE:
            return by_hours(stretch, hours, zone)
    for days in OF_DAYS:
        if stretch.units(days * DAY) >= CLOSE:
            return by_days(stretch, days, zone)
    months = next((n for n in OF_MONTHS if stretch.units(n * 28 * DAY) >= CLOSE), OF_MONTHS[-1])
    return by_months(stretch, months, zone)


def by_hours(stretch: Stretch, hours: int, zone: ZoneInfo) -> Iterator[Tick]:
    """Every so many hours of the clock on the wall; an hour that the clock skips has no tick."""
    day = stretch.start.astimezone(zone).date()
    while midnight(day, zone) <= stretch.end:
        for hour in range(0, 24, hours):
            wall = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
            at = midnight(day, zone) if hour == 0 else wall.astimezone(stretch.start.tzinfo)
            is_there = hour == 0 or at.astimezone(zone).replace(fold=0) == wall
            if is_there and stretch.start <= at <= stretch.end:
                yield Tick(at, short_day(day) if hour == 0 else f"{hour:02}:00", hour == 0)
        day += DAY


def by_days(stretch: Stretch, days: int, zone: ZoneInfo) -> Iterator[Tick]:
    day = stretch.start.astimezone(zone).date()
    while (at := midnight(day, zone)) <= stretch.end:
        if at >= stretch.start:
            yield Tick(at, short_day(day), is_midnight=True)
            day += days * DAY
        else:
            day += DAY


def by_months(stretch: Stretch, months: int, zone: ZoneInfo) -> Iterator[Tick]:
    day = stretch.start.astimezone(zone).date().replace(day=1)
    while (at := midnight(day, zone)) <= stretch.end:
        number = day.year * 12 + day.month - 1
        if at >= stretch.start and number % months == 0:
            words = str(day.year) if months % 12 == 0 else f"{str(MONTHS_3[day.month]).title()} {day.year}"
            yield Tick(at, words, is_midnight=True)
        day = day.replace(year=(number + 1) // 12, month=(number + 1) % 12 + 1)


def short_day(day) -> str:
    return f"{day.day} {str(MONTHS_3[day.month]).title()}"
