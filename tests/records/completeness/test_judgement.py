"""One record as of any moment, held to the reference evaluator and to what an audit writes."""

from datetime import datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from records.completeness import judgement
from records.completeness.judgement import State
from records.inventory.models import Document, Record
from records.models import Deficiency
from tests.records.completeness import loading, test_engine
from tests.records.completeness.test_engine import can_be_published, everything, open_facility, slow, undone, zones
from tests.reference import record
from tests.reference.charts import cases, turning_points

pytestmark = pytest.mark.django_db

__all__ = ["zones"]


def judged(of: Record, as_of: datetime) -> judgement.Judgement:
    of = Record.objects.select_related("facility", "encounter__attending", "encounter__facility").get(pk=of.pk)
    people = ("author", "document_type")
    return judgement.judge(
        of,
        as_of,
        documents=list(Document.objects.filter(record=of).select_related(*people)),
        episodes=list(of.episodes.select_related("performer")),
        stored=list(Deficiency.objects.filter(record=of).with_names()),
    )


def findings(seen: judgement.Judgement, loaded: loading.Loaded) -> set[tuple]:
    """In the words of the reference: tests/records/completeness/loading.py."""
    return {loading.standing(row, loaded) for occasion in seen.occasions for row in occasion.findings()}


def expectations(seen: judgement.Judgement, loaded: loading.Loaded) -> set[tuple]:
    rows = [occasion.expectation() for occasion in seen.occasions]
    return {
        (*loading.occasion(row, loaded), row.block, row.due_at, loading.key(row.owed_by_id, loaded.people))
        for row in rows
        if row
    }


def about(occasion: judgement.Occasion) -> tuple:
    """A series is one thing that is asked, whatever its blocks."""
    return occasion.topic, occasion.episode, occasion.entry


@given(data=st.data(), case=cases())
@settings(slow, max_examples=60)
def test_at_any_moment_it_says_what_the_reference_says(zones, data, case):
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone():
        facility = open_facility(case)
        loaded = loading.load(case.chart, facility=facility)
        moments = data.draw(st.lists(st.sampled_from([*turning_points(case), case.as_of]), min_size=1, max_size=3))
        for as_of in moments:
            seen = judged(loaded.record, as_of)
            then = case.looked_at(as_of)
            assert findings(seen, loaded) == test_engine.findings(then)
            assert expectations(seen, loaded) == test_engine.expectations(then)
            state = record.state(case.chart, case.rules, as_of, case.delinquent_after_days)
            asked = {about(one) for one in seen.occasions}
            unmet = {about(one) for one in seen.occasions if one.state not in (State.MET, State.LATE)}
            assert seen.flags.requirements_due == state.requirements_due == len(asked)
            assert seen.flags.requirements_met == state.requirements_met == len(asked - unmet)
            if case.chart.is_judged:
                assert seen.flags.status == state.status


@given(case=cases())
@settings(slow, max_examples=40)
def test_as_of_an_audit_it_says_what_the_audit_wrote_and_writes_nothing_itself(zones, case):
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone():
        facility = open_facility(case)
        loaded = loading.load(case.chart, facility=facility)
        loading.audit(facility, case.as_of, full=True)
        before = everything()
        seen = judged(loaded.record, case.as_of)
        assert everything() == before
        assert findings(seen, loaded) == loading.found(loaded)
        assert expectations(seen, loaded) == loading.expected(loaded)
        row = Record.objects.get(pk=loaded.record.pk)
        assert {name: getattr(row, name) for name in vars(seen.flags)} == vars(seen.flags)
