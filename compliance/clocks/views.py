"""What comes due, of everything that has a clock, for the person who looks."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from himdept.common import clocks, navigation
from himdept.common.clocks import Clock

SHOWN, MOST = 10, 500  # of each clock on the page of all, and on its own
WITHIN = timedelta(days=90)  # whatever the clock's ladder: who plans looks further ahead than who is told


@dataclass(frozen=True)
class Coming:
    """One row of a clock: what it is, where it is mended, its last good day."""

    what: str
    where: str
    due: date


@dataclass(frozen=True)
class Part:
    """One clock: the first rows that come due, whether there are more, and the list of its kind where there is one."""

    clock: Clock
    rows: list[Coming]
    more: bool
    every: str


@require_safe
def coming_due(request):
    """What comes due of what the viewer may see, the most urgent first; one query for each clock."""
    today = timezone.localdate()
    parts = [part(clock, request.user, today, most=SHOWN) for clock in clocks.every()]
    context = {"parts": parts, "quiet": [part for part in parts if not part.rows], "today": today}
    return render(request, "compliance/coming_due.html", context)


@require_safe
def coming_due_of(request, name: str):
    """What comes due of one clock."""
    clock, today = clocks.named(name), timezone.localdate()
    if clock is None:
        raise Http404
    context = {"part": part(clock, request.user, today, most=MOST), "today": today}
    return render(request, "compliance/coming_due_of.html", context)


def part(clock: Clock, user, today: date, *, most: int) -> Part:
    rows = clock.visible(user).filter(**{f"{clock.due}__lte": today + WITHIN}).order_by(clock.due, "pk")
    rows = list(rows[: most + 1])
    found = [Coming(clock.what(row), clock.where(row), getattr(row, clock.due)) for row in rows[:most]]
    # Who has something of a kind may open the list of all; who has nothing, where the role does.
    has_list = clock.every != "coming_due" and (bool(found) or navigation.may_open(user, clock.every))
    return Part(clock, found, len(rows) > most, reverse(clock.every) if has_list else "")
