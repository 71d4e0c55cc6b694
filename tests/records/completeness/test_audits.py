"""Runs and shards: however an audit is done, and whatever happens meanwhile, the same rows stand at its end."""

import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from records.completeness import audits, tasks
from records.completeness.models.runs import State
from records.models import (
    AuditRun,
    AuditShard,
    Deficiency,
    DeficiencyEvent,
    Document,
    Due,
    Expected,
    Record,
)
from tests.brokers import OwnBroker, asked
from tests.records.completeness import pictures
from tests.records.completeness.conftest import poison
from tests.records.completeness.loading import audit
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = datetime(2025, 10, 20, 6, tzinfo=UTC)
SECOND = FIRST + timedelta(days=7)
THIRD = FIRST + timedelta(days=20)


@contextmanager
def elsewhere(url: str = "DATABASE_URL"):
    """Another connection, in a transaction of its own."""
    with psycopg.connect(os.environ[url]) as other:
        yield other
        other.rollback()


def is_over(run: AuditRun):
    run.refresh_from_db()
    return run.state in {State.FINISHED, State.FAILED}


def wait_for(run: AuditRun):
    until(lambda: is_over(run), f"Audit {run.pk} did not come to its end.")


def sign_what_is_unsigned(facility, at: datetime):
    """What happens between two nights: signatures come in, for some of the charts."""
    for wanting in Deficiency.objects.filter(record__facility=facility, kind="unsigned", status="open"):
        if int(wanting.served_by.identifier[-1]) % 2:
            Document.objects.filter(pk=wanting.served_by_id).update(signed=True, signed_first=at, signed_last=at)
            Due.objects.create(record=wanting.record)


def is_waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock' AND query LIKE '%FOR NO KEY UPDATE%' AND pid <> pg_backend_pid())"
        )
        return cursor.fetchone()[0]


def test_messages_that_are_lost_are_sent_again_but_only_into_an_empty_queue(twins, no_worker, settings):
    (facility,) = twins("FLUSHED")
    settings.AUDIT_SHARD_SIZE = 30
    run = tasks.start_and_tell(as_of=FIRST, facility=facility)
    assert no_worker.llen("interactive") == 1
    no_worker.flushdb()
    tasks.sweep()
    assert no_worker.llen("night") == run.shards.count() == 4
    tasks.sweep()
    assert no_worker.llen("night") == 4
    no_worker.flushdb()
    tasks.sweep()
    assert no_worker.llen("night") == 4


def test_shard_by_shard_finds_what_all_at_once_finds(twins, settings):
    in_parts, at_once = twins("PARTS", "ONCE")
    settings.AUDIT_SHARD_SIZE = 17
    many = audit(in_parts, FIRST)
    settings.AUDIT_SHARD_SIZE = 20_000
    one = audit(at_once, FIRST)
    assert (many.shards.count(), one.shards.count()) == (-(-Record.objects.filter(facility=at_once).count() // 17), 1)
    assert pictures.of(in_parts) == pictures.of(at_once)
    names = ("records", "occasions", "opened", "closed", "open", "late", "delinquent", "by_kind")
    assert [getattr(many, name) for name in names] == [getattr(one, name) for name in names]


@pytest.mark.parametrize("full", [False, True])
def test_the_same_night_twice_changes_nothing(twins, full):
    (facility,) = twins("TWICE")
    audit(facility, FIRST)
    tables = (Deficiency, DeficiencyEvent, Expected, Record, Due)
    before = pictures.rows(*tables)
    again = audit(facility, FIRST, full=full)
    assert pictures.rows(*tables) == before
    assert (again.opened, again.closed) == (0, 0)
    assert again.shards.exists() == full


def test_incremental_nights_end_where_full_ones_do(twins):
    incremental, full = twins("SOME", "ALL")
    for as_of in (FIRST, SECOND, THIRD):
        judged = [
            sum(shard.counts["judged"] for shard in audit(facility, as_of, full=facility == full).shards.all())
            for facility in (incremental, full)
        ]
        assert pictures.of(incremental) == pictures.of(full), as_of
        for facility in (incremental, full):
            sign_what_is_unsigned(facility, as_of + timedelta(hours=5))
    assert judged[0] < judged[1] / 2
    kinds = set(DeficiencyEvent.objects.filter(deficiency__record__facility=full).values_list("status", flat=True))
    assert {"open", "resolved"} <= kinds


def test_what_commits_after_a_night_that_it_began_before_is_judged_by_the_next(twins):
    (facility,) = twins("OPEN")
    audit(facility, FIRST)
    wanting = Deficiency.objects.filter(record__facility=facility, kind="unsigned", status="open").first()
    with elsewhere() as late:
        late.execute(
            "UPDATE records_document SET signed = true, signed_first = %(at)s, signed_last = %(at)s WHERE id = %(id)s",
            {"at": FIRST + timedelta(hours=1), "id": wanting.served_by_id},
        )
        late.execute("INSERT INTO records_due (record_id) VALUES (%s)", [wanting.record_id])
        # Others come and commit in the meantime, with later numbers, and the night is done with them.
        Due.objects.create(record=Record.objects.filter(facility=facility).exclude(pk=wanting.record_id).first())
        audit(facility, SECOND)
        wanting.refresh_from_db()
        assert wanting.status == "open"
        late.commit()
    assert Due.objects.filter(record=wanting.record_id).exists()
    audit(facility, SECOND)
    wanting.refresh_from_db()
    assert (wanting.status, wanting.resolved_at) == ("resolved", FIRST + timedelta(hours=1))
    assert not Due.objects.filter(record__facility=facility).exists()


def test_a_second_delivery_does_nothing(twins, no_worker, settings):
    (facility,) = twins("SECOND")
    settings.AUDIT_SHARD_SIZE = 70
    run = audits.start(as_of=FIRST, facility=facility)
    audits.begin(run)
    shard, other = run.shards.order_by("pk")
    claimed = audits.claim(run, shard=shard.pk)
    tables = (AuditShard, Deficiency, DeficiencyEvent, Record)
    before = pictures.rows(*tables)
    tasks.audit_shard(shard.pk)  # while the first is at work
    assert pictures.rows(*tables) == before
    audits.work(claimed)
    after = pictures.rows(*tables)
    assert after != before
    tasks.audit_shard(shard.pk)  # when it is done
    assert pictures.rows(*tables) == after
    tasks.audit_shard(other.pk)
    run.refresh_from_db()
    assert run.state == State.FINISHED


def test_who_was_taken_over_writes_nothing(twins):
    (facility,) = twins("SLOW")
    run = audits.start(as_of=FIRST, facility=facility)
    audits.begin(run)
    slow = audits.claim(run)
    AuditShard.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    other = audits.claim(run)
    assert (other.pk, other.attempts) == (slow.pk, 2)
    audits.work(slow)
    assert not Deficiency.objects.exists()
    assert AuditShard.objects.get().state == State.RUNNING
    audits.work(other)
    assert AuditRun.objects.get().state == State.FINISHED
    assert Deficiency.objects.exists()


def test_a_poison_shard_fails_visibly_at_its_third_attempt_and_the_others_finish(twins, settings):
    (facility,) = twins("POISON")
    settings.AUDIT_SHARD_SIZE = 30
    bitten = Record.objects.filter(facility=facility, encounter__encounter_class="inpatient").first()
    run = audits.start(as_of=THIRD, facility=facility)
    with poison(bitten):
        audits.begin(run)
        list(audits.work_off(run))
    run.refresh_from_db()
    failed = run.shards.get(state=State.FAILED)
    assert (failed.attempts, run.shards.exclude(pk=failed.pk).filter(state=State.FINISHED).count()) == (3, 3)
    assert failed.first_record <= bitten.pk <= failed.last_record
    assert run.state == State.FAILED
    assert run.error.startswith("1 of 4 parts failed: CheckViolation (23514)")
    assert "Failing row" not in failed.error
    # Nothing of the shard was written, and nothing of it is forgotten: the next night does it.
    numbers = range(failed.first_record, failed.last_record + 1)
    assert not Deficiency.objects.filter(record__in=numbers).exists()
    assert Due.objects.filter(record=bitten).exists()
    audit(facility, THIRD)
    assert Record.objects.get(pk=bitten.pk).requirements_due > 0
    assert not Due.objects.filter(record__facility=facility).exists()


def test_a_shard_that_loses_three_workers_is_given_up(twins, no_worker, settings):
    (facility,) = twins("LOST")
    settings.AUDIT_SHARD_SIZE = 70
    run = audits.start(as_of=FIRST, facility=facility)
    audits.begin(run)
    for attempt in (1, 2, 3):
        assert audits.claim(run, shard=run.shards.first().pk).attempts == attempt
        AuditShard.objects.filter(state=State.RUNNING).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert audits.claim(run, shard=run.shards.first().pk) is None
    list(audits.work_off(run))
    tasks.sweep()
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert run.error == "1 of 2 parts failed: Its worker was lost three times."


def test_a_clash_that_repeats_itself_for_ever_is_a_failure_like_any_other(twins):
    (facility,) = twins("AGAIN")
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("CREATE UNIQUE INDEX clash ON records_expected (topic)")
        try:
            run = audits.start(as_of=FIRST, facility=facility)
            audits.begin(run)
            list(audits.work_off(run))
        finally:
            owner.execute("DROP INDEX clash")
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "UniqueViolation (23505)" in run.error
    assert "Key (topic)" not in run.error


def test_the_sweeper_sums_up_a_run_whose_last_worker_died_before_that(twins, no_worker):
    (facility,) = twins("SUM")
    run = audits.start(as_of=FIRST, facility=facility)
    audits.begin(run)
    audits.judge(audits.claim(run))
    run.refresh_from_db()
    assert run.state == State.RUNNING
    tasks.sweep()
    run.refresh_from_db()
    assert run.state == State.FINISHED
    assert run.opened > 0


def test_two_written_runs_of_a_facility_never_overlap_and_the_sweeper_begins_the_second(twins, no_worker):
    one, other = twins("ONE", "OTHER", encounters=30)
    first = audits.start(as_of=FIRST, facility=one)
    second = audits.start(as_of=SECOND, facility=one)
    beside = audits.start(as_of=FIRST, facility=other)
    of_all = audits.start(as_of=THIRD)

    def states():
        tasks.sweep()
        return [AuditRun.objects.get(pk=run.pk).state for run in (first, second, beside, of_all)]

    assert states() == ["running", "queued", "running", "queued"]
    list(audits.work_off(first))
    assert states() == ["finished", "running", "running", "queued"]
    list(audits.work_off(second))
    assert states() == ["finished", "finished", "running", "queued"]
    list(audits.work_off(beside))
    assert states() == ["finished", "finished", "finished", "running"]
    list(audits.work_off(of_all))
    assert states() == ["finished"] * 4
    assert AuditRun.objects.filter(written=True).count() == 4


def test_workers_write_what_the_command_writes(twins, worker):
    by_workers, by_command = twins("WORKERS", "COMMAND")
    run = tasks.start_and_tell(as_of=FIRST, facility=by_workers)
    wait_for(run)
    assert run.state == State.FINISHED, run.error
    assert run.shards.count() > 3
    assert all(shard.state == State.FINISHED and shard.attempts == 1 for shard in run.shards.all())
    written = pictures.of(by_workers)
    call_command("audit", as_of=FIRST.isoformat(), full=True)
    assert written == pictures.of(by_command)
    assert run.opened == Deficiency.objects.filter(record__facility=by_workers, status="open").count() > 50


def test_an_audit_asked_for_while_the_broker_was_gone_is_done_when_it_is_back(twins, worker, tmp_path):
    (facility,) = twins("GONE", encounters=30)
    with asked(OwnBroker(tmp_path)):
        run = tasks.start_and_tell(as_of=FIRST, facility=facility)
        tasks.sweep()
    run.refresh_from_db()
    assert (run.state, run.shards.get().state) == (State.RUNNING, State.QUEUED)
    tasks.sweep()
    wait_for(run)
    assert run.state == State.FINISHED


def test_a_writer_who_is_in_the_way_is_waited_for_and_seen(twins, worker):
    (facility,) = twins("CLASH")
    audit(facility, FIRST)
    wanting = Deficiency.objects.filter(record__facility=facility, kind="unsigned", status="open").first()
    with elsewhere() as writer:
        writer.execute("UPDATE records_record SET location = 'Ward 3' WHERE encounter_id = %s", [wanting.record_id])
        run = tasks.start_and_tell(as_of=SECOND, facility=facility, full=True)
        until(lambda: is_waiting_for_a_lock(), "No shard waits for the record.")
        writer.execute(
            "UPDATE records_document SET signed = true, signed_first = %(at)s, signed_last = %(at)s WHERE id = %(id)s",
            {"at": FIRST + timedelta(hours=1), "id": wanting.served_by_id},
        )
        writer.commit()
    wait_for(run)
    wanting.refresh_from_db()
    assert (run.state, wanting.status) == (State.FINISHED, "resolved")
    assert not run.shards.exclude(attempts=1).exists()  # a clash is not a failure
