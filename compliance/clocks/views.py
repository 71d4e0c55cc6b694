"""What comes due, of everything that has a clock, for the person who looks."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from himdept.common import clocks
from himdept.common.clocks import Clock

SHOWN = 50  # of each clock


@dataclass(frozen=True)
class Coming:
    """One row of a clock: what it is, where it is mended, its last good day."""

    what: str
    where: str
    due: date


@dataclass(frozen=True)
class Part:
    """One clock: the first rows that come due within its longest rung, and whether there are more."""

    clock: Clock
    rows: list[Coming]
    more: bool

    @property
    def every(self) -> str:
        return reverse(self.clock.every)


@require_safe
def coming_due(request):
    """What comes due of what the viewer may see, the most urgent first; one query for each clock."""
    today = timezone.localdate()
    parts = [part(clock, request.user, today) for clock in clocks.every()]
    return render(request, "compliance/coming_due.html", {"parts": parts, "today": today})


def part(clock: Clock, user, today: date) -> Part:
    until = today + timedelta(days=max(clock.ladder))
    rows = list(clock.visible(user).filter(**{f"{clock.due}__lte": until}).order_by(clock.due, "pk")[: SHOWN + 1])
    found = [Coming(clock.what(row), clock.where(row), getattr(row, clock.due)) for row in rows[:SHOWN]]
    return Part(clock, found, len(rows) > SHOWN)
