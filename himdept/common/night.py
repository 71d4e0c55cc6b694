"""The steps of the night. Each room that has something to do every night adds its step here.

The night itself (compliance.nightly) knows none of them: it does them in their order, each to its end, tries again
what failed, and goes on after the third failure.
"""

from collections.abc import Callable
from dataclasses import dataclass

from himdept.common.queue import SWEEPER, nudge


@dataclass(frozen=True)
class Step:
    """One step: `ordinal` is its place in the night, `title` its name for people.

    `do(step)` gets the step's row: `step.night` has the `facility`, the `business_date` and `as_of`, the moment that is
    judged. It returns counts for people, or None for "not yet": it is asked again within a minute. A DomainError is
    final; of any other error it is tried three times.

    It runs in one transaction with its row. What does not belong into one (files, mail, a PDF) says `in_transaction`
    False, and must then write nothing twice by itself: its worker may be lost between its work and its row.
    """

    name: str
    title: str
    ordinal: int
    do: Callable[..., dict | None]
    in_transaction: bool = True


_steps: dict[str, Step] = {}


def register(step: Step):
    """Add a step to every night from now on. Raises ValueError when another step has its name or its place."""
    for other in _steps.values():
        if other != step and (other.name == step.name or other.ordinal == step.ordinal):
            raise ValueError(f"{step.name} and {other.name} cannot both be step {step.ordinal} of the night.")
    _steps[step.name] = step


def steps() -> list[Step]:
    """All steps, in their order."""
    return sorted(_steps.values(), key=lambda step: step.ordinal)


def step_named(name: str) -> Step | None:
    return _steps.get(name)


def look_again():
    """Something is done that a night may have waited for: it goes on now, not with the next minute's sweep."""
    nudge("compliance.nightly.tasks.sweep", queue=SWEEPER)
