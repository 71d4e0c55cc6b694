"""Every rule that comes with the program at once: what an occasion costs in its nights, and how long a dry run takes.

Nobody wrote all of these by hand. They are held against the program's own nights by the frozen rules, and those against
the opponent (`bench.nights`): an occasion should not cost more because there are more rules.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import psycopg

from bench import alone as changes
from bench import engine as workers
from bench import facts, processor, rules, states
from bench.engine import Engine, Measured
from bench.nights import CHANGED, FULL, QUIET, SINCE, first_night
from himdept.common import metrics
from himdept.common.metrics import Scope
from records.completeness import requirements
from records.models import AuditRun, Profile
from staff.models import Facility


@dataclass(frozen=True)
class Round:
    """What the nights of one set of rules took, and how many occasions each had. Of every rule also, in seconds, the
    2% of changed records by themselves, the dry run of one rule's change, and what the night's scores took."""

    rules: int
    first: Measured
    first_occasions: int
    changed: Measured
    full: Measured
    full_occasions: int
    alone: float | None = None
    dry_run: float | None = None
    scores: Measured | None = None


def rounds(facility: Facility, how_many: int, *, say: Callable[[str], None]) -> Iterator[tuple[Round, Round]]:
    """For each round what the frozen rules took, and what every rule took."""
    with states.superuser() as connection, workers.running() as program:
        states.lay_out(connection)
        first = first_night(facility)
        for number in range(how_many):
            rules.adopt(facility)
            rules.take_back(connection)
            frozen = _round(program, connection, facility, first, every=None)
            say(f"round {number + 1}: {frozen.rules} rules, everything {frozen.full.seconds:.2f} s")
            every = _round(program, connection, facility, first, every=rules.adopt_every(facility))
            say(f"round {number + 1}: {every.rules} rules, everything {every.full.seconds:.2f} s")
            yield frozen, every
        rules.adopt(facility)
        states.clear_away(connection)


def _round(
    program: Engine, connection: psycopg.Connection, facility: Facility, first: datetime, *, every: Profile | None
) -> Round:
    states.reset(connection)
    whole = program.night(first)
    occasions = _occasions()
    program.night(first + QUIET.after)
    as_of = first + CHANGED.after
    records = facts.change(connection, as_of)
    states.mark_due(connection, records)
    alone = changes.night(connection, records, first + QUIET.after, as_of) if every else None
    states.settle(connection)
    changed = program.night(as_of)
    full = program.night(first + FULL.after, full=True)
    found = Round(
        rules=facility.profiles.values("requirements").count(),
        first=whole,
        first_occasions=occasions,
        changed=changed,
        full=full,
        full_occasions=_occasions(),
        alone=alone,
        dry_run=_dry_run(facility, every, as_of) if every else None,
        scores=_scores(facility, first + FULL.after) if every else None,
    )
    facts.undo(connection)
    return found


def _occasions() -> int:
    return AuditRun.objects.latest("pk").occasions


def _dry_run(facility: Facility, profile: Profile, as_of: datetime) -> float:
    since = (as_of - SINCE).astimezone(facility.zone).date()
    began = time.perf_counter()
    requirements.tried(facility, profile, lambda: rules.change(profile, since))
    return time.perf_counter() - began


def _scores(facility: Facility, as_of: datetime) -> Measured:
    """What the step of the night costs that measures everything, in one process; what it read is not kept."""
    began, own, database = time.perf_counter(), time.process_time(), processor.spent([workers.postmaster()])
    metrics.read(Scope(facility, as_of))
    spent = time.process_time() - own + processor.spent([workers.postmaster()]) - database
    return Measured(time.perf_counter() - began, spent)
