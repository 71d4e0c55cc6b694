"""Measures of how the department does: each room adds those that its own facts can answer.

A measure is a share: of so many things that were to be done by a moment, how many were done as they should. What was
not is named, thing by thing, so that a number is never without the charts behind it. Higher is better, of all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from himdept.common.errors import DomainError


@dataclass(frozen=True)
class Scope:
    """What is measured: a facility (its row), as of a moment (UTC), by what was known at another (UTC; None: by all
    that is known)."""

    facility: object
    as_of: datetime
    known_at: datetime | None = None

    def since(self, days: int) -> datetime:
        return self.as_of - timedelta(days=days)

    @property
    def today(self) -> date:
        """The facility's own day."""
        return self.as_of.astimezone(self.facility.zone).date()


@dataclass(frozen=True)
class Measured:
    """How many there were, and which of them (their numbers; one as often as it counts) were not as they should."""

    denominator: int
    offenders: tuple[int, ...] = ()

    def __post_init__(self):
        if len(self.offenders) > self.denominator:
            raise ValueError("There are more that were not as they should than there are.")

    @property
    def numerator(self) -> int:
        return self.denominator - len(self.offenders)


@dataclass(frozen=True)
class Offender:
    """Something that was not as it should be, for people: its number, what it is called, and the address of it."""

    number: int
    name: str
    address: str


@dataclass(frozen=True)
class Metric:
    """One measure. `title` says what should be so; `counts` what is counted, in the plural; `window` over how many days
    before the moment, 0 as it stands.

    `target` is the share from which it is met, where the hospital has set no other; `smallest` the least denominator
    that is judged: below it a single case would decide. `name(user, numbers)` gives those of these offenders that a
    person may see, in the order of their numbers and in a number of queries that does not grow.
    """

    code: str
    title: str
    counts: str
    window: int
    target: float
    name: Callable[[object, Iterable[int]], list[Offender]] = field(compare=False)
    smallest: int = 5

    def __post_init__(self):
        if not 0 < self.target <= 1:
            raise ValueError(f"The target of {self.code} is no share.")


@dataclass(frozen=True)
class Source:
    """Several metrics that are read together. `read(scope, codes)` gives what was measured of each of these codes."""

    name: str
    metrics: tuple[Metric, ...]
    read: Callable[[Scope, frozenset[str]], dict[str, Measured]] = field(compare=False)


_sources: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Measure these from now on. Raises ValueError for a code that another source has."""
    taken = {metric.code for other in _sources.values() if other.name != source.name for metric in other.metrics}
    if twice := taken & {metric.code for metric in source.metrics}:
        raise ValueError(f"Measured twice: {', '.join(sorted(twice))}.")
    _sources[source.name] = source
    return source


def sources() -> list[Source]:
    return list(_sources.values())


def every() -> dict[str, Metric]:
    """All metrics by their codes, in the order in which they were added."""
    return {metric.code: metric for source in _sources.values() for metric in source.metrics}


def named(code: str) -> Metric | None:
    return every().get(code)


def read(scope: Scope, codes: Iterable[str] | None = None) -> dict[str, Measured]:
    """What was measured of these metrics (all). Raises DomainError for one that nobody measures."""
    wanted = set(every() if codes is None else codes)
    if unknown := wanted - set(every()):
        raise DomainError(f"Nobody measures {', '.join(sorted(unknown))}.")
    found: dict[str, Measured] = {}
    for source in _sources.values():
        if asked := wanted & {metric.code for metric in source.metrics}:
            found |= source.read(scope, frozenset(asked))
    return found
