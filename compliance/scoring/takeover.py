"""What an element that nobody has judged may take over from those that it corresponds to: proposed, never done unasked.

An element covers another in full when it asks the same, or all of it and more; else in part. What measures judge
covers in full only what asks the same: where it asks more they may look at the rest alone. A chain of correspondences
is as strong as its weakest link, and where nothing follows of two links it carries nothing. It goes on through
elements that have no result of their own and ends at the first that has one; what was taken over itself is no more
than what it rests on, and the chain goes on to that. Of several results the worst is proposed,
and nothing better than partly met where none covers in full. What has no result says nothing; what is out of date, or
is itself to be confirmed, has none to give; and that something does not apply is passed on only by what asks the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from compliance.crosswalks.models import Correspondence, Relation
from compliance.scoring import scores
from compliance.scoring.models import Result
from compliance.scoring.scores import WORST_FIRST, Score
from compliance.scoring.standing import Standing
from compliance.standards.models import Element

EQUAL, SUPERSET, SUBSET, INTERSECTS = Relation.EQUAL, Relation.SUPERSET, Relation.SUBSET, Relation.INTERSECTS
STRONGEST_FIRST = (EQUAL, SUPERSET, SUBSET, INTERSECTS)

# What the first is to the third, by what the first is to the second and the second to the third; else nothing follows.
FOLLOWS = {
    **{(EQUAL, relation): relation for relation in Relation},
    **{(relation, EQUAL): relation for relation in Relation},
    (SUPERSET, SUPERSET): SUPERSET,
    (SUBSET, SUBSET): SUBSET,
    (SUPERSET, SUBSET): INTERSECTS,  # both have the one between them in common
    (SUPERSET, INTERSECTS): INTERSECTS,
    (INTERSECTS, SUBSET): INTERSECTS,
}


@dataclass(frozen=True)
class Source:
    """An element with a result, what it is to the one that may take it over, and by way of which others."""

    score: Score
    relation: Relation
    through: tuple[Element, ...] = ()

    @property
    def seen_at(self) -> datetime:
        """When it was judged or measured (UTC)."""
        return self.score.reading.as_of if self.score.reading else self.score.assessment.good_since

    @property
    def is_measured(self) -> bool:
        """Whether measures judge it: what they find says nothing of what they do not look at."""
        return self.score.reading is not None

    @property
    def covers(self) -> bool:
        return self.relation == EQUAL or (self.relation == SUPERSET and not self.is_measured)


@dataclass(frozen=True)
class Proposal:
    """What one element would be, from where, and whether somebody is to confirm it."""

    element: Element
    result: Result
    to_confirm: bool
    sources: tuple[Source, ...]

    @property
    def seen_at(self) -> datetime:
        return min(source.seen_at for source in self.sources)

    @property
    def score(self) -> Score:
        """As it would stand."""
        return Score(self.element, self.result)

    @property
    def mark(self) -> str:
        """Another one when what it rests on has changed: an act on what somebody saw names it."""
        said = [self.result, self.to_confirm]
        for source in self.sources:
            one = source.score
            said += [one.element.pk, source.relation, one.result, one.reading and one.reading.pk]
            said += [one.assessment and one.assessment.pk]
        return sha256(repr([str(word) for word in said]).encode()).hexdigest()[:16]


def proposed(stands: Standing) -> list[Proposal]:
    """What may be taken over at a facility as it stands, in the order of the books. One query."""
    rows = Correspondence.objects.in_force(stands.day).with_elements()
    return proposals(stands.scores, rows)


def proposals(rows: Iterable[Score], correspondences: Iterable[Correspondence]) -> list[Proposal]:
    """A pure function of how all elements stand and of what corresponds to what."""
    found = {one.element.pk: one for one in rows}
    beside = neighbours(correspondences)
    return [
        summed(one.element, sources)
        for one in found.values()
        if one.why == scores.OPEN and (sources := sources_of(one.element, found, beside))
    ]


Beside = dict[int, list[tuple[Relation, Element]]]


def neighbours(correspondences: Iterable[Correspondence]) -> Beside:
    """For each element what others are to it."""
    beside: Beside = defaultdict(list)
    for row in correspondences:
        beside[row.one_id].append(row.seen_from(row.one_id))
        beside[row.other_id].append(row.seen_from(row.other_id))
    return beside


def sources_of(element: Element, found: dict[int, Score], beside: Beside) -> list[Source]:
    """The elements with a result at the ends of all chains from this one, each by its strongest."""
    seen = {(element.pk, EQUAL)}
    left: list[tuple[Element, Relation, tuple[Element, ...]]] = [(element, EQUAL, ())]
    ends: dict[int, Source] = {}
    while left:
        at, so_far, through = left.pop(0)
        for link, other in beside.get(at.pk, ()):
            relation = FOLLOWS.get((link, so_far))
            if relation is None or other.pk == element.pk or (other.pk, relation) in seen:
                continue
            seen.add((other.pk, relation))
            score = found.get(other.pk)
            if score is None or not speaks(score):
                left.append((other, relation, (*through, other)))
            elif other.pk not in ends or is_stronger(relation, ends[other.pk].relation):
                ends[other.pk] = Source(score, relation, through)
    return [end for end in ends.values() if end.score.result != Result.NOT_APPLICABLE or end.relation == EQUAL]


def speaks(score: Score) -> bool:
    """Whether it has a result of its own to give. What was taken over has none: it would pass as what a person judged,
    and as all that its element asks, where measures looked at a part."""
    is_good = not (score.is_stale or score.has_lapsed or score.is_to_confirm)
    is_taken = score.assessment is not None and score.assessment.seen_at is not None
    return score.result is not None and is_good and not is_taken


def is_stronger(relation: Relation, than: Relation) -> bool:
    return STRONGEST_FIRST.index(relation) < STRONGEST_FIRST.index(than)


def summed(element: Element, sources: list[Source]) -> Proposal:
    ordered = tuple(sorted(sources, key=lambda one: (STRONGEST_FIRST.index(one.relation), one.score.element.pk)))
    result = min((one.score.result for one in ordered), key=WORST_FIRST.index)
    if result == Result.MET and not any(one.covers and one.score.result == Result.MET for one in ordered):
        result = Result.PARTLY
    sure = result == Result.MET or any(one.relation == EQUAL and one.score.result == result for one in ordered)
    return Proposal(element, result, not sure, ordered)
