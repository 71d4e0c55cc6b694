"""How a facility stands on a day beside an earlier one: what came into force, what left, what changed."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from compliance.scoring import readings
from compliance.scoring.scores import Part, Score
from compliance.scoring.standing import Standing, judged, said_of
from compliance.standards import library
from staff.models import Facility


@dataclass(frozen=True)
class Moved:
    """An element that stands otherwise than on the earlier day."""

    before: Score
    now: Score

    @property
    def is_worse(self) -> bool:
        return (self.now.points or 0) < (self.before.points or 0)


@dataclass(frozen=True)
class Difference:
    """What is different since the end of a local day, when it stood at `whole`.

    `entered` are elements of editions that have come into force, `left` those of editions that no longer are, as they
    stood then; `changed` what got worse first.
    """

    since: date
    whole: Part
    entered: list[Score]
    left: list[Score]
    changed: list[Moved]

    @cached_property
    def number(self) -> int:
        return len(self.entered) + len(self.left) + len(self.changed)


def compared(facility: Facility, day: date, since: date, *, now: datetime) -> tuple[Standing, Difference]:
    """How it stands at the end of a local day, or `now` (UTC) where that is earlier, and what is different since an
    earlier one. The queries do not grow with the days between them."""
    bound = library.bound(facility)
    editions = {on: library.of_day(bound, on) for on in (since, day)}
    elements = library.elements_of({*editions[since], *editions[day]})
    said = said_of(facility, elements, day, now)
    read = dict(zip((since, day), readings.latest_on_two(facility, since, day), strict=True))
    then, stands = (
        judged(
            facility, on, [one for one in elements if one.edition in editions[on]], now=now, said=said, read=read[on]
        )
        for on in (since, day)
    )
    return stands, difference(then, stands)


def difference(then: Standing, stands: Standing) -> Difference:
    """Of two standings, without a query."""
    before = {one.element.pk: one for one in then.scores}
    after = {one.element.pk: one for one in stands.scores}
    pairs = [Moved(before[number], one) for number, one in after.items() if number in before]
    changed = [pair for pair in pairs if stand(pair.before) != stand(pair.now)]
    return Difference(
        then.day,
        then.whole,
        entered=[one for number, one in after.items() if number not in before],
        left=[one for number, one in before.items() if number not in after],
        changed=sorted(changed, key=lambda pair: (not pair.is_worse, pair.now.needs)),
    )


def stand(score: Score) -> tuple:
    return score.result, score.why, score.has_lapsed
