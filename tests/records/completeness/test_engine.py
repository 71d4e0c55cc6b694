"""The engine against the reference evaluator, row by row, on charts that lie on the limits."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from records.completeness.engine.charts import Scope
from records.completeness.models import Deficiency, DeficiencyEvent, Due, Expected
from records.inventory.models import Document, Record
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
            f.block,
            f.slot,
            f.kind,
            f.mendable,
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
    return {(e.topic, e.rule, e.episode, e.entry, e.block, e.due_at, e.owed_by) for e in seen.expected}


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
@settings(slow, max_examples=120)
def test_the_engine_finds_what_the_reference_finds(zones, case):
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone():
        agree(case)


def agree(case):
    facility = open_facility(case)
    loaded = loading.load(case.chart, facility=facility)
    run = loading.audit(facility, case.as_of, full=True)
    note(f"as of {case.as_of}")
    agree_with_reference([(case, loaded)])
    assert run.open == Record.objects.get(pk=loaded.record.pk).open_deficiencies


def agree_with_reference(charts):
    """Hold what stands in the tables of each chart to what the reference says of it."""
    loaded = [one for _, one in charts]
    found, expected = loading.found_in(loaded), loading.expected_in(loaded)
    flags = Record.objects.in_bulk(one.record.pk for one in loaded)
    for case, one in charts:
        number = one.record.pk
        assert found[number] == findings(case)
        assert expected[number] == expectations(case)
        agree_on_flags(case, flags[number])


def agree_on_flags(case, flags):
    state = record.state(case.chart, case.rules, case.as_of, case.delinquent_after_days)
    assert flags.status == state.status
    assert flags.completed_at == state.completed_at
    assert flags.requirements_due == state.requirements_due
    assert flags.requirements_met == state.requirements_met
    assert flags.open_deficiencies == state.open_deficiencies
    assert flags.oldest_due_at == state.oldest_due_at
    due = record.next_check_at(case.chart, case.rules, case.as_of, case.delinquent_after_days)
    assert flags.next_check_at == due


@given(data=st.data(), case=cases())
@settings(slow, max_examples=60)
def test_nights_one_after_the_other_end_where_one_full_audit_does(zones, data, case):
    """Documents arrive, are retracted and come back between nights that judge only what something happened to."""
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone(), loading.gathering(always=data.draw(st.booleans())):
        facility = open_facility(case)
        bare = replace(case.chart, documents=())
        loaded = loading.load(bare, facility=facility)
        nights = data.draw(moments_up_to(case))
        Due.objects.create(record=loaded.record)
        arrivals = list(case.chart.documents)
        for night in nights:
            for _ in range(data.draw(st.integers(0, len(arrivals)))):
                loading.add(arrivals.pop(0), loaded)
                Due.objects.create(record=loaded.record)
            flicker(data, loaded)
            loading.audit(facility, night)
        for document in arrivals:
            loading.add(document, loaded)
        for document in case.chart.documents:
            Document.objects.filter(pk=loaded.documents[document.id].pk).update(status=document.status)
        Due.objects.create(record=loaded.record)
        loading.audit(facility, case.as_of)
        agree_with_reference([(case, loaded)])


def moments_up_to(case):
    """Some moments before the case's own, in order: on its limits, where time alone changes the verdict."""
    turns = {case.chart.start.first, case.as_of - timedelta(days=1), case.as_of}
    turns |= {e.due_at for e in judge.examine(case.chart, case.rules, case.chart.start.first).expected}
    turns |= {d.authored.first for d in case.chart.documents if d.authored}
    return st.lists(st.sampled_from(sorted(at for at in turns if at <= case.as_of)), max_size=4).map(sorted)


def flicker(data, loaded):
    """Retract a document, or take a retraction back, as a live feed does."""
    if loaded.documents and data.draw(st.booleans()):
        document = data.draw(st.sampled_from(list(loaded.documents.values())))
        status = data.draw(st.sampled_from(["final", "retracted", "entered_in_error"]))
        Document.objects.filter(pk=document.pk).update(status=status)
        Due.objects.create(record=loaded.record)


def everything() -> dict:
    """All that an audit may write, without the numbers of runs."""
    tables = (Deficiency, DeficiencyEvent, Expected, Record)
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


@given(case=cases())
@settings(slow, max_examples=40)
def test_the_same_night_twice_changes_nothing(zones, case):
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone():
        facility = open_facility(case)
        loading.load(case.chart, facility=facility)
        loading.audit(facility, case.as_of, full=True)
        before = everything()
        again = loading.audit(facility, case.as_of, full=True)
        assert (again.opened, again.closed) == (0, 0)
        assert everything() == before


@given(case=cases(), back=st.sampled_from([timedelta(minutes=1), timedelta(days=1), timedelta(days=60)]))
@settings(slow, max_examples=40)
def test_a_look_at_the_past_writes_nothing_and_finds_what_was_so_then(zones, case, back):
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone():
        facility = open_facility(case)
        loading.load(case.chart, facility=facility)
        loading.audit(facility, case.as_of, full=True)
        before = everything()
        past = loading.audit(facility, case.as_of - back)
        assert past.written is False
        assert everything() == before
        then = judge.judge(case.chart, case.rules, case.as_of - back)
        assert past.open == len([finding for finding in then if finding.is_open])
        assert past.late == len([finding for finding in then if finding.kind == "late"])


@pytest.mark.parametrize(
    ("charts", "gathered"), [(20_000, True), (1_000, True), (999, False), (99_999, True), (100_000, False)]
)
def test_the_facts_of_many_charts_strewn_among_far_more_are_gathered(charts, gathered):
    assert Scope(None, None, None, 1, 1_000_000, full=False, written=True).is_sparse(charts) == gathered
