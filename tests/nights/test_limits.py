"""What keeps a worker within its limits, as the workers of `up` are started."""

import re
import signal

import pytest
from celery import current_app
from django.db import connection

from compliance.nightly import tasks
from himdept.celery import app
from himdept.common import queue
from himdept.common.queue import NIGHT, QUEUES, SWEEPER
from himdept.runtime import places, programs
from staff.owed import tasks as owed
from staff.personnel import tasks as personnel
from staff.qualifications import tasks as served
from tests.nights import greedy, hospitals, standing
from tests.nights.standing import Moment
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)


def asked(department, what: str, **how) -> dict:
    """What the worker itself says of its settings or of its state."""

    def answer():
        return getattr(current_app.control.inspect([department.worker.name], timeout=1), what)(**how)

    return until(answer, "The worker does not answer.")[department.worker.name]


def test_a_worker_of_up_has_its_settings_in_force(department):
    said = asked(department, "conf", with_defaults=True)
    wanted = {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "result_backend": None,
        "task_publish_retry": False,
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": 20,
        "worker_max_memory_per_child": 500_000,  # KiB
    }
    assert {name: said[name] for name in wanted} == wanted
    assert said["broker_transport_options"]["visibility_timeout"] > said["task_time_limit"]
    assert asked(department, "stats")["prefetch_count"] == len(department.worker.children) == 2


def test_each_queue_has_a_worker_of_its_own_with_the_patience_for_a_soft_shutdown(db, settings):
    workers = [program for program in programs.all_of_them("127.0.0.1", 8000) if program.name.startswith("worker-")]
    taken = [word for program in workers for word in program.command if str(word).startswith("--queues=")]
    assert sorted(taken) == sorted(f"--queues={name}" for name in QUEUES)
    assert all(program.patience >= settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT for program in workers)


def test_beat_only_ticks_each_minute_on_the_sweepers_queue():
    ticks = {tasks.tick.name, tasks.sweep.name, personnel.tick.name, owed.tick.name, served.tick.name}
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == ticks
    for entry in app.conf.beat_schedule.values():
        assert entry["schedule"] == 60
        assert entry["options"] == {"queue": SWEEPER, "expires": 55}
    assert app.conf.timezone == "UTC"


def test_a_transaction_that_is_forgotten_is_ended_after_five_minutes_and_no_lock_outlives_one(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5min",)
    storeys = ("staff", "records", "compliance", "himdept/common")
    sources = [path for storey in storeys for path in (places.CHECKOUT / storey).rglob("*.py")]
    of_a_session = [path for path in sources if re.search(r"pg_(try_)?advisory_lock", path.read_text())]
    assert len(sources) > 100
    assert of_a_session == []


def test_a_process_that_takes_too_much_memory_is_replaced_and_the_night_goes_on(department, undisturbed, hospital):
    before = set(department.worker.children)
    queue.nudge_each(greedy.take, [(600,)], queue=NIGHT)
    until(lambda: len(before & set(department.worker.children)) == 1, "The process was not replaced.")
    assert hospitals.wait_for(hospitals.begin(hospital)).state == "finished"
    assert hospitals.picture(hospital) == undisturbed


def test_a_worker_that_is_hurried_finishes_what_it_has_begun(department, undisturbed, hospital):
    with standing.still(hospital, Moment.WRITTEN) as (night, shard):
        department.worker.process.send_signal(signal.SIGTERM)  # as the supervisor does, and a while later
        department.worker.process.send_signal(signal.SIGQUIT)
        until(lambda: "soft shutdown" in department.worker.said.lower(), "It does not shut down softly.")
    department.worker.process.wait(60)
    shard.refresh_from_db()
    assert (shard.state, shard.attempts) == ("finished", 1)
    department.worker.start()
    assert hospitals.wait_for(night).state == "finished"
    assert hospitals.picture(hospital) == undisturbed
