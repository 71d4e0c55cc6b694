"""Clinical moments: an instant known to the minute, or a local day known only as a day.

Every clinical time is kept as a pair `first`, `last`: equal when the minute is known; the two local midnights that
bound the day when only the day is. `2024-01-31` is a day, never midnight. Local times are resolved with `fold=0`: of
an hour that happens twice, the first (docs/adr/0002).
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from himdept.common.errors import Unreadable

EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)  # of a clinical moment
# Of an instant, with a day's margin on each side: its local day is looked up in any zone.
EARLIEST_INSTANT, FIRST_TOO_LATE = datetime(1900, 1, 2, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Moment(NamedTuple):
    """The earliest and the latest instant (UTC) that a clinical time can have been."""

    first: datetime
    last: datetime

    @property
    def exact(self) -> bool:
        return self.first == self.last


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_of(day: date, zone: ZoneInfo) -> Moment:
    """A local day of which the hour is not known."""
    return Moment(midnight(day, zone), midnight(day + timedelta(days=1), zone))


def odd_midnights(zone: ZoneInfo) -> Iterator[tuple[date, datetime]]:
    """The days of which the clock shows midnight twice or never, and the instant (UTC) at which each begins.

    They are few: America/Havana has one or two a year, America/New_York none. One year more than clinical moments
    have, for what is due after the last of them.
    """
    for number in range((LATEST - EARLIEST).days + 366):
        day = EARLIEST + timedelta(days=number)
        wall = datetime.combine(day, time(), zone)
        if wall.utcoffset() != wall.replace(fold=1).utcoffset():
            yield day, midnight(day, zone)


def read_moment(text: str, zone: ZoneInfo) -> Moment:
    """Read an ISO 8601 date, or a date-time; without an offset it is local time in `zone`.

    Raises Unreadable when it is neither, and when it lies outside 1900 to 2099.
    """
    try:
        if DAY.fullmatch(text):
            day = date.fromisoformat(text)
            if not EARLIEST <= day <= LATEST:
                raise Unreadable(f"{text} is not a day between 1900 and 2099.")
            return day_of(day, zone)
        instant = datetime.fromisoformat(text)
        instant = (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise Unreadable(f"{text!r} is neither a date nor a date and time.") from problem
    if not EARLIEST_INSTANT <= instant < FIRST_TOO_LATE:
        raise Unreadable(f"{text} is not between 1900 and 2099.")
    return Moment(instant, instant)


def paired(*names: str) -> list[models.CheckConstraint]:
    """Constraints: both bounds of each named moment are there or neither, in order, and at most two days apart."""
    return [
        models.CheckConstraint(
            name=f"%(class)s_{name}_is_a_moment",
            condition=Q(**{f"{name}_first": None, f"{name}_last": None})
            | Q(
                **{
                    f"{name}_first__isnull": False,
                    f"{name}_last__gte": F(f"{name}_first"),
                    f"{name}_last__lte": F(f"{name}_first") + timedelta(days=2),
                }
            ),
            violation_error_message=f"The {name} needs both its bounds, in order.",
        )
        for name in names
    ]
