"""How a facility stands on a day: every element of the editions in force with its score. A few queries, whatever N."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import QuerySet

from compliance.evidence import queries
from compliance.evidence.held import held as folded
from compliance.evidence.models import EvidenceRevision
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
    """The scores of all elements, in the order of the books; by the moment `now` they are in or out of date.

    `evidence` is all that was laid down for them until then, to be folded as of any day before.
    """

    facility: Facility
    day: date
    now: datetime
    scores: list[Score]
    evidence: list[EvidenceRevision]
    readings: dict[str, Reading]

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
    def beside(self) -> list[Reading]:
        """The readings of measures that no element asks for."""
        asked = {code for one in self.scores for code in one.element.metrics}
        return [reading for code, reading in sorted(self.readings.items()) if code not in asked]

    @property
    def read(self) -> list[Reading]:
        return [one.reading for one in self.scores if one.reading]

    @property
    def as_of(self) -> datetime | None:
        """The moment of the last reading."""
        return max((reading.as_of for reading in self.read), default=None)


@dataclass(frozen=True)
class Said:
    """What people said of some elements until a moment: judgements, the earlier first, and the evidence for them."""

    judgements: list[Assessment]
    evidence: list[EvidenceRevision]


def standing(facility: Facility, day: date, *, now: datetime) -> Standing:
    """How a facility stands at the end of a local day, or `now` (UTC) where that is earlier. Six queries at most."""
    editions = library.in_force(facility, day)
    return judged(facility, day, library.elements_of(editions), now=now)


def judged(
    facility: Facility,
    day: date,
    elements: list[Element],
    *,
    now: datetime,
    said: Said | None = None,
    read: dict[str, Reading] | None = None,
) -> Standing:
    """As `standing`, of these elements. Four queries at most: two less where what people `said` of them is known, one
    less where what was last `read` is."""
    until = end_of(day, facility, now)
    said = said or said_of(facility, elements, day, now)
    evidence = said.evidence
    numbers = {one.pk for one in elements}
    judgements = {one.element_id: one for one in said.judgements if one.at <= until and one.element_id in numbers}
    given = given_to(facility, until)
    judgements |= carried_over(given, [one for one in elements if one.pk not in judgements])
    held = folded(evidence, day=day, until=until)
    latest = readings.latest(facility, day) if read is None else read
    rows = scores.score(elements, latest, judgements, now=until, evidence=held)
    return Standing(facility, day, until, rows, evidence, latest)


def end_of(day: date, facility: Facility, now: datetime) -> datetime:
    """The midnight that ends a local day, or `now` where that is earlier (UTC)."""
    return min(now, midnight(day + DAY, facility.zone))


def said_of(facility: Facility, elements: Iterable[Element], day: date, now: datetime) -> Said:
    """All that was judged of these elements and laid down for them until the end of a local day. Two queries."""
    until = end_of(day, facility, now)
    judgements = given_to(facility, until).filter(element__in=elements).order_by("pk")
    return Said(list(judgements), list(queries.history(facility, elements, until)))


def given_to(facility: Facility, until: datetime) -> QuerySet[Assessment]:
    return Assessment.objects.filter(facility=facility, at__lte=until).select_related(
        "by", "element__edition__framework"
    )


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
