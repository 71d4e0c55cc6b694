"""Clauses of docs/completeness.md that random charts meet seldom, on charts written by hand."""

from datetime import date

import pytest

from records.completeness.models import Deficiency, Due
from staff.people.facilities import open_facility
from tests.records.completeness import loading
from tests.reference.by_hand import at, chart, found, instant, note, rule
from tests.reference.model import Episode

pytestmark = pytest.mark.django_db

AS_OF = "2023-09-01 06:00"
SURGERY = Episode("P1", "procedure", at("2023-06-03 08:00"))
REPORT = note("2023-06-02 20:00", id="H1", type="history")


@pytest.mark.parametrize(
    ("in_force_from", "asked"), [(date(2023, 6, 2), True), (date(2023, 6, 3), True), (date(2023, 6, 4), False)]
)
def test_a_condition_is_judged_by_the_version_of_the_other_rule_that_was_in_force_on_its_occasion(in_force_from, asked):
    history = rule("procedure_start", code="H", document_types=("history",), effective=(in_force_from, None))
    update = rule("procedure_start", code="U", document_types=("update",), only_if_met="H", due_after_hours=0)
    facility = open_facility("HOUSE", name="House", time_zone="America/New_York")
    loading.bind((history, update), facility)
    stay = chart(REPORT, episodes=(SURGERY,))
    loaded = loading.load(stay, facility=facility)
    Due.objects.create(record=loaded.record)
    loading.audit(facility, instant(AS_OF))
    owed = {row.topic for row in Deficiency.objects.filter(record=loaded.record)}
    assert owed == ({"U"} if asked else set())
    assert owed == {one.topic for one in found(stay, [history, update], AS_OF)}
