"""On which days a control is scheduled, whatever the order of the nights: held to a plain walk through the calendar."""

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from compliance.controls import actions
from compliance.controls.schedule import months_later, scheduled
from tests import factories as make
from tests.compliance.evidence.acting import element, owner

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_one_of_a_shorter_month(day, months, then):
    assert months_later(day, months) == then


def test_what_began_on_a_31st_comes_back_to_it():
    days = [day for _number, day in scheduled(date(2026, 1, 31), 1, until=date(2026, 5, 31))]
    assert [day.day for day in days] == [31, 28, 31, 30, 31]


def walked(anchor: date, every: int, until: date) -> list[date]:
    """The same, told by looking at each day of the calendar."""
    found, day = [], anchor
    while day <= until:
        months = (day.year - anchor.year) * 12 + day.month - anchor.month
        longest = calendar.monthrange(day.year, day.month)[1]
        if months % every == 0 and day.day == min(anchor.day, longest):
            found.append(day)
        day += DAY
    return found


DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(DAYS, st.integers(1, 24), st.integers(0, 1500))
def test_the_schedule_is_what_a_walk_through_the_calendar_finds(anchor, every, length):
    until = anchor + length * DAY
    found = list(scheduled(anchor, every, until=until))
    assert [day for _number, day in found] == walked(anchor, every, until)
    assert [number for number, _day in found] == list(range(len(found)))


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DAYS, st.integers(1, 24), st.integers(-400, 366), st.lists(st.integers(-400, 900), max_size=6))
@example(date(2026, 1, 31), 3, 200, [])
@example(date(2026, 1, 31), 1, 366, [900, 100])
def test_whatever_the_order_of_the_nights_and_their_gaps_the_times_and_what_was_missed_are_the_same(
    db, anchor, every, planned, nights
):
    """All but those that were over when it was planned, with the numbers that they have in the calendar."""
    begun = anchor + planned * DAY
    last = max([begun, *(anchor + night * DAY for night in nights)])
    days = walked(anchor, every, months_later(last, 13 + every))
    told = {
        (number, day, "missed" if after <= last else "open")
        for number, (day, after) in enumerate(pairwise(days))
        if begun < after and day <= months_later(last, 12)
    }
    with transaction.atomic():
        said = {"title": "Drill", "basis": "", "owner": owner(), "anchor": anchor, "every_months": every}
        control = actions.add(make.facility(), [element()], by=owner(), on=begun, **said)
        for night in nights:
            actions.plan(control, anchor + night * DAY)
            actions.mark_missed(control, anchor + night * DAY)
        assert set(control.occurrences.values_list("number", "scheduled_on", "state")) == told
        transaction.set_rollback(True)
