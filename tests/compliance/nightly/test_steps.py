"""One step after the other, each by one worker, each to its end; what fails thrice does not stop the night."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from compliance.models import Night, NightStep
from compliance.nightly import nights, steps
from himdept.common import night as program
from himdept.common.errors import DomainError
from staff.models import Facility
from tests import factories
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)

DUE = datetime(2026, 6, 4, 6, tzinfo=UTC)


@pytest.fixture
def tonight(only):
    """Begins a night of the steps given."""

    def begin(**functions) -> Night:
        only(**functions)
        factories.facility()
        nights.begin_due(at=DUE - timedelta(minutes=1))
        return nights.begin_due(at=DUE)[0]

    return begin


def run(night: Night) -> Night:
    """Do what there is to do now."""
    while step := nights.go_on(night):
        if steps.do(step.pk) is None:
            break
    night.refresh_from_db()
    return night


def time_passes():
    """A minute and more, for the steps that wait for it, and for the leases of workers that are gone."""
    ago = timezone.now() - timedelta(minutes=2)
    NightStep.objects.filter(state="queued").update(next_try_at=ago)
    NightStep.objects.filter(state="running").update(lease_until=ago)


def test_steps_are_done_in_their_order_and_keep_their_counts(tonight):
    done = []
    night = run(tonight(one=lambda step: done.append(step.name) or {"n": 1}, two=lambda step: done.append("two") or {}))
    assert done == ["one", "two"]
    assert (night.state, night.error) == ("finished", "")
    first = night.steps.first()
    assert (first.state, first.attempts, first.counts) == ("finished", 1, {"n": 1})
    assert first.seconds == pytest.approx((first.finished_at - first.started_at).total_seconds(), abs=1e-4)


def test_a_step_is_not_done_before_those_that_come_first(tonight):
    night = tonight(one=lambda step: {}, two=lambda step: {})
    assert steps.do(night.steps.get(name="two").pk) is None
    assert not night.steps.exclude(state="queued").exists()


def test_a_second_delivery_does_nothing(tonight):
    done = []
    night = tonight(one=lambda step: done.append(1) or {}, two=lambda step: {})
    first = night.steps.first()
    steps.do(first.pk)
    steps.do(first.pk)
    assert done == [1]


def test_a_step_of_a_night_that_is_over_is_not_done(tonight):
    night = tonight(one=lambda step: {})
    Night.objects.filter(pk=night.pk).update(state="finished", finished_at=DUE)
    assert steps.do(night.steps.get().pk) is None


def test_what_fails_is_tried_again_a_minute_later(tonight):
    attempts = []

    def stumble(step):
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("the disk of Amara Lindqvist")
        return {}

    night = run(tonight(one=stumble))
    step = night.steps.get()
    assert (night.state, step.state, step.attempts, step.error) == ("running", "queued", 1, "OSError")
    assert timedelta(seconds=50) < step.next_try_at - timezone.now() < timedelta(seconds=61)
    assert nights.go_on(night) is None
    assert steps.do(step.pk) is None
    time_passes()
    assert run(night).state == "finished"
    step.refresh_from_db()
    assert (step.state, step.attempts, step.error) == ("finished", 2, "")


def test_the_third_failure_is_final_and_the_night_goes_on_and_says_so(tonight):
    night = tonight(bad=lambda step: 1 / 0, good=lambda step: {})
    for _ in range(3):
        run(night)
        time_passes()
    assert dict(night.steps.values_list("name", "state")) == {"bad": "failed", "good": "finished"}
    assert night.steps.get(name="bad").attempts == 3
    night.refresh_from_db()
    assert (night.state, night.error) == ("failed", "Bad: ZeroDivisionError")


def test_what_the_department_refuses_is_not_tried_again(tonight):
    def refuse(step):
        raise DomainError("There is no finished audit to report on.")

    night = run(tonight(bad=refuse, good=lambda step: {}))
    assert night.steps.get(name="bad").attempts == 1
    assert (night.state, night.error) == ("failed", "Bad: There is no finished audit to report on.")


def test_what_a_failed_step_wrote_is_undone(tonight):
    def half(step):
        Facility.objects.update(name="Half")
        raise OSError

    run(tonight(half=half))
    assert Facility.objects.get().name != "Half"


def test_a_step_that_waits_is_asked_again_as_often_as_it_likes(tonight):
    answers = [None, None, None, None, {"n": 4}]
    night = tonight(wait=lambda step: answers.pop(0), after=lambda step: {})
    for _ in range(4):
        run(night)
        assert night.steps.get(name="wait").state == "waiting"
        assert night.steps.get(name="after").state == "queued"
    assert run(night).state == "finished"
    assert night.steps.get(name="wait").attempts == 1


def test_a_step_whose_worker_is_lost_is_taken_over_but_not_while_it_lives(tonight):
    done = []
    night = tonight(one=lambda step: done.append(step.attempts) or {})
    step = night.steps.get()
    assert steps.claim(step.pk).attempts == 1
    assert steps.claim(step.pk) is None  # its lease has not run out
    time_passes()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [steps.STEPPING, step.pk])
        in_a_thread(lambda: steps.do(step.pk))
        step.refresh_from_db()
        assert (done, step.attempts) == ([], 1)  # it is alive, however long it takes
    run(night)
    assert done == [2]


def in_a_thread(act):
    def with_own_connection():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=with_own_connection)
    thread.start()
    thread.join()


def test_who_was_taken_over_changes_nothing(tonight):
    night = tonight(one=lambda step: takes_long(step), two=lambda step: {})

    def takes_long(step):
        if step.attempts == 1:
            Facility.objects.update(name="Slow")
            # Meanwhile its lock was lost, and somebody else has claimed it.
            in_a_thread(lambda: NightStep.objects.filter(pk=step.pk).update(attempts=2))
        return {"by": step.attempts}

    assert steps.do(night.steps.get(name="one").pk) is None
    assert Facility.objects.get().name != "Slow"
    assert night.steps.get(name="one").state == "running"


def test_a_step_that_loses_three_workers_is_given_up(tonight):
    night = tonight(one=lambda step: {}, two=lambda step: {})
    step = night.steps.get(name="one")
    for attempt in (1, 2, 3):
        assert steps.claim(step.pk).attempts == attempt
        time_passes()
    assert run(night).state == "failed"
    assert night.error == "One: Its worker was lost three times."
    assert night.steps.get(name="two").state == "finished"


def test_a_step_outside_of_a_transaction_keeps_its_lease_alive(tonight, monkeypatch):
    monkeypatch.setattr(steps, "LEASE", timedelta(seconds=0.3))

    def slow(step):
        assert not connection.in_atomic_block
        claimed = NightStep.objects.get(pk=step.pk).lease_until
        until(lambda: NightStep.objects.get(pk=step.pk).lease_until > claimed, "The lease was not renewed.")
        return {}

    assert run(tonight(slow=(slow,))).state == "finished"


def test_a_step_that_the_program_no_longer_knows_fails_and_the_night_goes_on(tonight, only):
    night = tonight(old=lambda step: {}, new=lambda step: {})
    only(newer=lambda step: {}, new=lambda step: {})
    assert run(night).state == "failed"
    assert "does not know this step" in night.error
    assert night.steps.get(name="new").state == "finished"


def test_two_steps_cannot_have_one_place(only):
    only(one=lambda step: {})
    with pytest.raises(ValueError, match="two and one cannot both be step 1 of the night"):
        program.register(program.Step("two", "Two", 1, lambda step: {}))


NONSENSE = {
    "one_step_per_place_in_a_night": {"ordinal": 1},
    "one_step_per_name_in_a_night": {"name": "one"},
    "nightstep_attempts_are_capped": {"attempts": 4},
    "nightstep_leased_while_it_runs": {"state": "running", "attempts": 1, "started_at": DUE},
    "nightstep_has_the_times_of_its_state": {"state": "finished"},
    "nightstep_failed_has_an_error": {"state": "failed", "started_at": DUE, "finished_at": DUE},
}


@pytest.mark.parametrize(("constraint", "fields"), NONSENSE.items())
def test_the_database_refuses_what_cannot_be(tonight, constraint, fields):
    night = tonight(one=lambda step: {})
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        NightStep.objects.create(**{"night": night, "ordinal": 9, "name": "nine"} | fields)


def test_only_the_audit_step_has_an_audit(tonight):
    night = tonight(one=lambda step: {})
    with pytest.raises(IntegrityError, match="nightstep_audits_in_its_audit"), transaction.atomic():
        NightStep.objects.create(night=night, ordinal=9, name="nine", audit=factories.audit_run())
