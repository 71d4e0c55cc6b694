"""The sentences that tell an operator what to look at."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.models import Night, NightStep
from compliance.nightly import liveness, queries
from himdept.common.queue import QUEUES
from staff.people.facilities import open_facility
from tests import factories

pytestmark = pytest.mark.django_db

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TODAY = date(2026, 6, 4)
DUE = datetime(2026, 6, 4, 6, tzinfo=UTC)
MORNING = DUE + timedelta(hours=5)


@pytest.fixture
def everybody_is_there():
    for queue in QUEUES:
        liveness.seen(f"{queue}@himdept", queue, at=MORNING)
    liveness.clock_ticked(at=MORNING)


@pytest.fixture
def night(everybody_is_there):
    """Makes nights of the facility, ended well if nothing else is said; days count back from today."""

    def make(days: int = 0, *, audit: dict | None = None, **fields) -> Night:
        due = DUE - days * DAY
        ended = {"state": "finished", "started_at": due, "as_of": due, "finished_at": due + 10 * MINUTE}
        made = Night.objects.create(
            **{"facility": factories.facility(), "business_date": TODAY - days * DAY, "due_at": due} | ended | fields
        )
        if audit:
            run = factories.audit_run(facility=made.facility, as_of=due, **audit)
            NightStep.objects.create(
                night=made, ordinal=20, name="audit", audit=run, state="finished", started_at=due, finished_at=due
            )
        return made

    return make


def never(**fields) -> dict:
    return {"started_at": None, "as_of": None, "finished_at": None} | fields


def test_when_all_is_well_there_is_nothing_to_say(night):
    night(1)
    night()
    assert queries.alarms(MORNING) == []


def test_the_last_good_night_is_the_last_that_did_all_its_steps(night):
    assert queries.last_good_night(factories.facility()) is None
    night(2)
    good = night(1)
    night(0, state="failed", error="Completeness audit: OSError")
    assert queries.last_good_night(factories.facility()) == good


def test_workers_and_the_clock_that_were_never_there_are_missed():
    assert queries.alarms(MORNING) == [
        "No worker has ever taken work from the queue “interactive”.",
        "No worker has ever taken work from the queue “night”.",
        "No worker has ever taken work from the queue “sweeper”.",
        "The clock that begins the nights (beat) has not ticked yet; it does within a minute of its start.",
    ]


def test_workers_and_the_clock_that_have_gone_are_missed_after_five_minutes(everybody_is_there):
    liveness.seen("another@himdept", "night", at=MORNING + 10 * MINUTE)
    assert queries.alarms(MORNING + 5 * MINUTE) == []
    assert queries.alarms(MORNING + 12 * MINUTE) == [
        "No worker has taken work from the queue “interactive” for 12 minutes.",
        "No worker has taken work from the queue “sweeper” for 12 minutes.",
        "The clock that begins the nights (beat) has not ticked for 12 minutes.",
    ]


def test_a_night_that_does_not_begin_is_told_in_the_facilitys_time(night):
    night(0, **never(state="planned"))
    assert queries.alarms(DUE + 30 * MINUTE) == []
    assert queries.alarms(DUE + 31 * MINUTE) == [
        "Main hospital: the night of 4 Jun 2026 was due at 4 Jun 2026 02:00 and has not begun."
    ]


def test_a_night_that_makes_no_progress_is_told_with_where_it_is(night):
    slow = night(0, state="running", finished_at=None)
    step = NightStep.objects.create(night=slow, ordinal=20, name="audit", state="waiting", started_at=DUE + MINUTE)
    assert queries.alarms(DUE + 16 * MINUTE) == []
    said = "Main hospital: the night of 4 Jun 2026 has made no progress for 16 minutes: Completeness audit."
    assert queries.alarms(DUE + 17 * MINUTE) == [said]
    step.audit = factories.audit_run(facility=slow.facility, as_of=DUE, state="running", finished_at=None)
    step.save()
    done = {"state": "finished", "finished_at": DUE + 10 * MINUTE}
    step.audit.shards.create(facility=slow.facility, first_record=1, last_record=9, **done)
    assert queries.alarms(DUE + 17 * MINUTE) == []


def test_a_night_that_failed_in_part_is_told_until_the_next_one(night):
    night(1, state="failed", error="Completeness audit: OSError")
    assert queries.alarms(MORNING) == [
        "Main hospital: the night of 3 Jun 2026 failed in part. Completeness audit: OSError"
    ]
    night()
    assert queries.alarms(MORNING) == []


def test_a_night_that_was_caught_up_says_so(night):
    night(caught_up=True, started_at=DUE + timedelta(hours=3), finished_at=DUE + timedelta(hours=4))
    assert queries.alarms(MORNING) == [
        "Main hospital: the night of 4 Jun 2026 was missed at 4 Jun 2026 02:00 and caught up at 4 Jun 2026 05:00."
    ]


def test_missed_nights_are_counted_since_the_last_good_one(night):
    night(4, **never(state="missed"))
    night(3)
    night(2, **never(state="missed"))
    night(1, **never(state="missed"))
    assert queries.alarms(MORNING) == ["Main hospital: 2 nights were missed since the last good one (1 Jun 2026)."]


def test_far_fewer_records_than_usual_are_told(night):
    for days in (3, 2, 1):
        night(days, audit={"records": 1000 - days})
    night(audit={"records": 790})
    assert queries.alarms(MORNING) == ["Main hospital: the night of 4 Jun 2026 judged 790 records; 998 are usual."]


def test_a_little_fewer_are_not(night):
    night(1, audit={"records": 1000})
    night(audit={"records": 810})
    assert queries.alarms(MORNING) == []


def test_far_fewer_seconds_than_usual_are_told_where_nights_are_long(night):
    night(1, audit={"records": 10, "seconds": 100.0})
    night(audit={"records": 10, "seconds": 9.0})
    assert queries.alarms(MORNING) == [
        "Main hospital: the night of 4 Jun 2026 took 9.0 seconds for its audit; 100.0 are usual."
    ]


def test_only_the_facilities_asked_for_are_told_of(night):
    west = open_facility("WEST", name="West", time_zone="America/Los_Angeles")
    night(state="failed", error="Completeness audit: OSError")
    night(facility=west, state="failed", error="Completeness audit: OSError")
    assert len(queries.alarms(MORNING)) == 2
    assert queries.alarms(MORNING, [west]) == [
        "West: the night of 4 Jun 2026 failed in part. Completeness audit: OSError"
    ]


def test_workers_that_will_not_come_back_are_struck_off(everybody_is_there):
    liveness.seen("container-1", "night", at=MORNING - 8 * DAY)
    liveness.forget_the_gone(at=MORNING)
    assert not queries.WorkerSeen.objects.filter(name="container-1").exists()
    assert queries.WorkerSeen.objects.count() == 4
