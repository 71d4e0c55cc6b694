"""The list of what is owed says why each is still open: what came and what did not."""

import csv

import pytest

from records.completeness import still_open
from records.completeness.models import Deficiency, Due
from tests import factories as make

pytestmark = pytest.mark.django_db


def because(deficiency: Deficiency) -> str:
    return still_open.told(Deficiency.objects.filter(pk=deficiency.pk)).get().still_open_because


@pytest.fixture
def owed():
    return make.deficiency(owed_by=make.practitioner())


def test_nothing_has_come(owed):
    make.document(owed.record, document_type=make.document_type("11506-3", "Progress note"))
    make.document(make.record())
    assert because(owed) == "nothing"


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({"status": "retracted"}, "retracted"),
        ({"status": "entered_in_error", "authored": None}, "retracted"),
        ({"authored": None}, "no_time"),
        ({}, "other"),
    ],
)
def test_what_came_does_not_serve(owed, facts, cause):
    make.document(owed.record, **facts)
    assert because(owed) == cause


def test_what_still_stands_is_told_before_what_was_taken_back(owed):
    make.document(owed.record, status="retracted")
    make.document(owed.record, authored=None)
    assert because(owed) == "no_time"


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("unsigned", "unsigned"),
        ("uncosigned", "uncosigned"),
        ("missing_element", "no_section"),
        ("undated", "no_addendum"),
    ],
)
def test_what_came_lacks_something(kind, cause):
    element = "date" if kind == "undated" else "outcome" if kind == "missing_element" else ""
    assert because(make.deficiency(kind=kind, element=element, owed_by=make.practitioner())) == cause


def test_who_owes_it_has_left_or_is_not_known():
    assert because(make.deficiency(owed_by=make.practitioner(is_active=False))) == "left"
    assert because(make.deficiency(owed_by=None)) == "nobody"


def test_what_changed_since_the_last_audit_is_judged_by_the_next(owed):
    Due.objects.create(record=owed.record)
    assert because(owed) == "changed"


def test_what_is_closed_is_not_open_for_a_reason(owed):
    Deficiency.objects.filter(pk=owed.pk).update(status="void")
    owed = still_open.told(Deficiency.objects.all()).get()
    assert still_open.words(owed) == ""


def test_the_sheet_of_the_list_has_it_as_a_column(owed, client):
    client.force_login(make.manager())
    answer = client.get("/lists/deficiency_list.csv", {"columns": "patient,because"})
    sheet = b"".join(answer.streaming_content).decode("utf-8-sig")
    heading, row = csv.reader(sheet.splitlines())
    assert (heading[-1], row[-1]) == ("Still open because", "Nothing has come.")
