"""How a cycle stands: of every element what was found, by which hand, and how that sums up; in a few queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import groupby

from django.utils import timezone

from compliance.cycles.models import NOT_ASSESSED, Cycle, CyclePart, Hand, Likelihood, Mark, Scope, State
from compliance.evidence.queries import evidence_of
from compliance.scoring import readings, scores
from compliance.scoring.models import Result
from compliance.scoring.scores import OPEN, Score
from compliance.standards.models import Element
from staff.models import User

HIGHEST_FIRST = (Hand.FINAL, Hand.PRELIMINARY, Hand.INDIVIDUAL)


@dataclass(frozen=True)
class Row:
    """An element within a part: the latest mark of each hand, and what its measures say now.

    While its part is being scored, what is measured follows the readings of each night; what is submitted does not move
    any more.
    """

    element: Element
    part: CyclePart
    marks: dict[str, Mark] = field(default_factory=dict)
    live: Score | None = None

    @property
    def counting(self) -> Mark | None:
        """The latest mark of the highest hand."""
        return next((self.marks[hand] for hand in HIGHEST_FIRST if hand in self.marks), None)

    @property
    def individual(self) -> Mark | None:
        return self.marks.get(Hand.INDIVIDUAL)

    @property
    def preliminary(self) -> Mark | None:
        return self.marks.get(Hand.PRELIMINARY)

    @property
    def final(self) -> Mark | None:
        return self.marks.get(Hand.FINAL)

    @property
    def is_measured(self) -> bool:
        """Whether measures judge it: now, or as its part was submitted."""
        mark = self.individual
        return self.live is not None or (mark is not None and (mark.is_measured or mark.overrules))

    @property
    def follows_measure(self) -> bool:
        """Whether what the measures said last night is what it is now."""
        mark = self.counting
        return self.live is not None and (mark is None or (mark.hand == Hand.INDIVIDUAL and not mark.overrules))

    @property
    def score(self) -> Score:
        """As the elements of readiness have it; a survey does not go out of date."""
        if self.follows_measure:
            return Score(self.element, self.live.result, self.live.why, reading=self.live.reading)
        mark = self.counting
        if mark is None or mark.result == NOT_ASSESSED:
            why = scores.NOTHING if mark and mark.is_measured else OPEN
            return Score(self.element, None, why, reading=mark.reading if mark else None)
        return Score(self.element, Result(mark.result), reading=mark.reading)

    @property
    def overruled(self) -> Mark | None:
        """The mark by which a person says otherwise than what is measured."""
        mark = self.counting
        return mark if mark is not None and mark.overrules else None

    @property
    def overruled_by(self) -> User | None:
        """Who said so first; whoever accepted it, or closed the cycle, took it over."""
        said = (self.individual, self.preliminary) if self.overruled else ()
        return next((mark.by for mark in said if mark and mark.overrules), None)

    @property
    def is_judged(self) -> bool:
        """Whether a person says what it is, and not measures."""
        mark = self.counting
        return mark is not None and not (mark.is_measured or self.follows_measure)

    @property
    def is_of_one_hand(self) -> bool:
        """Whether who scored it reviewed it too."""
        own, other = self.individual, self.preliminary
        return self.is_judged and own is not None and other is not None and own.by_id == other.by_id

    @property
    def words(self) -> str:
        """On what it rests, by the highest hand that said any of it and found the same."""
        found = (self.marks[hand] for hand in HIGHEST_FIRST if hand in self.marks)
        return next((mark.because for mark in found if mark.because and mark.result == self.counting.result), "")

    @property
    def falls_short(self) -> bool:
        return self.score.result in (Result.PARTLY, Result.NOT_MET)

    @property
    def grade(self) -> tuple[str, str] | None:
        """Likelihood and scope of what falls short, where somebody has graded it."""
        mark = self.counting
        return (mark.likelihood, mark.scope) if mark and mark.is_graded and self.falls_short else None

    @property
    def is_done(self) -> bool:
        """Whether nobody need say anything of it before its part is submitted."""
        mark = self.individual
        if self.live is not None:
            return True
        return mark is not None and (mark.is_measured or mark.result != NOT_ASSESSED)

    @property
    def is_reviewed(self) -> bool:
        """Whether the coordinator has spoken since the assignee did."""
        return self.preliminary is not None and self.preliminary.pk > (self.individual.pk if self.individual else 0)

    @property
    def after(self) -> int:
        """The number of its latest mark, 0 without one: what a person has looked at."""
        return max((mark.pk for mark in self.marks.values()), default=0)


@dataclass(frozen=True)
class PartStanding:
    """A part and its rows."""

    part: CyclePart
    rows: list[Row]

    @cached_property
    def share(self) -> scores.Part:
        return scores.summed((row.score for row in self.rows), self.part.chapter)

    @property
    def done(self) -> int:
        return sum(row.is_done for row in self.rows)

    @property
    def is_whole(self) -> bool:
        return self.done == len(self.rows)

    @property
    def to_review(self) -> list[Row]:
        """What the coordinator has not spoken of since it was scored."""
        return [row for row in self.rows if not row.is_reviewed]

    @property
    def ungraded(self) -> list[Row]:
        return [row for row in self.rows if row.falls_short and row.grade is None]


@dataclass(frozen=True)
class CycleStanding:
    """A cycle and its parts, in the order of the books."""

    cycle: Cycle
    parts: list[PartStanding]

    @cached_property
    def rows(self) -> list[Row]:
        return [row for part in self.parts for row in part.rows]

    @cached_property
    def whole(self) -> scores.Part:
        return scores.summed(row.score for row in self.rows)

    @property
    def points(self) -> float:
        return sum(row.score.points or 0 for row in self.rows)

    @property
    def frameworks(self) -> list[tuple]:
        """Each edition with its parts."""
        found = groupby(self.parts, lambda one: one.part.chapter.edition)
        return [(edition, list(parts)) for edition, parts in found]

    @property
    def closed(self) -> int:
        return sum(one.part.state == State.CLOSED for one in self.parts)

    @property
    def is_reviewed(self) -> bool:
        """Whether each part is closed."""
        return self.closed == len(self.parts)

    @property
    def can_close(self) -> bool:
        return self.cycle.closed_at is None and self.is_reviewed

    @cached_property
    def findings(self) -> list[Row]:
        return [row for row in self.rows if row.falls_short]

    @property
    def ungraded(self) -> list[Row]:
        return [row for row in self.findings if row.grade is None]

    @property
    def overruled(self) -> list[Row]:
        return [row for row in self.rows if row.overruled]

    @property
    def of_one_hand(self) -> list[Row]:
        return [row for row in self.rows if row.is_of_one_hand]

    @property
    def alone(self) -> User | None:
        """Who scored and reviewed all that people judge of it, and closed it if it is closed; None where two had a hand
        in it, or it is not reviewed yet."""
        judged = [row for row in self.rows if row.is_judged]
        hands = {mark.by for row in judged for mark in row.marks.values()}
        is_all = judged and all(row.is_of_one_hand for row in judged) and len(hands) == 1
        return hands.pop() if is_all else None

    @property
    def matrix(self) -> list[tuple[Likelihood, list["Cell"]]]:
        """What falls short by likelihood, the worst first, and by scope: as surveyors' matrices have it."""
        return [(likelihood, [self.cell(likelihood, scope) for scope in Scope]) for likelihood in reversed(Likelihood)]

    def cell(self, likelihood: Likelihood, scope: Scope) -> "Cell":
        return Cell(likelihood, scope, [row for row in self.findings if row.grade == (likelihood, scope)])


@dataclass(frozen=True)
class Cell:
    """A place in the matrix, and what falls short in that way."""

    likelihood: Likelihood
    scope: Scope
    rows: list[Row]

    @property
    def tone(self) -> str:
        """How bad it is to lie here: `slight`, `some`, `much` or `most`."""
        steps = list(Likelihood).index(self.likelihood) + list(Scope).index(self.scope)
        return ("slight", "some", "much", "most", "most")[steps]


def bare(stands: CycleStanding, day: date) -> list[Row]:
    """What people found met and put nothing to, once it is reviewed: no words, and no evidence in force on a local day.
    One query."""
    if not stands.is_reviewed:
        return []
    met = [row for row in stands.rows if row.is_judged and row.score.result == Result.MET and not row.words]
    held = evidence_of(stands.cycle.facility, [row.element for row in met], day)
    return [row for row in met if not held[row.element.pk]]


def standing(cycle: Cycle) -> CycleStanding:
    """How a cycle stands now. Four queries."""
    parts = list(cycle.parts.with_names().in_order())
    return CycleStanding(cycle, stand(cycle, parts))


def stand(cycle: Cycle, parts: list[CyclePart]) -> list[PartStanding]:
    """How these parts of one cycle stand now. Three queries, one less where none is being scored any more."""
    elements: dict[int, list[Element]] = {}
    chapters = [part.chapter_id for part in parts]
    rows = Element.objects.filter(chapter__in=chapters).with_metrics().select_related("chapter", "edition__framework")
    for element in rows.order_by("ordinal"):
        elements.setdefault(element.chapter_id, []).append(element)
    marks = latest_marks(parts)
    scored = [one for part in parts if part.is_writable for one in elements.get(part.chapter_id, [])]
    live = measured_now(cycle, scored, now=timezone.now())
    return [
        PartStanding(
            part,
            [
                Row(
                    element,
                    part,
                    marks.get((part.pk, element.pk), {}),
                    live.get(element.pk),
                )
                for element in elements.get(part.chapter_id, [])
            ],
        )
        for part in parts
    ]


def latest_marks(parts: Iterable[CyclePart]) -> dict[tuple[int, int], dict[str, Mark]]:
    """By part and element, the latest of each hand. One query."""
    marks = Mark.objects.filter(part__in=parts).order_by("part", "element", "hand", "-pk")
    marks = marks.distinct("part", "element", "hand").select_related("by", "reading").defer("reading__offenders")
    found: dict[tuple[int, int], dict[str, Mark]] = {}
    for mark in marks:
        found.setdefault((mark.part_id, mark.element_id), {})[mark.hand] = mark
    return found


def measured_now(cycle: Cycle, elements: list[Element], *, now: datetime) -> dict[int, Score]:
    """What the measures say of those of these elements that they judge; of a closed cycle nothing any more."""
    judged = [one for one in elements if one.is_measured]
    if cycle.closed_at is not None or not judged:
        return {}
    read = readings.latest(cycle.facility)
    return {one.pk: scores.measured(one, read, now) for one in judged}
