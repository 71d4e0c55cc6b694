"""Whole nights by real workers over a real broker, and what becomes of them when something goes away."""

from datetime import date, datetime

import pytest

from compliance.models import Night, NightStep
from compliance.nightly import nights, queries, tasks
from himdept.common.queue import QUEUES
from himdept.runtime import programs
from records.completeness import tasks as audits
from records.models import AuditRun, AuditShard, Deficiency, DeficiencyEvent, Expected, KeptReport, Record
from staff.models import Facility
from tests.records.completeness import pictures
from tests.records.completeness.conftest import poison, twins  # noqa: F401
from tests.records.completeness.loading import audit
from tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)

LAST_WEEK = date(2025, 11, 5)  # of the charts: the simulated hospital ends a week later


def due_tonight(*facilities: Facility) -> datetime:
    """Let a night of each be due, on a date on which the charts are worth judging; returns when."""
    for facility in facilities:
        Night.objects.create(
            facility=facility, business_date=LAST_WEEK, due_at=nights.due_at(facility, LAST_WEEK), state="planned"
        )
    return nights.due_at(facilities[0], LAST_WEEK)


def begin(at: datetime) -> list[Night]:
    """What the tick of that minute does."""
    begun = nights.begin_due(at=at)
    for night in begun:
        tasks.go_on(night)
    return begun


def wait_for(*which: Night):
    numbers = [night.pk for night in which]
    until(lambda: all(map(is_over, which)), f"The night did not end: {progress(numbers)}")
    for night in which:
        night.refresh_from_db()


def is_over(night: Night) -> bool:
    return Night.objects.filter(pk=night.pk, finished_at__isnull=False).exists()


def progress(nights: list[int]) -> list[tuple]:
    return list(NightStep.objects.filter(night__in=nights).values_list("night", "name", "state", "error"))


def test_without_anybody_to_do_it_a_night_is_rows_and_messages(twins, no_worker):  # noqa: F811
    (facility,) = twins("ROWS", encounters=20)
    (night,) = begin(due_tonight(facility))
    assert night.state == "running"
    assert [name for name in QUEUES if no_worker.llen(name)] == ["night"]
    no_worker.flushdb()
    tasks.sweep()
    assert no_worker.llen("night") == 1
    assert not AuditRun.objects.exists()


def test_two_nights_that_begin_at_once_end_as_if_each_were_alone(twins, worker):  # noqa: F811
    one, other, quiet = twins("ONE", "TWO", "QUIET")
    due = due_tonight(one, other)
    audit(quiet, due)
    begun = begin(due)
    assert {night.facility for night in begun} == {one, other}
    wait_for(*begun)
    for night in begun:
        assert (night.state, night.error) == ("finished", "")
        step = night.steps.get(name="audit")
        assert step.audit.facility == night.facility
        assert step.audit.as_of == night.as_of == due
        assert step.counts["opened"] == step.audit.opened > 20
        reports = KeptReport.objects.filter(facility=night.facility, run=step.audit)
        assert set(reports.values_list("format", flat=True)) == {"csv", "html", "pdf", "xlsx"}
        assert night.steps.get(name="reports").counts["rows"] == step.audit.open > 20
        assert pictures.of(night.facility) == pictures.of(quiet)
        assert queries.last_good_night(night.facility) == night
    # All messages come once more, in any order: not a row changes.
    tables = (Night, NightStep, AuditRun, AuditShard, Deficiency, DeficiencyEvent, Expected, Record)
    before = pictures.rows(*tables)
    for shard in AuditShard.objects.all():
        audits.audit_shard(shard.pk)
    for step in NightStep.objects.all():
        tasks.run_step(step.pk)
    audits.begin_audit(begun[0].steps.get(name="audit").audit_id)
    tasks.sweep()
    assert begin(due) == []
    assert pictures.rows(*tables) == before


def test_the_workers_of_up_are_those_that_the_alarms_wait_for(db):
    started = {
        word.removeprefix("--queues=")
        for program in programs.all_of_them("127.0.0.1", 8000)
        for word in program.command
        if str(word).startswith("--queues=")
    }
    assert started == set(QUEUES)
