from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from himdept.simulator.calendar import EPOCH, Calendar, month, weekday

UNTIL = date(2025, 11, 12)


@pytest.fixture
def calendar():
    return Calendar(ZoneInfo("America/New_York"), until=UNTIL, days=30)


def instant(minute):
    return EPOCH + timedelta(minutes=minute)


def test_now_is_the_midnight_that_begins_the_day(calendar):
    assert instant(calendar.now) == datetime(2025, 11, 12, 5, tzinfo=UTC)
    assert calendar.midnight(UNTIL.toordinal()) == calendar.now
    assert [date.fromordinal(day) for day in calendar.days()][::29] == [date(2025, 10, 13), date(2025, 11, 11)]


def test_a_day_has_25_hours_when_summer_time_ends(calendar):
    first, last = calendar.bounds_of_day(calendar.midnight(date(2025, 11, 2).toordinal()) + 24 * 60 + 59)
    assert (instant(first), last - first) == (datetime(2025, 11, 2, 4, tzinfo=UTC), 25 * 60)


def test_weekdays_and_months_are_those_of_the_date():
    assert [weekday(date(2025, 11, day).toordinal()) for day in (9, 10, 11)] == [6, 0, 1]
    assert month(date(2025, 1, 31).toordinal()) == 0


@pytest.mark.parametrize(("day", "next_one"), [(7, 7), (8, 10), (9, 10), (10, 10)])
def test_what_falls_on_a_weekend_waits_for_monday(calendar, day, next_one):
    at = calendar.midnight(date(2025, 11, day).toordinal()) + 605
    expected = calendar.midnight(date(2025, 11, next_one).toordinal()) + 605
    assert calendar.next_workday(at) == expected
