"""The days of a simulated hospital, reckoned in whole minutes since 1970 UTC, so that a million stays cost seconds.

A day is its ordinal (1 is 1 January of the year 1), as `datetime.date` counts them.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from himdept.common import moments

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONDAY, FRIDAY = 0, 4
BEFORE, AFTER = 60, 400  # days laid out around the span: early histories and physicals, planned discharges


class Calendar:
    """The local days from `until - days` to `until`, where the midnight that begins `until` is now."""

    def __init__(self, zone: ZoneInfo, *, until: date, days: int):
        self.first_day, self.last_day = until.toordinal() - days, until.toordinal() - 1
        self.now = minute_of(moments.midnight(until, zone))
        self._base = self.first_day - BEFORE
        laid_out = range(self._base, self.last_day + AFTER)
        self._midnights = [minute_of(moments.midnight(date.fromordinal(day), zone)) for day in laid_out]

    def days(self) -> range:
        return range(self.first_day, self.last_day + 1)

    def midnight(self, day: int) -> int:
        """The minute at which a local day begins."""
        return self._midnights[day - self._base]

    def day_of(self, minute: int) -> int:
        """The local day that a minute belongs to."""
        return self._base + bisect_right(self._midnights, minute) - 1

    def bounds_of_day(self, minute: int) -> tuple[int, int]:
        """The two local midnights around a minute."""
        day = self.day_of(minute)
        return self.midnight(day), self.midnight(day + 1)

    def next_workday(self, minute: int) -> int:
        """The same time of day on Monday, when `minute` falls on a weekend; else `minute` itself."""
        day = self.day_of(minute)
        beyond = weekday(day) - FRIDAY
        return minute if beyond <= 0 else minute - self.midnight(day) + self.midnight(day + 3 - beyond)


def weekday(day: int) -> int:
    """Monday is 0, Sunday 6."""
    return (day + 6) % 7


def month(day: int) -> int:
    """January is 0."""
    return date.fromordinal(day).month - 1


def minute_of(instant: datetime) -> int:
    return int((instant - EPOCH).total_seconds()) // 60
