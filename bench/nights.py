"""Nights through the program and by hand, in turns: how long each took, and the proof that both wrote the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Max

from bench import alone as changes
from bench import engine, facts, hand, rules, states
from bench.engine import Engine, Measured
from himdept.common.moments import midnight
from records.models import Encounter
from staff.models import Facility

DAY = timedelta(days=1)
SINCE = timedelta(days=180)  # for how long the changed rule is to have been in force


@dataclass(frozen=True)
class Night:
    """One of the nights of a round, in their order: each begins with what the one before it left."""

    name: str
    after: timedelta  # from the first night
    chosen: str  # the opponent's script that names the records
    full: bool = False


FIRST = Night("first night", timedelta(), "chosen_all")
QUIET = Night("quiet night", DAY, "chosen_due")
CHANGED = Night("night with 2% changed", 2 * DAY, "chosen_due")
FULL = Night("full re-audit", 2 * DAY, "chosen_all", full=True)
RULE = Night("night after a rule's change", 3 * DAY, "chosen_by_rule")
NIGHTS = (FIRST, QUIET, CHANGED, FULL, RULE)


@dataclass(frozen=True)
class Pair:
    """What one night cost on both sides in one round."""

    night: Night
    ours: Measured
    theirs: Measured


def rounds(
    facility: Facility, how_many: int, *, say: Callable[[str], None], alone: Callable[[float], None] | None = None
) -> Iterator[Pair]:
    """Measure all nights, some rounds of them; `alone` is told what the changed records take by themselves.

    Raises Trouble when the two sides differ after a night.
    """
    with states.superuser() as connection, engine.running() as program:
        states.lay_out(connection)
        profile = rules.adopt(facility)
        first = first_night(facility)
        for number in range(how_many):
            states.reset(connection)
            rules.take_back(connection)
            for night in NIGHTS:
                as_of, changed = first + night.after, None
                if night == CHANGED:
                    records = facts.change(connection, as_of)
                    states.mark_due(connection, records)
                    if alone:
                        alone(changes.night(connection, records, first + QUIET.after, as_of))
                if night == RULE:
                    changed = rules.change(profile, (as_of - SINCE).astimezone(facility.zone).date())
                states.settle(connection)
                pair = _measure(program, facility, night, as_of, changed, ours_first=number % 2 == 0)
                say(f"round {number + 1}: {night.name} {_told(pair.ours)}, by hand {_told(pair.theirs)}")
                states.prove_the_same(connection, night.name)
                yield pair
            facts.undo(connection)
        states.clear_away(connection)


def _measure(program: Engine, facility: Facility, night: Night, as_of: datetime, changed, *, ours_first: bool) -> Pair:
    """Each side once; who begins takes turns, for whoever comes second finds the facts in memory."""
    measured = {}
    for side in ("ours", "theirs") if ours_first else ("theirs", "ours"):
        if side == "ours":
            measured[side] = program.night(as_of, full=night.full)
        else:
            measured[side] = hand.night(facility, as_of, night.chosen, changed=changed)
    return Pair(night, **measured)


def first_night(facility: Facility) -> datetime:
    """Two o'clock on the local day after the last that the hospital has told of."""
    last = Encounter.objects.filter(facility=facility).exclude(status="planned").aggregate(at=Max("start_first"))["at"]
    day = last.astimezone(facility.zone).date() + DAY
    return midnight(day, facility.zone) + timedelta(hours=2)


def _told(measured: Measured) -> str:
    return f"{measured.seconds:.2f} s ({measured.processor:.2f} s of processors)"


def typical(pairs: list[Pair], night: Night) -> Pair:
    """The median of a night's rounds: of each side by itself, and the most that each needed of memory."""
    of_night = [pair for pair in pairs if pair.night == night]
    return Pair(night, _typical([p.ours for p in of_night]), _typical([p.theirs for p in of_night]))


def _typical(measured: list[Measured]) -> Measured:
    return Measured(
        median(m.seconds for m in measured),
        median(m.processor for m in measured),
        max(m.worker for m in measured),
        max(m.database for m in measured),
    )
