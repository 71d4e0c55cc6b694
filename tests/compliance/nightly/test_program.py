"""The night's own steps, done by hand one after the other."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.nightly import nights, steps
from himdept.common import night as program
from records.completeness import audits
from records.models import AuditRun, KeptReport
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

DUE = datetime(2026, 6, 4, 6, tzinfo=UTC)


@pytest.fixture
def tonight(no_worker, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    factories.record(start=DUE - timedelta(days=9), end=DUE - timedelta(days=5))
    nights.begin_due(at=DUE - timedelta(minutes=1))
    return nights.begin_due(at=DUE)[0]


def go_on(night):
    """The next step, once."""
    step = nights.go_on(night)
    if step:
        steps.do(step.pk)
        step.refresh_from_db()
    return step


def work_off(run: AuditRun) -> AuditRun:
    audits.begin(run)
    list(audits.work_off(run))
    run.refresh_from_db()
    return run


def test_the_order_of_the_night():
    assert [step.name for step in program.steps()] == [
        "audit",
        "scores",
        "controls",
        "self_check",
        "exclusions",
        "clocks",
        "reports",
        "old_reports",
        "old_replies",
        "old_tokens",
        "mail",
        "partitions",
        "cycle_files",
        "selections",
        "people_files",
        "old_homes",
        "digests",
    ]


def test_the_audit_is_asked_for_once_and_waited_for(tonight):
    step = go_on(tonight)
    assert (step.name, step.state, step.audit.state) == ("audit", "waiting", "queued")
    assert (step.audit.as_of, step.audit.facility) == (DUE, tonight.facility)
    go_on(tonight)
    assert AuditRun.objects.count() == 1
    run = work_off(step.audit)
    step = go_on(tonight)
    assert (step.state, step.counts["records"], step.counts["opened"]) == ("finished", 1, run.opened)


def test_an_audit_that_was_overtaken_is_asked_for_again_as_of_the_later_moment(tonight):
    go_on(tonight)
    by_hand = audits.start(as_of=DUE + timedelta(hours=3), facility=tonight.facility)
    work_off(by_hand)
    step = tonight.steps.get(name="audit")
    assert work_off(step.audit).written is False
    step = go_on(tonight)
    assert (step.state, step.audit.as_of) == ("waiting", by_hand.as_of)
    assert work_off(step.audit).written is True
    assert go_on(tonight).state == "finished"
    tonight.refresh_from_db()
    assert tonight.as_of == by_hand.as_of


def test_behind_a_moment_that_is_still_to_come_nothing_can_be_written(tonight):
    work_off(audits.start(as_of=datetime(2090, 1, 1, tzinfo=UTC), facility=tonight.facility))
    step = go_on(tonight)
    assert step.state == "failed"
    assert step.error == "The records have been judged as of 2090-01-01T00:00:00Z, which is still to come."


def test_a_night_without_an_audit_has_no_report_and_says_so(tonight):
    go_on(tonight)
    run = tonight.steps.get(name="audit").audit
    AuditRun.objects.filter(pk=run.pk).update(state="failed", error="1 of 1 parts failed: OSError")
    assert go_on(tonight).error == "1 of 1 parts failed: OSError"
    assert [go_on(tonight).name for _ in range(5)] == ["scores", "controls", "self_check", "exclusions", "clocks"]
    assert go_on(tonight).state == "failed"
    assert {step.state for step in iter(lambda: go_on(tonight), None)} == {"finished"}
    tonight.refresh_from_db()
    assert tonight.error.startswith("Completeness audit: 1 of 1 parts failed: OSError Reports: ")
    assert not KeptReport.objects.exists()


def test_the_report_is_kept_once(tonight):
    go_on(tonight)
    work_off(tonight.steps.get(name="audit").audit)
    go_on(tonight)
    assert [go_on(tonight).name for _ in range(5)] == ["scores", "controls", "self_check", "exclusions", "clocks"]
    step = go_on(tonight)
    assert (step.name, step.state, step.counts["files"]) == ("reports", "finished", 4)
    step.state, step.finished_at = "queued", None
    step.save()
    steps.do(step.pk)
    assert KeptReport.objects.count() == 4
