"""The engine against the reference evaluator, row by row, on charts that lie on the limits."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, note, settings

from records.completeness.models import AuditRun, Deficiency, DeficiencyEvent, Due, Expected
from records.inventory.models import Record
from staff.models import Facility
from staff.people import facilities
from tests.records.completeness import loading
from tests.reference import judge, record
from tests.reference.charts import DAYS, cases

pytestmark = pytest.mark.django_db

slow = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def zones():
    for zone in {zone for zone, _ in DAYS}:
        facilities.lay_out(zone)


def open_facility(case) -> Facility:
    facility = Facility.objects.create(
        code=uuid4().hex[:18].upper(),
        name="Drawn",
        time_zone_id=case.chart.zone,
        delinquent_after_days=case.delinquent_after_days,
    )
    loading.bind(case.rules, facility)
    return facility


def findings(case) -> set[tuple]:
    return {
        (
            f.topic,
            f.rule,
            f.episode,
            f.entry,
            f.slot,
            f.kind,
            f.due_at,
            f.resolved_at,
            f.element or "",
            f.document,
            f.owed_by,
        )
        for f in judge.judge(case.chart, case.rules, case.as_of)
    }


def expectations(case) -> set[tuple]:
    seen = judge.examine(case.chart, case.rules, case.as_of)
    return {(e.topic, e.rule, e.episode, e.entry, e.due_at, e.owed_by) for e in seen.expected}


@contextmanager
def undone():
    """Each chart in a savepoint of its own, so that hundreds fit one test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def can_be_published(rule) -> bool:
    """A window that ends before it begins is refused where rules are published."""
    return None in (rule.not_before_hours, rule.due_after_hours) or rule.not_before_hours <= rule.due_after_hours


@given(case=cases())
@settings(slow, max_examples=300)
def test_the_engine_finds_what_the_reference_finds(zones, case):
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone():
        agree(case)


def agree(case):
    facility = open_facility(case)
    loaded = loading.load(case.chart, facility=facility)
    run = loading.audit(facility, case.as_of, full=True)
    note(f"as of {case.as_of}")
    assert loading.found(loaded) == findings(case)
    assert loading.expected(loaded) == expectations(case)

    flags = Record.objects.get(pk=loaded.record.pk)
    state = record.state(case.chart, case.rules, case.as_of, case.delinquent_after_days)
    if not case.chart.cancelled and case.chart.klass != "virtual":
        assert flags.status == state.status
        assert flags.completed_at == state.completed_at
    assert flags.requirements_due == state.requirements_due
    assert flags.requirements_met == state.requirements_met
    assert flags.open_deficiencies == state.open_deficiencies
    assert flags.oldest_due_at == state.oldest_due_at

    due = record.next_check_at(case.chart, case.rules, case.as_of, case.delinquent_after_days)
    if due is not None:
        assert flags.next_check_at is not None
        assert flags.next_check_at <= due
    assert run.open == state.open_deficiencies
