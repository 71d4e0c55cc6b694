"""How a deficiency that is found no more comes to its end, and when that was."""

from dataclasses import replace

import pytest

from records.completeness.models import Deficiency, Due
from records.inventory.models import Document
from staff.people.facilities import open_facility
from tests.records.completeness import loading
from tests.reference.by_hand import chart, instant, note, on, rule

pytestmark = pytest.mark.django_db

FIRST, SECOND = instant("2023-09-01 06:00"), instant("2023-09-02 06:00")
WRITTEN = "2023-06-02 20:00"
SUMMARY = rule(sections_required=("Diagnosis", "Follow-up"))
DATED = rule("document", entry_must_have=("date", "time"))


@pytest.fixture
def house(db):
    return open_facility("HOUSE", name="House", time_zone="America/New_York")


def ends(facility, loaded) -> dict[str, tuple]:
    loading.audit(facility, SECOND)
    rows = Deficiency.objects.filter(record=loaded.record)
    return {row.slot: (row.status, row.cause, row.resolved_at) for row in rows}


def begun(facility, document, required):
    """The record of one document after its first night."""
    loading.bind((required,), facility)
    loaded = loading.load(chart(document), facility=facility)
    Due.objects.create(record=loaded.record)
    loading.audit(facility, FIRST)
    return loaded


def change(loaded, document, **fields):
    Document.objects.filter(pk=loaded.documents[document.id].pk).update(**fields)
    Due.objects.create(record=loaded.record)


def test_a_section_of_a_document_that_was_retracted_is_withdrawn_and_the_document_missing(house):
    summary = note(WRITTEN, sections=("Diagnosis",))
    loaded = begun(house, summary, SUMMARY)
    change(loaded, summary, status="entered_in_error")
    assert ends(house, loaded) == {
        "element:Follow-up": ("void", "withdrawn", None),
        "verdict": ("open", "found", None),
    }


def test_a_section_that_was_added_is_met(house):
    summary = note(WRITTEN, sections=("Diagnosis",))
    loaded = begun(house, summary, SUMMARY)
    change(loaded, summary, sections=["Diagnosis", "Follow-up"])
    assert ends(house, loaded) == {"element:Follow-up": ("resolved", "met", instant(WRITTEN))}


def test_a_time_that_an_addendum_supplied_was_put_right_when_the_addendum_was_written(house):
    entry = note(on("2023-06-02"))
    loaded = begun(house, entry, DATED)
    addendum = replace(note("2023-09-01 09:30", signed=True), id="A1", addendum_to=entry.id)
    loading.add(addendum, loaded)
    Due.objects.create(record=loaded.record)
    assert ends(house, loaded)["undated"] == ("resolved", "met", instant("2023-09-01 09:30"))


def test_a_time_that_its_source_put_right_was_put_right_by_the_night_that_saw_it(house):
    entry = note(on("2023-06-02"))
    loaded = begun(house, entry, DATED)
    change(loaded, entry, authored_first=instant(WRITTEN), authored_last=instant(WRITTEN))
    assert ends(house, loaded)["undated"] == ("resolved", "met", SECOND)


def test_an_undated_entry_that_was_retracted_is_withdrawn(house):
    entry = note(on("2023-06-02"))
    loaded = begun(house, entry, DATED)
    change(loaded, entry, status="entered_in_error")
    assert ends(house, loaded)["undated"] == ("void", "withdrawn", None)
