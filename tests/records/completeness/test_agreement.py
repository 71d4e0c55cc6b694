"""The engine against the reference evaluator on very many charts that lie on the limits, many of them in one audit."""

import os
from random import Random
from zoneinfo import ZoneInfo

import pytest

from staff.people import facilities
from tests.records.completeness import loading
from tests.records.completeness.test_engine import agree_with_reference, can_be_published, open_facility, undone
from tests.reference.charts import case_of, siblings, turning_points
from tests.reference.drawing import DAYS, Draw

pytestmark = pytest.mark.django_db

# In parts, so that several processes can share them; a part that fails says which drawing did.
CHARTS = int(os.environ.get("AGREEMENT_CHARTS", "2000"))
PARTS, TOGETHER = 8, 20


@pytest.mark.parametrize("part", range(PARTS))
def test_the_engine_agrees_with_the_reference_on_charts_that_lie_on_the_limits(part):
    for zone in {zone for zone, _ in DAYS}:
        facilities.lay_out(zone)
    with loading.gathering(always=part % 2 == 1):
        for number in range(part, CHARTS // TOGETHER, PARTS):
            judge_together(number)


def judge_together(number: int):
    """Draw a chart with its rules and further ones for the same rules, and hold one audit of all to the reference."""
    random = Random(number)  # noqa: S311 - nothing here is a secret
    zone, day = random.choice(DAYS)
    d = Draw(random, ZoneInfo(zone), plain=False)
    first = case_of(d, day)
    if not all(can_be_published(rule) for rule in first.rules):
        return
    as_of = random.choice([first.as_of, *turning_points(first)])
    drawn = [case.looked_at(as_of) for case in (first, *siblings(d, first, TOGETHER - 1))]
    with undone():
        facility = open_facility(first)
        loaded = loading.load_all([case.chart for case in drawn], facility=facility)
        loading.audit(facility, as_of, full=True)
        try:
            agree_with_reference(list(zip(drawn, loaded, strict=True)))
        except AssertionError as problem:
            problem.add_note(f"drawing {number}")
            raise
