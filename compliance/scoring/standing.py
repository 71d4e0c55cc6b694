"""How a facility stands on a day: every element of the editions in force with its score. A few queries, whatever N."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from compliance.scoring import readings, scores
from compliance.scoring.models import Assessment, Reading
from compliance.scoring.scores import Part, Score
from compliance.standards import library
from compliance.standards.models import Edition, Element
from himdept.common.moments import midnight
from staff.models import Facility

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """The scores of all elements, in the order of the books; by the moment `now` they are in or out of date."""

    facility: Facility
    day: date
    now: datetime
    scores: list[Score]

    @cached_property
    def whole(self) -> Part:
        return scores.summed(self.scores)

    @property
    def chapters(self) -> list[Part]:
        return scores.by_chapter(self.scores)

    @property
    def needs(self) -> list[Score]:
        """Those that lack something, the worst first; what nobody has judged yet comes last."""
        lacking = [one for one in self.scores if (one.points is not None and one.points < 1) or one.why == scores.OPEN]
        return sorted(lacking, key=lambda one: one.needs)

    @property
    def read(self) -> list[Reading]:
        return [one.reading for one in self.scores if one.reading]

    @property
    def as_of(self) -> datetime | None:
        """The moment of the last reading."""
        return max((reading.as_of for reading in self.read), default=None)


def standing(facility: Facility, day: date, *, now: datetime) -> Standing:
    """How a facility stands at the end of a local day, or `now` (UTC) where that is earlier. Four queries."""
    editions = library.in_force(facility, day)
    return judged(facility, day, library.elements_of(editions), now=now)


def judged(facility: Facility, day: date, elements: list[Element], *, now: datetime) -> Standing:
    """As `standing`, of these elements. Two queries."""
    until = min(now, midnight(day + DAY, facility.zone))
    given = Assessment.objects.filter(facility=facility, at__lte=until, element__in=elements).select_related("by")
    last = given.order_by("element", "-pk").distinct("element")
    read = readings.latest(facility, day)
    rows = scores.score(elements, read, {one.element_id: one for one in last}, now=until)
    return Standing(facility, day, until, rows)


@dataclass(frozen=True)
class Moved:
    """An element that stands otherwise than a day ago."""

    before: Score
    now: Score

    @property
    def is_worse(self) -> bool:
        return (self.now.points or 0) < (self.before.points or 0)


def moved(now: Standing) -> list[Moved]:
    """What has changed since the day before, what got worse first. Two queries."""
    elements = [one.element for one in now.scores]
    before = judged(now.facility, now.day - DAY, elements, now=now.now)
    pairs = [Moved(*pair) for pair in zip(before.scores, now.scores, strict=True)]
    changed = [pair for pair in pairs if (pair.before.result, pair.before.why) != (pair.now.result, pair.now.why)]
    return sorted(changed, key=lambda pair: (not pair.is_worse, pair.now.needs))


def edition_of(facility: Facility, framework: str, day: date) -> Edition | None:
    """The edition of a framework that a facility is held to on a day."""
    return next((one for one in library.in_force(facility, day) if one.framework.code == framework), None)
