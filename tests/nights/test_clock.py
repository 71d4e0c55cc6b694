"""When a night begins, whatever the clocks do: beat is killed, ticks come twice or late, and summer time begins."""

import os
import signal
from datetime import UTC, date, datetime, time, timedelta

import pytest

from compliance.models import Night
from compliance.nightly import nights, queries, steps, tasks
from himdept.common import queue
from records.completeness import audits
from records.models import AuditRun
from tests.nights import hospitals, standing
from tests.nights.hospitals import DAY, LAST_WEEK, MINUTE, Plan
from tests.nights.standing import Hold, Moment
from tests.records.completeness import pictures
from tests.records.completeness.loading import audit
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)


def test_beat_begins_the_night_and_one_that_is_killed_is_followed_by_another_that_goes_on(
    department, undisturbed_tonight, hospital_tonight
):
    def beat(_facility):
        department.beat.start(department.broker)

    with standing.still(hospital_tonight, Moment.WRITTEN, begin=beat) as (night, shard):
        # Of all that worked there is nothing left but the rows.
        department.beat.kill()
        os.kill(int(shard.claimed_by.split()[-1]), signal.SIGKILL)
        until(lambda: audits.is_abandoned(shard.pk), "The lock of a killed worker is still held.")
        with department.broker.client() as client:
            client.flushdb()
    hospitals.time_passes()
    department.beat.start(department.broker)
    assert hospitals.wait_for(night).state == "finished"
    shard.refresh_from_db()
    assert shard.attempts == 2
    assert hospitals.picture(hospital_tonight) == undisturbed_tonight
    assert not [said for said in queries.alarms(facilities=[hospital_tonight]) if "clock" in said]


def test_two_beats_that_tick_at_once_begin_one_night(department, undisturbed_tonight, hospital_tonight):
    with Hold("SELECT pg_advisory_xact_lock(%s, %s)", nights.TICKING, hospital_tonight.pk) as ticking:
        queue.nudge_each(tasks.tick, [(), ()], queue=queue.SWEEPER)
        ticking.wait_for(2)
        assert not Night.objects.exclude(state="planned").exists()
    until(lambda: Night.objects.filter(state="running").exists(), "Neither has begun the night.")
    night = Night.objects.get(state="running")
    assert hospitals.wait_for(night).state == "finished"
    assert AuditRun.objects.count() == 1
    assert hospitals.picture(hospital_tonight) == undisturbed_tonight


def test_missed_nights_are_caught_up_as_of_when_the_last_was_due_and_it_is_said(department, hospital):
    quiet = LAST_WEEK.build("QUIET")
    due = nights.due_at(hospital, LAST_WEEK.day + 2 * DAY)
    audit(quiet, due)
    night = hospitals.begin(hospital, at=due + timedelta(hours=5))
    assert (night.business_date, night.as_of, night.caught_up) == (LAST_WEEK.day + 2 * DAY, due, True)
    assert hospitals.wait_for(night).state == "finished"
    assert list(Night.objects.filter(facility=hospital).order_by("pk").values_list("state", flat=True)) == [
        *("missed", "missed", "finished", "planned")
    ]
    assert pictures.of(hospital) == pictures.of(quiet)
    said = "the night of 7 Nov 2025 was missed at 7 Nov 2025 02:00 and caught up at 7 Nov 2025 07:00."
    assert f"DISTURBED: {said}" in queries.alarms(facilities=[hospital])


@pytest.mark.parametrize(
    ("time_zone", "begins", "day", "due"),
    [
        # 02:30 does not exist: the clocks go from 02:00 to 03:00.
        ("America/New_York", time(2, 30), date(2025, 3, 9), datetime(2025, 3, 9, 7, 30, tzinfo=UTC)),
        # 01:30 happens twice: it is the first.
        ("America/New_York", time(1, 30), date(2025, 11, 2), datetime(2025, 11, 2, 5, 30, tzinfo=UTC)),
        # A midnight that does not exist, and one that happens twice.
        ("America/Havana", time(0), date(2025, 3, 9), datetime(2025, 3, 9, 5, tzinfo=UTC)),
        ("America/Havana", time(0), date(2025, 11, 2), datetime(2025, 11, 2, 4, tzinfo=UTC)),
    ],
)
def test_a_night_on_which_the_clocks_change_begins_once_and_judges_its_moment(
    time_zone, begins, day, due, no_worker, in_parts, transactional_db
):
    plan = Plan(until=day + 7 * DAY, day=day, time_zone=time_zone, begins=begins)
    quiet, hospital = plan.build("QUIET"), plan.build("DISTURBED")
    audit(quiet, due)
    # From the afternoon before to the evening after it beat ticks, and around the change every ten minutes.
    ticks = {due + n * 60 * MINUTE for n in range(-12, 14)} | {due + n * 10 * MINUTE for n in range(-12, 13)}
    begun = [night for at in sorted(ticks) for night in nights.begin_due(at=at) if night.facility == hospital]
    (night,) = [night for night in begun if night.business_date == day]
    assert len(begun) == 1
    assert (night.started_at, night.as_of, night.caught_up) == (due, due, False)
    steps.do(night.steps.get(name="audit").pk)
    run = AuditRun.objects.get(facility=hospital)
    audits.begin(run)
    list(audits.work_off(run))
    assert pictures.of(hospital) == pictures.of(quiet)
    assert all(pictures.of(hospital)[name] for name in ("deficiencies", "history", "expected", "figures", "owing"))
