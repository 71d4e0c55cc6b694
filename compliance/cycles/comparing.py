"""A cycle held against the one before it: what entered, what left, and what is found otherwise."""

from dataclasses import dataclass

from compliance.cycles.models import NOT_ASSESSED, Cycle, Hand, Mark
from compliance.cycles.standing import CycleStanding, Row
from compliance.scoring.scores import WORST_FIRST
from compliance.standards.models import Element


@dataclass(frozen=True)
class Before:
    """What a closed cycle found of an element."""

    element: Element
    mark: Mark


@dataclass(frozen=True)
class Changed:
    """An element that is found otherwise than it, or what it took the place of, was found before; of several the
    worst."""

    before: Before
    now: Row


@dataclass(frozen=True)
class Comparison:
    previous: Cycle
    entered: list[Row]
    left: list[Before]
    changed: list[Changed]

    @property
    def is_same(self) -> bool:
        return not (self.entered or self.left or self.changed)


def previous_to(cycle: Cycle) -> Cycle | None:
    """The last cycle of the facility that was closed before this one was begun."""
    closed = Cycle.objects.filter(facility=cycle.facility_id, closed_at__lte=cycle.started_at)
    return closed.order_by("closed_at", "pk").last()


def compared(stands: CycleStanding) -> Comparison | None:
    """Two queries; None where there was no cycle before."""
    previous = previous_to(stands.cycle)
    if previous is None:
        return None
    finals = Mark.objects.filter(part__cycle=previous, hand=Hand.FINAL)
    finals = finals.select_related("element__edition").order_by("part__chapter", "element__ordinal")
    is_over = stands.cycle.closed_at is not None
    return held_against(stands.rows, [Before(mark.element, mark) for mark in finals], previous, is_over=is_over)


def held_against(rows: list[Row], before: list[Before], previous: Cycle, *, is_over: bool) -> Comparison:
    """A pure function. Elements are the same within an edition, and in a later one by what they follow. What nobody has
    found yet has changed only once the cycle `is_over`."""
    there = {(one.element.edition.framework_id, one.element.code): one for one in before}
    entered, changed, met = [], [], set()
    for row in rows:
        framework = row.element.edition.framework_id
        own = there.get((framework, row.element.code))
        found = [own] if own and own.element.edition_id == row.element.edition_id else []
        found = found or [there[framework, code] for code in row.element.follows if (framework, code) in there]
        if not found:
            entered.append(row)
            continue
        met |= {one.element.pk for one in found}
        worst = min(found, key=_badness)
        result = row.score.result or NOT_ASSESSED
        if worst.mark.result != result and (is_over or row.score.result):
            changed.append(Changed(worst, row))
    return Comparison(previous, entered, [one for one in before if one.element.pk not in met], changed)


def _badness(one: Before) -> int:
    return WORST_FIRST.index(one.mark.result) if one.mark.result in WORST_FIRST else len(WORST_FIRST)
