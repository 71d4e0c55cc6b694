"""Nudging workers: on commit, one message each, and never at the expense of whoever asked."""

import logging

import pytest
from django.db import transaction

from himdept.common import queue
from staff.models import Facility
from tests import brokers, factories

pytestmark = pytest.mark.django_db(transaction=True)

TASK = "somebody.does.this"


@pytest.fixture(autouse=True)
def nothing_lost():
    queue.Lost.number, queue.Lost.leave_alone_until = 0, 0.0
    yield
    queue.Lost.number, queue.Lost.leave_alone_until = 0, 0.0


@pytest.fixture
def own(tmp_path):
    """A broker of our own, not yet started, that this process publishes to."""
    broker = brokers.OwnBroker(tmp_path)
    with brokers.asked(broker):
        yield broker
    broker.stop()


def rename(name: str):
    """What a page does: write, and tell somebody."""
    with transaction.atomic():
        Facility.objects.update(name=name)
        queue.nudge(TASK, 1, queue=queue.NIGHT)


@pytest.fixture
def main():
    return factories.facility()


def test_a_message_goes_out_with_the_commit_and_not_before(broker):
    with transaction.atomic():
        queue.nudge(TASK, 7, queue="elsewhere")
        assert broker.llen("elsewhere") == 0
    assert broker.llen("elsewhere") == 1
    with transaction.atomic():
        queue.nudge(TASK, 8, queue="elsewhere")
        transaction.set_rollback(True)
    assert broker.llen("elsewhere") == 1


def test_each_of_many_is_a_message_and_none_is_none(broker):
    queue.nudge_each(TASK, [(1,), (2,), (3,)], queue="elsewhere")
    queue.nudge_each(TASK, [], queue="elsewhere")
    assert broker.llen("elsewhere") == queue.backlog("elsewhere") == 3
    assert queue.backlog("nowhere") == 0


def test_a_broker_that_is_gone_breaks_no_commit(own, main, caplog):
    rename("Renamed")
    main.refresh_from_db()
    assert main.name == "Renamed"
    assert queue.Lost.number == 1
    assert [record.message for record in caplog.records] == [
        "The broker took no message for the queue night (ConnectionError); lost by this process so far: 1."
    ]
    assert queue.backlog(queue.NIGHT) is None


def test_a_broker_that_failed_is_left_alone_for_a_while(own, main):
    rename("Once")
    own.start()
    rename("Twice")
    assert queue.Lost.number == 2
    queue.Lost.leave_alone_until = 0.0
    rename("Thrice")
    assert queue.Lost.number == 2
    with own.client() as client:
        assert client.llen("night") == 1


def test_a_frozen_broker_breaks_no_commit_and_is_used_again_when_it_wakes(own, main):
    own.start()
    rename("Before")
    own.freeze()
    rename("Frozen")
    main.refresh_from_db()
    assert (main.name, queue.Lost.number) == ("Frozen", 1)
    rename("Still")  # and this one is not kept waiting
    own.thaw()
    queue.Lost.leave_alone_until = 0.0
    rename("After")
    assert queue.Lost.number == 2
    with own.client() as client:
        assert client.llen("night") >= 2


def test_a_full_broker_breaks_no_commit(own, main):
    own.start()
    with own.client() as client:
        client.config_set("maxmemory", 1)
        rename("Full")
    main.refresh_from_db()
    assert (main.name, queue.Lost.number) == ("Full", 1)


def test_of_many_messages_those_that_were_not_taken_are_counted(own):
    queue.nudge_each(TASK, [(1,), (2,), (3,)], queue=queue.NIGHT)
    assert queue.Lost.number == 3


def test_a_task_that_fails_says_where_and_not_with_what(caplog):
    name = "Amara Lindqvist"

    @queue.task
    def stumble(number: int):
        raise ValueError(name)

    with caplog.at_level(logging.ERROR):
        stumble(7)
    (record,) = caplog.records
    assert record.message.startswith("stumble(7,) failed: ValueError\n")
    assert "test_queue.py" in record.message
    assert name not in caplog.text
