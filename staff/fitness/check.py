"""Whether somebody may work their job, or a queue, on a day, and what stands against it: a pure function."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Against(StrEnum):
    NOT_EMPLOYED = "not employed"
    EXCLUDED = "excluded"
    CERTIFICATION = "certification"
    TRAINING = "training"
    FAILED = "failed"
    NOT_ASSESSED = "not assessed"


@dataclass(frozen=True)
class Held:
    """A cycle of a certification that the job asks. `denied`: its source says otherwise."""

    certification: str
    first: date
    last: date | None
    grace: int = 0  # days after the last one in which work goes on
    denied: bool = False

    def lets_work(self, on: date) -> bool:
        return (
            not self.denied and self.first <= on and (self.last is None or on <= self.last + timedelta(days=self.grace))
        )


@dataclass(frozen=True)
class Shown:
    """How somebody stands to a competency: `queue` is what it opens (empty: the whole job), `due` its last good day."""

    competency: str
    queue: str = ""
    passed: bool | None = None
    due: date | None = None


@dataclass(frozen=True)
class Course:
    """A course without which nobody works, and its last good day."""

    title: str
    due: date | None


@dataclass(frozen=True)
class Facts:
    """What is known of a person: `asked` are the certifications of which their job asks any one."""

    asked: frozenset[str] = frozenset()
    held: tuple[Held, ...] = ()
    shown: tuple[Shown, ...] = ()
    courses: tuple[Course, ...] = ()
    is_excluded: bool = False
    is_employed: bool = True


@dataclass(frozen=True)
class Reason:
    """What stands against it: of which kind, what, and since when where that is known."""

    against: Against
    what: str = ""
    since: date | None = None


def may_work(facts: Facts, on: date, queue: str = "") -> list[Reason]:
    """What stands against somebody working on a day: their job or, when it is named, also that queue. Empty: they may.

    A certification lets work for its days of grace after its last day. Somebody failed is off until assessed anew,
    whatever they had shown before. Of who is not employed nothing else is asked.
    """
    if not facts.is_employed:
        return [Reason(Against.NOT_EMPLOYED)]
    return [
        *([Reason(Against.EXCLUDED)] if facts.is_excluded else []),
        *_certified(facts, on),
        *(Reason(Against.TRAINING, one.title, one.due) for one in facts.courses if one.due and one.due < on),
        *_competent((one for one in facts.shown if one.queue in ("", queue)), on),
    ]


def _certified(facts: Facts, on: date) -> list[Reason]:
    """What has lapsed or was denied stops; what was never recorded is a gap in the file, and stops nobody."""
    ours = [one for one in facts.held if one.certification in facts.asked and one.first <= on]
    if not ours or any(one.lets_work(on) for one in ours):
        return []
    ended = [one.last for one in ours if one.last and one.last < on]
    return [Reason(Against.CERTIFICATION, ", ".join(sorted(facts.asked)), max(ended, default=None))]


def _competent(shown: Iterable[Shown], on: date) -> Iterable[Reason]:
    for one in shown:
        if one.passed is False:
            yield Reason(Against.FAILED, one.competency, one.due)
        elif one.due and one.due < on:
            yield Reason(Against.NOT_ASSESSED, one.competency, one.due)
