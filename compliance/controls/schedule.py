"""On which days a recurring control is scheduled: a pure function of its first day, its rhythm and its end."""

import calendar
from collections.abc import Iterator
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def scheduled(anchor: date, every_months: int, *, until: date) -> Iterator[tuple[int, date]]:
    """The days from the first one on, each with its number (0, 1, 2 ...).

    All are counted from the first day: what began on a 31st comes back to the 31st after a shorter month.
    """
    number = 0
    while (day := months_later(anchor, number * every_months)) <= until:
        yield number, day
        number += 1


def first_open(anchor: date, every_months: int, on: date) -> int:
    """The number of the first time that is not over on a day: the next one has not come. Before the first day, 0."""
    return max((number for number, _day in scheduled(anchor, every_months, until=on)), default=0)
