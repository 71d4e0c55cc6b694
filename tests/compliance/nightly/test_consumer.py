"""The worker's consumer says that it is there for as long as it has its broker (by real workers: test_tasks.py)."""

from types import SimpleNamespace

import pytest
from django.db import connection
from kombu.asynchronous.timer import Timer

from compliance.models import WorkerSeen
from compliance.nightly.consumer import EVERY, SaysItIsThere


@pytest.fixture
def consumer():
    queues = [SimpleNamespace(name="night"), SimpleNamespace(name="sweeper")]
    return SimpleNamespace(timer=Timer(), hostname="a@b", task_consumer=SimpleNamespace(queues=queues))


@pytest.mark.django_db(transaction=True)
def test_it_writes_at_once_and_then_every_half_minute_until_it_is_stopped(consumer):
    step = SaysItIsThere(consumer)
    step.start(consumer)
    assert list(WorkerSeen.objects.order_by("name").values_list("name", "queue")) == [
        ("a@b night", "night"),
        ("a@b sweeper", "sweeper"),
    ]
    first = WorkerSeen.objects.get(queue="night").seen_at
    (entry,) = [scheduled.entry for scheduled in consumer.timer.queue]
    assert step.timer is entry
    assert EVERY == 30
    entry()
    assert WorkerSeen.objects.get(queue="night").seen_at > first
    step.stop(consumer)
    assert all(scheduled.entry.canceled for scheduled in consumer.timer.queue)


@pytest.mark.django_db(transaction=True)
def test_it_leaves_no_connection_for_pool_processes_to_inherit(consumer):
    SaysItIsThere(consumer).write(consumer)
    assert connection.connection is None
