"""The evaluator against another reading of the same rules, and against itself; and what the generated charts reach."""

import importlib.util
import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import survey
from .charts import cases, turning_points
from .drawing import DAYS
from .judge import examine, judge
from .record import next_check_at, state
from .survey import Case

SURVEY_FINDINGS = Path(__file__).parents[3] / "shared" / "data" / "survey-findings"
# The other evaluator compares local times of one zone by the clock on the wall. Where the clock changes at midnight it
# so finds a document late that was complete an hour before it was due, or takes one instant for two.
DAYS_WITH_A_PLAIN_MIDNIGHT = [(zone, day) for zone, day in DAYS if zone != "America/Havana"]
needs_survey_findings = pytest.mark.skipif(
    not SURVEY_FINDINGS.is_dir(), reason="the folder of survey findings is not beside the project"
)
on_drawn_charts = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def other_reading():
    """The evaluator that comes with the survey findings; it is read where it lies, and leaves no trace there."""
    spec = importlib.util.spec_from_file_location("survey_findings_validate", SURVEY_FINDINGS / "validate.py")
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def our_answers(case: Case) -> list[tuple]:
    return survey.answers(judge(case.chart, case.rules, case.as_of), case.chart)


@needs_survey_findings
def test_what_surveyors_cited_is_found_in_every_chart_and_nothing_else():
    paths = sorted(SURVEY_FINDINGS.glob("*.json"))
    assert paths
    for path in paths:
        case = json.loads(path.read_text())
        assert our_answers(survey.read(case)) == survey.expected_answers(case["expected"]), path.name


@needs_survey_findings
@given(case=cases(plain=True, days=DAYS_WITH_A_PLAIN_MIDNIGHT))
@on_drawn_charts
def test_both_readings_agree_on_charts_that_lie_on_the_limits(other_reading, case):
    for as_of in (case.as_of, *turning_points(case)):
        case = replace(case, as_of=as_of)
        form = survey.write(case)
        assert our_answers(case) == survey.expected_answers(other_reading.Chart(form).findings())


@given(case=cases(plain=True))
@on_drawn_charts
def test_a_chart_that_is_written_and_read_again_is_judged_alike(case):
    assert our_answers(survey.read(survey.write(case))) == our_answers(case)


def whole_state(case: Case, as_of):
    seen = examine(case.chart, case.rules, as_of)
    record = state(case.chart, case.rules, as_of, case.delinquent_after_days)
    return sorted(map(repr, seen.findings)), sorted(map(repr, seen.expected)), seen.judged, record


@given(case=cases(), share=st.floats(0, 1, exclude_max=True))
@on_drawn_charts
def test_nothing_changes_before_the_next_look(case, share):
    for as_of in (case.as_of, *turning_points(case)):
        upcoming = next_check_at(case.chart, case.rules, as_of, case.delinquent_after_days)
        until = upcoming or as_of + timedelta(days=4000)
        assert until >= as_of
        seen = whole_state(case, as_of)
        just_before = max(until - timedelta(microseconds=1), as_of)
        assert whole_state(case, just_before) == seen
        assert whole_state(case, min(as_of + (until - as_of) * share, just_before)) == seen


@given(case=cases(), random=st.randoms(use_true_random=False))
@on_drawn_charts
def test_neither_the_order_of_arrival_nor_that_of_the_rules_matters(case, random):
    def shuffled(things):
        return tuple(random.sample(things, len(things)))

    chart = replace(case.chart, documents=shuffled(case.chart.documents), episodes=shuffled(case.chart.episodes))
    arrived_otherwise = replace(case, chart=chart, rules=shuffled(case.rules))
    assert whole_state(arrived_otherwise, case.as_of) == whole_state(case, case.as_of)


@given(case=cases())
@on_drawn_charts
def test_a_slot_is_filled_once_and_met_requirements_are_among_those_due(case):
    seen = examine(case.chart, case.rules, case.as_of)
    slots = [(finding.key, finding.block, finding.slot) for finding in seen.findings]
    assert len(slots) == len(set(slots))
    assert {finding.key for finding in seen.findings} | {awaited.key for awaited in seen.expected} <= seen.judged
    record = state(case.chart, case.rules, case.as_of, case.delinquent_after_days)
    assert 0 <= record.requirements_met <= record.requirements_due
    assert (record.completed_at is not None) == (record.status == "complete")


def test_the_drawn_charts_reach_every_verdict_and_lie_on_the_limits():
    seen = Counter()

    @given(case=cases())
    @settings(on_drawn_charts, max_examples=300, derandomize=True, database=None)
    def draw(case):
        chart = case.chart
        seen.update([(chart.zone, chart.start.exact), *(document.status for document in chart.documents)])
        seen["addendum"] += any(document.addendum_to for document in chart.documents)
        seen["two episodes"] += len(chart.episodes) == 2
        seen["several rules of a topic"] += len({rule.topic for rule in case.rules}) < len(case.rules)
        seen["two versions"] += len({rule.code for rule in case.rules}) < len(case.rules)
        seen["condition"] += any(rule.only_if_met for rule in case.rules)
        for as_of in (case.as_of, *turning_points(case)):
            count(case, as_of)

    def count(case, as_of):
        examined = examine(case.chart, case.rules, as_of)
        for finding in examined.findings:
            seen[finding.kind, "entry" if finding.entry else "occasion"] += 1
            if finding.block is not None:
                seen["series", "gap" if not finding.mendable else finding.kind] += 1
            if finding.due_at:
                seen[finding.kind, ((finding.resolved_at or as_of) - finding.due_at) // timedelta(minutes=1)] += 1
        for awaited in examined.expected:
            seen["expected", (as_of - awaited.due_at) // timedelta(minutes=1)] += 1
            seen["series", "expected"] += awaited.block is not None
        seen[state(case.chart, case.rules, as_of, case.delinquent_after_days).status] += 1

    draw()
    kinds = ("unsigned", "uncosigned", "missing_element", "late")
    wanted = [("missing", "occasion"), ("undated", "entry")]
    wanted += [(kind, where) for kind in kinds for where in ("entry", "occasion")]
    wanted += [(kind, minutes) for kind in ("missing", *kinds) for minutes in (0, 1)]
    wanted += [("expected", minutes) for minutes in (-1, 0)]
    wanted += [("series", what) for what in ("missing", "late", "gap", "expected")]
    wanted += ["in_progress", "discharged", "incomplete", "delinquent", "complete"]
    wanted += [(zone, exact) for zone, _ in DAYS for exact in (True, False)]
    wanted += ["superseded", "retracted", "entered_in_error", "addendum", "condition"]
    wanted += ["several rules of a topic", "two versions", "two episodes"]
    assert [one for one in wanted if not seen[one]] == []
