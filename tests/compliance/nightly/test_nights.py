"""Which night is due when: each local date of a facility has one, whatever the clocks and the ticks do."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from compliance.models import Night, NightStep
from compliance.nightly import nights
from staff.people import facilities
from staff.people.facilities import open_facility
from tests import factories

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def facility(time_zone: str = "America/New_York", begins: time = time(2)):
    """A facility that is alone in the world."""
    alone = factories.facility()
    facilities.lay_out(time_zone)
    alone.time_zone_id, alone.night_begins_at = time_zone, begins
    alone.save()
    return alone


def ticks(moments: Iterable[datetime]) -> list[Night]:
    """What a beat that ticks at these moments begins."""
    return [night for at in sorted(moments) for night in nights.begin_due(at=at)]


def hourly(since: datetime, hours: int) -> list[datetime]:
    return [since + timedelta(hours=hour) for hour in range(hours + 1)]


def told(*states: str) -> list[tuple[date, str]]:
    rows = Night.objects.order_by("business_date")
    return list((rows.filter(state__in=states) if states else rows).values_list("business_date", "state"))


pytestmark = pytest.mark.django_db


def test_the_first_tick_only_plans_for_a_new_facility_has_missed_nothing():
    facility()
    assert nights.begin_due(at=datetime(2026, 6, 3, 14, tzinfo=UTC)) == []
    assert told() == [(date(2026, 6, 4), "planned")]


def test_a_new_facility_whose_hour_is_still_to_come_has_its_first_night_today():
    facility(begins=time(22))
    nights.begin_due(at=datetime(2026, 6, 3, 14, tzinfo=UTC))
    assert told() == [(date(2026, 6, 3), "planned")]


def test_a_night_begins_with_the_tick_that_finds_it_due_and_with_no_other():
    facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)
    nights.begin_due(at=due - timedelta(hours=9))
    assert nights.begin_due(at=due - MINUTE) == []
    (night,) = nights.begin_due(at=due)
    assert (night.due_at, night.as_of, night.started_at, night.caught_up) == (due, due, due, False)
    assert nights.begin_due(at=due) == nights.begin_due(at=due + MINUTE) == []
    assert told() == [(date(2026, 6, 4), "running"), (date(2026, 6, 5), "planned")]


def test_its_steps_are_rows_before_anybody_is_told_of_them(only):
    only(first=lambda step: {}, second=lambda step: {})
    facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)
    nights.begin_due(at=due - MINUTE)
    (night,) = nights.begin_due(at=due)
    assert list(night.steps.values_list("ordinal", "name", "state", "attempts")) == [
        (1, "first", "queued", 0),
        (2, "second", "queued", 0),
    ]


@pytest.mark.parametrize(
    ("time_zone", "begins", "day", "due"),
    [
        # 02:30 does not exist on this day: the clocks go from 02:00 to 03:00.
        ("America/New_York", time(2, 30), date(2027, 3, 14), datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        # 01:30 happens twice on this day; it is the first of them.
        ("America/New_York", time(1, 30), date(2026, 11, 1), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("Europe/London", time(1, 30), date(2027, 3, 28), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("Europe/London", time(1, 30), date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # A midnight that does not exist.
        ("America/Havana", time(0), date(2023, 3, 12), datetime(2023, 3, 12, 5, tzinfo=UTC)),
        # Half an hour that happens twice.
        ("Australia/Lord_Howe", time(1, 45), date(2027, 4, 4), datetime(2027, 4, 3, 14, 45, tzinfo=UTC)),
    ],
)
def test_a_night_on_which_the_clocks_change_is_run_once(time_zone, begins, day, due):
    alone = facility(time_zone, begins)
    assert nights.due_at(alone, day) == due
    around = [day_off + minute * MINUTE for day_off in (-DAY, 0 * DAY, DAY) for minute in (-61, -31, -1, 0, 1, 31, 61)]
    begun = ticks([due - timedelta(hours=36), *(due + shift for shift in around)])
    days = [night.business_date for night in begun]
    assert days == sorted(set(days))
    assert set(days) == {day - DAY, day, day + DAY}
    assert [(night.started_at, night.caught_up) for night in begun if night.business_date == day] == [(due, False)]


def test_a_missed_night_is_caught_up_and_says_so():
    facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)
    nights.begin_due(at=due - MINUTE)
    (night,) = nights.begin_due(at=due + timedelta(hours=7))
    assert (night.business_date, night.caught_up) == (date(2026, 6, 4), True)
    assert (night.started_at, night.as_of) == (due + timedelta(hours=7), due)


def test_a_little_late_is_not_missed():
    facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)
    nights.begin_due(at=due - MINUTE)
    (night,) = nights.begin_due(at=due + nights.LATE)
    assert not night.caught_up


def test_of_several_missed_nights_the_last_is_run_and_the_others_are_recorded():
    facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)
    nights.begin_due(at=due - MINUTE)
    (night,) = nights.begin_due(at=due + timedelta(days=3, hours=1))
    assert told() == [
        (date(2026, 6, 4), "missed"),
        (date(2026, 6, 5), "missed"),
        (date(2026, 6, 6), "missed"),
        (date(2026, 6, 7), "running"),
        (date(2026, 6, 8), "planned"),
    ]
    assert night.caught_up
    assert not NightStep.objects.exclude(night=night).exists()


def test_a_planned_night_follows_its_facility():
    alone = facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)
    nights.begin_due(at=due - timedelta(hours=5))
    alone.night_begins_at = time(4)
    alone.save()
    assert nights.begin_due(at=due) == []
    assert Night.objects.get().due_at == due + timedelta(hours=2)
    facilities.lay_out("America/Chicago")
    alone.time_zone_id = "America/Chicago"
    alone.save()
    assert nights.begin_due(at=due + timedelta(hours=2)) == []
    (night,) = nights.begin_due(at=due + timedelta(hours=3))
    assert night.business_date == date(2026, 6, 4)


def test_moving_the_hour_back_after_the_night_does_not_repeat_it():
    alone = facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)
    nights.begin_due(at=due - MINUTE)
    nights.begin_due(at=due)
    alone.night_begins_at = time(23)
    alone.save()
    assert ticks(hourly(due + MINUTE, 42)) == []
    (night,) = nights.begin_due(at=due + timedelta(hours=45))
    assert night.business_date == date(2026, 6, 5)


def test_each_facility_has_its_own_night():
    facility()
    open_facility("WEST", name="West", time_zone="America/Los_Angeles")
    begun = ticks(hourly(datetime(2026, 6, 3, 12, tzinfo=UTC), 24))
    assert [(night.facility.code, night.started_at.hour) for night in begun] == [("MAIN", 6), ("WEST", 9)]


def test_a_night_judges_a_moment_that_nothing_has_been_written_behind():
    alone = facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)
    nights.begin_due(at=due - MINUTE)
    by_hand = due + timedelta(hours=2)
    factories.audit_run(facility=alone, as_of=by_hand)
    (night,) = nights.begin_due(at=due + timedelta(hours=7))
    assert night.as_of == by_hand


@pytest.mark.django_db(transaction=True)
def test_two_clocks_that_tick_at_once_begin_one_night():
    facility()
    due = datetime(2026, 6, 4, 6, tzinfo=UTC)

    def tick(at):
        try:
            return nights.begin_due(at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as clocks:
        assert list(clocks.map(tick, [due - MINUTE] * 4)) == [[]] * 4
        begun = [night for tick in clocks.map(tick, [due] * 8) for night in tick]
    assert len(begun) == 1
    assert told() == [(date(2026, 6, 4), "running"), (date(2026, 6, 5), "planned")]


NONSENSE = {
    "one_night_per_date_and_kind": {},
    "night_has_the_times_of_its_state": {"business_date": date(2026, 6, 5), "state": "running"},
    "night_begins_when_it_is_due": {
        "business_date": date(2026, 6, 5),
        "state": "running",
        "started_at": datetime(2026, 6, 4, 5, tzinfo=UTC),
        "as_of": datetime(2026, 6, 4, 5, tzinfo=UTC),
    },
    "night_failed_has_an_error": {"business_date": date(2026, 6, 5), "error": "Something."},
    "night_caught_up_was_begun": {"business_date": date(2026, 6, 5), "caught_up": True},
}


@pytest.mark.parametrize(("constraint", "fields"), NONSENSE.items())
def test_the_database_refuses_what_cannot_be(constraint, fields):
    alone = facility()
    night = {"facility": alone, "business_date": date(2026, 6, 4), "due_at": datetime(2026, 6, 4, 6, tzinfo=UTC)}
    Night.objects.create(**night)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Night.objects.create(**night | fields)
