"""Small pictures of numbers over days, as the attributes of an SVG: the policy forbids styles and scripts in a page.

A picture always stands beside its words: `words` is what a reader hears instead of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from statistics import fmean

from django.utils.translation import gettext as _

LIMITS = 2.66  # of the mean moving range: the natural process limits of Wheeler's individuals chart
ENOUGH = 6  # points for limits that mean something
MOST_DOTS = 16
ROOM, NAME = 13, 90  # for a line of words: its height, and the length of the longest name of a level


@dataclass(frozen=True)
class Point:
    """A day with its number, and where it stands in the picture."""

    day: date
    value: float
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    """A line through points, left to right in the order of the days; gaps in the days are gaps in the picture."""

    points: list[Point]
    width: int
    height: int
    low: float
    high: float
    words: str = ""

    @property
    def dots(self) -> list[Point]:
        """The points that are drawn as such: of many only the last, for they would run into each other."""
        return self.points if len(self.points) <= MOST_DOTS else self.points[-1:]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)

    @property
    def last(self) -> Point:
        return self.points[-1]

    def level(self, value: float) -> float:
        """The height of a number in the picture."""
        return round(place(value, self.low, self.high, self.height), 1)


PAD = 3.0


def drawn(days: Sequence[tuple[date, float]], *, width: int, height: int, also: Sequence[float] = (), words: str = ""):
    """A picture of at least two days, in their order; `also` are numbers that must have room. None for fewer days."""
    if len(days) < 2:
        return None
    values = [value for _day, value in days] + list(also)
    low, high = min(values), max(values)
    first, length = days[0][0], (days[-1][0] - days[0][0]).days or 1
    points = [
        Point(
            day,
            value,
            PAD + (width - 2 * PAD) * (day - first).days / length,
            place(value, low, high, height),
        )
        for day, value in days
    ]
    return Picture(points, width, height, low, high, words)


def place(value: float, low: float, high: float, height: int) -> float:
    """From the top; what never changes lies in the middle."""
    return PAD + (height - 2 * PAD) * (1 - ((value - low) / (high - low) if high > low else 0.5))


@dataclass(frozen=True)
class Bar:
    """A day as a bar from the ground up, and how much of it, from the ground too, is marked."""

    x: float
    y: float
    width: float
    height: float
    marked: float
    marked_y: float


@dataclass(frozen=True)
class Bars:
    """A bar for each day; the highest fills the picture. What is there at all can be seen."""

    bars: list[Bar]
    width: int
    height: int
    words: str = ""


LEAST = 1.5  # of one among ten thousand


def barred(days: Sequence[tuple[int, int]], *, width: int, height: int, words: str = "") -> Bars:
    """Bars of (number, how many of these are marked), in the order of the days."""
    most, step = max((number for number, _marked in days), default=0), width / max(len(days), 1)

    def high(number: int) -> float:
        return round(max(height * number / most, LEAST), 1) if number else 0.0

    bars = [
        Bar(
            round(i * step, 1),
            round(height - high(number), 1),
            round(step * 0.7, 1),
            high(number),
            high(marked),
            round(height - high(marked), 1),
        )
        for i, (number, marked) in enumerate(days)
    ]
    return Bars(bars, width, height, words)


@dataclass(frozen=True)
class Limits:
    """The mean of a series and the limits within which it moves by chance alone."""

    mean: float
    lower: float
    upper: float


def limits_of(values: Sequence[float]) -> Limits | None:
    """None for too few values. The lower limit of a count is never below nothing."""
    if len(values) < ENOUGH:
        return None
    mean = fmean(values)
    reach = LIMITS * fmean(abs(b - a) for a, b in pairwise(values))
    return Limits(mean, max(0.0, mean - reach), mean + reach)


@dataclass(frozen=True)
class Level:
    """A line across the picture with its name: the mean or a limit."""

    name: str
    value: float
    y: float
    is_mean: bool = False
    at_end: bool = False  # its name stands at the right
    is_below: bool = False  # its name stands below the line

    @property
    def words_at(self) -> float:
        """The height of its name's foot."""
        return self.y + ROOM if self.is_below else self.y - 4


def levels_of(picture: Picture, limits: Limits | None) -> list[Level]:
    """The limits and the mean as lines across a picture."""
    if limits is None:
        return []
    named = [(_("upper limit"), limits.upper), (_("mean"), limits.mean), (_("lower limit"), limits.lower)]
    return laid(picture, [Level(name, value, picture.level(value), value == limits.mean) for name, value in named])


def extremes_of(picture: Picture) -> list[Level]:
    """The most and the least that there was, as lines across a picture: its scale."""
    values = [point.value for point in picture.points]
    named = [(_("most"), max(values)), (_("least"), min(values))]
    if named[0][1] == named[1][1]:
        named = [(_("always"), values[0])]
    return laid(picture, [Level(name, value, picture.level(value)) for name, value in named])


def laid(picture: Picture, bare: list[Level]) -> list[Level]:
    """The names of levels where least passes through them."""
    placed: list[Level] = []
    for level in bare:
        spots = [replace(level, is_below=below, at_end=end) for below in (False, True) for end in (False, True)]
        placed.append(min(spots, key=lambda spot: crossings(picture, spot, bare, placed)))
    return placed


def crossings(picture: Picture, level: Level, levels: Sequence[Level], placed: Sequence[Level]) -> int:
    """How much passes through the name of a level where it stands: the line of the numbers, that of another level,
    another name, and the edge of the picture, which is as bad as all of these."""
    left = picture.width - NAME if level.at_end else 0
    below, above = level.words_at, level.words_at - ROOM
    lines = sum(above < other.y < below for other in levels if other.name != level.name)
    names = sum(other.at_end == level.at_end and abs(other.words_at - level.words_at) < ROOM for other in placed)
    is_out = above < 0 or below > picture.height + PAD
    return crossed(picture, level, left) + lines + names + 4 * is_out


def crossed(picture: Picture, level: Level, left: float) -> bool:
    """Whether the line of the numbers passes through the name of a level that begins so far from the left."""
    right, below, above = left + NAME, level.words_at, level.words_at - ROOM
    return any(
        a.x < right and b.x > left and min(a.y, b.y) < below and max(a.y, b.y) > above
        for a, b in pairwise(picture.points)
    )
