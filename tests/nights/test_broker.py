"""Whatever happens to the broker or its messages in the middle of a night: the rows decide, and end as undisturbed."""

import base64
import json

import pytest

from compliance.nightly import tasks
from himdept.common import night as program
from himdept.common import queue
from records.completeness.tasks import audit_shard, start_and_tell
from records.models import AuditRun, AuditShard
from tests.nights import hospitals, standing
from tests.nights.standing import Moment
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)


def two_are_done():
    finished = AuditShard.objects.filter(state="finished")
    until(lambda: finished.count() == 2, "What was begun was not done without the broker.")
    assert AuditShard.objects.filter(state="queued", attempts=0).count() == 4


def refusals(caplog) -> list[str]:
    """Each time that somebody here asked the broker in vain."""
    return [message for message in caplog.messages if message.startswith("The broker took no message")]


def test_a_broker_that_is_emptied(department, undisturbed, hospital):
    with standing.crowded(hospital) as night, department.broker.client() as client:
        client.flushdb()
    two_are_done()
    tasks.sweep()
    assert hospitals.wait_for(night).state == "finished"
    assert hospitals.picture(hospital) == undisturbed


def test_a_broker_that_is_gone_and_comes_back_empty(department, undisturbed, hospital, caplog):
    with standing.crowded(hospital) as night:
        department.broker.stop()
        tasks.sweep()
        assert len(refusals(caplog)) == 1  # and for all that it would have sent besides it is left alone
    two_are_done()
    with department.back_at_work():
        department.broker.start()
    queue.Lost.leave_alone_until = 0.0
    tasks.sweep()
    assert hospitals.wait_for(night).state == "finished"
    assert hospitals.picture(hospital) == undisturbed


def test_a_broker_that_freezes_and_wakes(department, undisturbed, hospital, caplog):
    with standing.crowded(hospital) as night:
        department.broker.freeze()
        asked_for = [start_and_tell(as_of=night.as_of, facility=hospital) for _ in range(2)]  # as from a page
        assert len(refusals(caplog)) == 1  # the second time it is left alone
        assert {run.state for run in asked_for} == {"queued"}
    two_are_done()
    AuditRun.objects.filter(state="queued").delete()
    department.broker.thaw()
    queue.Lost.leave_alone_until = 0.0
    # What it still holds and what is sent again may cross: the sweeper's minutes pass until all is done.
    until(lambda: tasks.sweep() or hospitals.is_over(night), "The night did not end.", every=0.5)
    assert hospitals.wait_for(night).state == "finished"
    assert hospitals.picture(hospital) == undisturbed


def test_a_broker_that_is_gone_as_the_night_begins(department, undisturbed, hospital):
    department.broker.stop()
    night = hospitals.begin(hospital)
    assert (night.state, night.steps.count()) == ("running", len(program.steps()))
    with department.back_at_work():
        department.broker.start()
    queue.Lost.leave_alone_until = 0.0
    tasks.sweep()
    assert hospitals.wait_for(night).state == "finished"
    assert hospitals.picture(hospital) == undisturbed


def test_messages_that_come_twice_and_late(department, undisturbed, hospital):
    with standing.still(hospital, Moment.BEGUN) as (night, _shard), department.broker.client() as client:
        hospitals.time_passes()  # a part that takes longer than anybody has thought is alive all the same
        every = list(AuditShard.objects.values_list("pk"))
        queue.nudge_each(audit_shard, [*every, *every], queue=queue.NIGHT)
        queue.nudge_each(tasks.run_step, night.steps.values_list("pk"), queue=queue.NIGHT)
        # All were taken, and only the one is still at work.
        until(lambda: (client.llen(queue.NIGHT), client.hlen("unacked")) == (0, 1), "Some were not taken.")
        assert set(AuditShard.objects.values_list("attempts", flat=True)) == {1}
    assert hospitals.wait_for(night).state == "finished"
    assert set(AuditShard.objects.values_list("attempts", flat=True)) == {1}
    assert hospitals.picture(hospital) == undisturbed


def test_a_message_is_a_number_and_waits_for_nothing(department, undisturbed, hospital):
    with standing.crowded(hospital) as night, department.broker.client() as client:
        messages = [json.loads(message) for message in client.lrange(queue.NIGHT, 0, -1)]
        assert len(messages) == 4
        for message in messages:
            arguments, keywords, _embedded = json.loads(base64.b64decode(message["body"]))
            assert AuditShard.objects.filter(pk=arguments[0], state="queued").exists()
            assert (len(arguments), keywords) == (1, {})
            assert (message["headers"]["eta"], message["headers"]["expires"]) == (None, None)
    assert hospitals.wait_for(night).state == "finished"
    with department.broker.client() as client:
        assert not list(client.scan_iter("celery-task-meta*"))
    assert hospitals.picture(hospital) == undisturbed
