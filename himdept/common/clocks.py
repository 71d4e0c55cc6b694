"""Everything that comes due on a day: each room names what, when, whom to tell and how long before.

The night knows none of them: it tells each person once at each rung of a clock's ladder (compliance.clocks), and one
page shows what comes due of all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

LADDER = (90, 60, 30, 0)  # days before the last good day at which it is told; also the last is told once


@dataclass(frozen=True)
class Clock:
    """A kind of thing that comes due.

    `due` is the field of its last good local day. `rows(facility)` are those of one facility that can still come due:
    what is renewed, done or over is not among them. `whom(rows)` names pairs of a row's and a person's number, in
    a number of queries that does not grow. `visible(user)` are the rows that somebody may see on the page: `what(row)`
    says in words what it is, `where(row)` the address where it is mended, `every` the name of the address of all.

    `mail` is a template of one line, given `number` and `days`; it names nobody, as mail is read by others.
    """

    name: str
    title: str
    due: str
    rows: Callable[[int], QuerySet]
    whom: Callable[[QuerySet], Iterable[tuple[int, int]]]
    visible: Callable[[object], QuerySet]
    what: Callable[[object], str]
    where: Callable[[object], str]
    every: str
    mail: str
    ladder: tuple[int, ...] = LADDER

    def rung(self, due: date, on: date) -> int | None:
        """The rung that is reached: the lowest of those not below the days left; None before the first."""
        left = (due - on).days
        return min((rung for rung in self.ladder if left <= rung), default=None)


_clocks: dict[str, Clock] = {}


def register(clock: Clock) -> Clock:
    """Let this come due from now on. Raises ValueError for a ladder that has no last rung."""
    if min(clock.ladder, default=None) != 0:
        raise ValueError(f"The ladder of {clock.name} does not end with the day itself.")
    _clocks[clock.name] = clock
    return clock


def every() -> list[Clock]:
    return list(_clocks.values())


def named(name: str) -> Clock | None:
    return _clocks.get(name)
