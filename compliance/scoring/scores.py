"""From readings and assessments to results of elements, chapters and the whole: pure functions, nothing is asked.

The share of a chapter, and the readiness of a facility, is (met + half of partly met) / judged. What does not apply,
what there was nothing or too little of to judge, and what nobody has judged yet is in neither; what was met and is out
of date counts half.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.evidence.held import Held
from compliance.scoring.models import Assessment, Reading, Result
from compliance.standards.models import Chapter, Element
from himdept.common import metrics

PARTLY = 0.1  # short of the aim by at most so much it is partly met
FRESH = timedelta(days=2)  # a reading of a night before last night's
GOOD_FOR = timedelta(days=365)  # a judgement by a person


@dataclass(frozen=True)
class Score:
    """How an element stands. Without a result it is not judged: `why` says why not, one of WHYS.

    `reading` is the one that decides, of several the worst; `assessment` a person's, `is_carried` where it was judged
    of what this element took the place of, and is to be confirmed. `has_lapsed`: it was met, and the evidence that it
    rested on is no longer in force.
    """

    element: Element
    result: Result | None = None
    why: str = ""
    is_stale: bool = False
    reading: Reading | None = None
    assessment: Assessment | None = None
    is_carried: bool = False
    has_lapsed: bool = False

    @property
    def is_to_confirm(self) -> bool:
        """Whether somebody is to say that it is so: what was judged of others, and not of this element."""
        return self.is_carried or bool(self.assessment and self.assessment.to_confirm)

    @property
    def points(self) -> float | None:
        """What it counts, None for what does not count."""
        if self.result in (None, Result.NOT_APPLICABLE):
            return None
        if self.result == Result.MET:
            return 0.5 if self.is_stale or self.has_lapsed else 1.0
        return 0.5 if self.result == Result.PARTLY else 0.0

    @property
    def needs(self) -> tuple:
        """The order of who needs somebody first: not met, partly met, out of date, then what nobody has judged."""
        worst = {Result.NOT_MET: 0, Result.PARTLY: 1, Result.MET: 2}.get(self.result, 3)
        value = self.reading.value if self.reading and self.reading.value is not None else 1.0
        return worst, value, self.element.ordinal


NOTHING, TOO_FEW, NOT_READ, OPEN = "nothing", "too_few", "not_read", "open"
WORST_FIRST = (Result.NOT_MET, Result.PARTLY, Result.MET, Result.NOT_APPLICABLE)


def by_measure(reading: Reading) -> tuple[Result | None, str]:
    """How a reading is to be read: the result, or why there is none."""
    metric = metrics.named(reading.metric)
    if not reading.denominator:
        return None, NOTHING
    if reading.denominator < (metric.smallest if metric else 1):
        return None, TOO_FEW
    if reading.value >= reading.aim:
        return Result.MET, ""
    return (Result.PARTLY if reading.value >= float(reading.aim) - PARTLY else Result.NOT_MET), ""


def measured(element: Element, readings: dict[str, Reading], now: datetime) -> Score:
    """An element that measures judge: the worst of them decides; a measure with nothing to judge does not."""
    read = [(*by_measure(readings[code]), readings[code]) for code in element.metrics if code in readings]
    judged = [row for row in read if row[0] is not None]
    if not judged:
        why, reading = next(((why, reading) for _result, why, reading in read), (NOT_READ, None))
        return Score(element, None, why, reading=reading)
    result, _why, reading = min(judged, key=lambda row: (WORST_FIRST.index(row[0]), row[2].value))
    return Score(element, result, is_stale=reading.as_of < now - FRESH, reading=reading)


def assessed(element: Element, assessment: Assessment | None, now: datetime, evidence: Held | None = None) -> Score:
    """An element that a person judges. What was judged of its predecessor is out of date until somebody confirms it; so
    is what was met by evidence of which nothing is in force any more."""
    if assessment is None:
        return Score(element, None, OPEN)
    is_carried = assessment.element_id != element.pk
    is_stale = is_carried or assessment.good_since < now - GOOD_FOR
    result = Result(assessment.result)
    has_lapsed = result == Result.MET and evidence is not None and evidence.has_lapsed_since(assessment.at)
    return Score(
        element, result, is_stale=is_stale, assessment=assessment, is_carried=is_carried, has_lapsed=has_lapsed
    )


def score(
    elements: Iterable[Element],
    readings: dict[str, Reading],
    assessments: dict[int, Assessment],
    *,
    now: datetime,
    evidence: dict[int, Held] | None = None,
) -> list[Score]:
    """How each element stands, in their order."""
    held = evidence or {}
    return [
        measured(element, readings, now)
        if element.is_measured
        else assessed(element, assessments.get(element.pk), now, held.get(element.pk))
        for element in elements
    ]


@dataclass(frozen=True)
class Part:
    """A chapter, or the whole: how many elements it has, how many are judged, and its share."""

    elements: int
    judged: int
    share: float | None
    chapter: Chapter | None = None
    open: int = 0

    @property
    def uncounted(self) -> int:
        """How many count nowhere and wait for nobody: they do not apply, or there is nothing or too little to judge."""
        return self.elements - self.judged - self.open

    @property
    def percent(self) -> int | None:
        """Rounded down: 100 is said of nothing that lacks something."""
        return None if self.share is None else int(self.share * 100 + 1e-9)

    @property
    def tone(self) -> str:
        if self.share is None:
            return "quiet"
        return "good" if self.share >= 0.9 else "watch" if self.share >= 0.8 else "bad"


def summed(scores: Iterable[Score], chapter: Chapter | None = None) -> Part:
    rows = list(scores)
    points = [row.points for row in rows if row.points is not None]
    share = sum(points) / len(points) if points else None
    return Part(len(rows), len(points), share, chapter, sum(row.why == OPEN for row in rows))


def by_chapter(scores: Iterable[Score]) -> list[Part]:
    """The chapters in the order of their elements."""
    of: dict[int, list[Score]] = {}
    for one in scores:
        of.setdefault(one.element.chapter_id, []).append(one)
    return [summed(rows, rows[0].element.chapter) for rows in of.values()]
