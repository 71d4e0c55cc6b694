"""How a facility stands on a day: every element of the editions in force with its score. A few queries, whatever N."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import QuerySet

from compliance.scoring import readings, scores
from compliance.scoring.models import Assessment, Reading
from compliance.scoring.scores import WORST_FIRST, Part, Score
from compliance.standards import library
from compliance.standards.models import Element
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
    """How a facility stands at the end of a local day, or `now` (UTC) where that is earlier. Five queries at most."""
    editions = library.in_force(facility, day)
    return judged(facility, day, library.elements_of(editions), now=now)


def judged(facility: Facility, day: date, elements: list[Element], *, now: datetime) -> Standing:
    """As `standing`, of these elements. Three queries at most."""
    until = min(now, midnight(day + DAY, facility.zone))
    given = Assessment.objects.filter(facility=facility, at__lte=until).select_related("by", "element__edition")
    last = given.filter(element__in=elements).order_by("element", "-pk").distinct("element")
    judgements = {one.element_id: one for one in last}
    judgements |= carried_over(given, [one for one in elements if one.pk not in judgements])
    rows = scores.score(elements, readings.latest(facility, day), judgements, now=until)
    return Standing(facility, day, until, rows)


def carried_over(given: QuerySet[Assessment], elements: list[Element]) -> dict[int, Assessment]:
    """For elements that nobody has judged: what was judged last of those that they took the place of, of several the
    worst. A query only where there are any."""
    heirs = [one for one in elements if one.follows and not one.is_measured]
    if not heirs:
        return {}
    codes = {code for heir in heirs for code in heir.follows}
    frameworks = {heir.edition.framework_id for heir in heirs}
    before = given.filter(element__code__in=codes, element__edition__framework__in=frameworks)
    of = ("element__edition__framework", "element__code")
    last = {
        (one.element.edition.framework_id, one.element.code): one for one in before.order_by(*of, "-pk").distinct(*of)
    }
    found = {}
    for heir in heirs:
        theirs = [last[key] for code in heir.follows if (key := (heir.edition.framework_id, code)) in last]
        if theirs:
            found[heir.pk] = min(theirs, key=lambda one: WORST_FIRST.index(one.result))
    return found


@dataclass(frozen=True)
class Moved:
    """An element that stands otherwise than a day ago."""

    before: Score
    now: Score

    @property
    def is_worse(self) -> bool:
        return (self.now.points or 0) < (self.before.points or 0)


def moved(now: Standing) -> list[Moved]:
    """What has changed since the day before, what got worse first. Three queries at most."""
    elements = [one.element for one in now.scores]
    before = judged(now.facility, now.day - DAY, elements, now=now.now)
    pairs = [Moved(*pair) for pair in zip(before.scores, now.scores, strict=True)]
    changed = [pair for pair in pairs if (pair.before.result, pair.before.why) != (pair.now.result, pair.now.why)]
    return sorted(changed, key=lambda pair: (not pair.is_worse, pair.now.needs))
