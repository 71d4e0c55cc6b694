"""Whoever works at night is killed in the middle of it, and the rows at its end are those of an undisturbed night."""

import os
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from compliance.nightly import steps, tasks
from himdept.common import queue
from himdept.common.confidentiality import Confidentiality
from records.completeness import audits
from records.completeness.deficiency_report import REPORT
from records.completeness.tasks import audit_shard
from records.models import AuditRun, AuditShard, Deficiency, KeptReport
from tests.brokers import asked
from tests.nights import hospitals, standing
from tests.nights.conftest import NOBODY
from tests.nights.standing import Hold, Moment
from tests.records.completeness import pictures
from tests.records.completeness.loading import audit
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)


def kill(*processes: int):
    for process in processes:
        os.kill(process, signal.SIGKILL)


def lets_go(shard: AuditShard):
    """Wait until the server has found out that whoever worked on a part is gone, although his statement still waits."""
    until(lambda: audits.is_abandoned(shard.pk), "The lock of somebody who is gone is still held.")


@pytest.mark.parametrize("moment", Moment)
def test_a_pool_child(department, undisturbed, hospital, moment):
    with standing.still(hospital, moment) as (night, shard):
        kill(int(shard.claimed_by.split()[-1]))
        lets_go(shard)
    hospitals.time_passes()
    tasks.sweep()
    assert hospitals.wait_for(night).state == "finished"
    shard.refresh_from_db()
    assert shard.attempts == (1 if moment == Moment.COMMITTED else 2)
    assert hospitals.picture(hospital) == undisturbed


def test_pool_children_that_have_not_claimed_anything_give_their_messages_back(department, undisturbed, hospital):
    with asked(NOBODY):
        night = hospitals.begin(hospital)
        steps.do(night.steps.get(name="audit").pk)
        run = AuditRun.objects.get()
        audits.begin(run)
        shards = list(run.shards.values_list("pk"))
    with Hold("LOCK TABLE records_auditshard IN ACCESS EXCLUSIVE MODE", url="DATABASE_OWNER_URL") as table:
        queue.nudge_each(audit_shard, shards, queue=queue.NIGHT)
        table.wait_for(2)
        kill(*department.worker.children)
    # Nobody sweeps until the audit is over: it needs no more than the messages that it had.
    assert hospitals.wait_for(night).state == "finished"
    assert set(run.shards.values_list("attempts", flat=True)) == {1}
    assert hospitals.picture(hospital) == undisturbed


def test_a_part_that_kills_its_worker_three_times_is_given_up_and_can_be_made_good(department, undisturbed, hospital):
    with standing.still(hospital, Moment.BEGUN) as (night, shard):
        for attempt in (1, 2, 3):
            until(lambda n=attempt: is_at_work(shard, attempt=n), "Nobody has taken the part over.")
            kill(int(shard.claimed_by.split()[-1]))
            lets_go(shard)
            hospitals.time_passes()
            tasks.sweep()
    assert hospitals.wait_for(night).state == "failed"
    assert night.error.startswith("Completeness audit: 1 of 6 parts failed: Its worker was lost three times.")
    assert not Deficiency.objects.filter(record__gte=shard.first_record, record__lte=shard.last_record).exists()
    audit(hospital, night.as_of)
    assert pictures.of(hospital) == {name: undisturbed[name] for name in pictures.of(hospital)}


def is_at_work(shard: AuditShard, *, attempt: int) -> bool:
    shard.refresh_from_db()
    return shard.attempts == attempt and not audits.is_abandoned(shard.pk)


def test_a_whole_worker(department, undisturbed, hospital):
    with standing.still(hospital, Moment.WRITTEN) as (night, shard):
        children = department.worker.children
        kill(department.worker.process.pid)
        department.worker.process.wait()
        until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "Its children have outlived it.")
        lets_go(shard)
    department.worker.start()
    hospitals.time_passes()
    tasks.sweep()
    assert hospitals.wait_for(night).state == "finished"
    shard.refresh_from_db()
    assert shard.attempts == 2
    assert hospitals.picture(hospital) == undisturbed


def test_who_keeps_the_reports(department, undisturbed, hospital):
    with ExitStack() as stack:
        with standing.still(hospital, Moment.BEGUN) as (night, shard):
            third = stack.enter_context(somebody_keeps(REPORT.formats[2], shard.run))
        third.wait_for()
        assert KeptReport.objects.count() == 2
        kill(*department.worker.children)
    hospitals.time_passes()
    tasks.sweep()
    assert hospitals.wait_for(night).state == "finished"
    assert night.steps.get(name="reports").attempts == 2
    assert hospitals.picture(hospital) == undisturbed
    # No file is left of those who did not live to write its row.
    there = {str(path.relative_to(department.files)) for path in department.files.rglob(f"*-audit-{shard.run_id}-*")}
    assert there == set(KeptReport.objects.values_list("file", flat=True))


def somebody_keeps(form: str, run: AuditRun) -> Hold:
    """The same file of somebody who does not commit: whoever keeps it waits, with some kept and some not."""
    row = {"name": REPORT.name, "facility_id": run.facility_id, "run_id": run.pk, "clearance": Confidentiality.NORMAL}
    row |= {"format": form, "made_at": run.as_of, "as_of": run.as_of, "rows": 0, "sha256": "0", "file": "elsewhere"}
    values = ", ".join(["%s"] * len(row))
    return Hold(f"INSERT INTO records_keptreport ({', '.join(row)}) VALUES ({values})", *row.values())


@pytest.mark.parametrize("moment", [Moment.WRITTEN, Moment.COMMITTED])
def test_a_connection_to_the_database(department, undisturbed, hospital, moment):
    with standing.still(hospital, moment) as (night, shard):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 1
        lets_go(shard)
    hospitals.time_passes()
    tasks.sweep()
    assert hospitals.wait_for(night).state == "finished"
    shard.refresh_from_db()
    assert shard.attempts == (1 if moment == Moment.COMMITTED else 2)
    assert hospitals.picture(hospital) == undisturbed
