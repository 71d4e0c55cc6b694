"""The library of standards: editions are inserted whole, and never edited."""

import tomllib
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from compliance.standards import library
from compliance.standards.models import Binding, Edition, Element
from himdept.common import metrics
from himdept.common.errors import Conflict, DomainError
from tests import factories as make

pytestmark = pytest.mark.django_db


def content(**fields) -> dict:
    """An edition of one chapter with two elements."""
    elements = fields.pop("elements", [{"code": "E-1", "asks": "One"}, {"code": "E-2", "asks": "Two"}])
    for element in elements:
        element.setdefault("basis", "bylaws")
    return {
        "code": "house",
        "title": "House rules",
        "edition": "1",
        "effective_from": date(2024, 1, 1),
        "source": "https://example.org/rules",
        "kinds": ["hospital"],
        "chapter": [{"code": "1", "title": "All", "element": elements}],
    } | fields


def test_what_comes_with_the_program_is_loaded_and_loading_it_again_changes_nothing():
    first = library.load_all()
    assert len(first) == len(list(library.FRAMEWORKS.glob("*.toml"))) >= 3
    elements = Element.objects.count()
    assert library.load_all() == first
    assert Element.objects.count() == elements > 60


def test_every_measured_element_that_ships_is_judged_by_a_measure_that_is_taken():
    library.load_all()
    assert set(Binding.objects.values_list("metric", flat=True)) <= set(metrics.every())
    assert Element.objects.filter(bindings__isnull=False).distinct().count() >= 35


def test_an_edition_that_is_there_is_never_edited():
    edition = library.load(content())
    with pytest.raises(Conflict, match="says something else"):
        library.load(content(source="https://example.org/others"))
    with pytest.raises(Conflict):
        library.load(content(elements=[{"code": "E-1", "asks": "Otherwise"}, {"code": "E-2", "asks": "Two"}]))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Element.objects.filter(edition=edition).update(asks="Otherwise")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(effective_from=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"elements": [{"code": "E-1", "asks": "One"}, {"code": "E-1", "asks": "Two"}]}, "E-1 is there twice"),
        ({"elements": [{"code": "E-1", "asks": "One", "metrics": ["luck"]}]}, "E-1: nobody measures luck"),
        ({"elements": [{"code": "E-1", "asks": "One", "follows": ["E-0"]}]}, "E-1 follows E-0"),
        ({"elements": [{"code": "E-1", "asks": "One", "colour": "red"}]}, "E-1: colour is not known"),
        ({"kinds": ["circus"]}, "circus is no kind of facility"),
        ({"state": "Texas"}, "two capital letters, not Texas"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_the_element_and_leaves_nothing(fields, words):
    with pytest.raises(DomainError, match=words):
        library.load(content(**fields))
    assert not Edition.objects.exists()


def test_what_judges_an_element_comes_and_goes_with_the_file_and_leaves_the_edition_as_it_is():
    library.load(content(elements=[{"code": "E-1", "asks": "One", "metrics": ["entries", "discharge-summary"]}]))
    edition = library.load(
        content(elements=[{"code": "E-1", "asks": "One", "metrics": ["discharge-summary", "verbal-orders"]}])
    )
    (element,) = library.elements_of([edition])
    assert (set(element.metrics), element.is_measured) == ({"discharge-summary", "verbal-orders"}, True)
    library.load(content(elements=[{"code": "E-1", "asks": "One"}]))
    (element,) = library.elements_of([edition])
    assert (element.metrics, element.is_measured) == ([], False)
    assert Edition.objects.count() == 1


def test_of_a_framework_the_edition_of_the_day_is_in_force_where_it_applies():
    facility = make.facility()
    old = library.load(content())
    new = library.load(
        content(
            edition="2", effective_from=date(2026, 1, 1), elements=[{"code": "N-1", "asks": "All", "follows": ["E-1"]}]
        )
    )
    library.load(content(code="theatre", kinds=["ambulatory_surgery"]))
    assert library.in_force(facility, date(2025, 12, 31)) == [old]
    assert library.in_force(facility, date(2026, 1, 1)) == [new]
    assert library.in_force(facility, date(2023, 1, 1)) == []


def test_the_law_of_a_state_binds_the_facilities_that_stand_there():
    edition = library.load(content(state="TX"))
    here, elsewhere, unknown = make.facility(), make.facility("OTHER"), make.facility("THIRD")
    here.state, elsewhere.state = "TX", "NY"
    assert library.in_force(here, date(2026, 1, 1)) == [edition]
    assert library.in_force(elsewhere, date(2026, 1, 1)) == library.in_force(unknown, date(2026, 1, 1)) == []
    with pytest.raises(Conflict, match="says something else"):
        library.load(content(state="NY"))


@pytest.mark.parametrize(
    ("kind", "state", "frameworks"),
    [
        ("hospital", "", {"cms-hospital", "hipaa", "part-2", "record-of-care"}),
        ("hospital", "TX", {"cms-hospital", "hipaa", "part-2", "record-of-care", "texas"}),
        ("critical_access", "", {"cms-critical-access", "hipaa", "part-2", "record-of-care"}),
        ("psychiatric", "", {"cms-hospital", "hipaa", "part-2", "record-of-care"}),
        ("ambulatory_surgery", "TX", {"hipaa", "part-2"}),
    ],
)
def test_each_kind_of_facility_is_held_to_what_is_about_it(kind, state, frameworks):
    library.load_all()
    facility = make.facility()
    facility.kind, facility.state = kind, state
    assert {edition.framework.code for edition in library.in_force(facility, date(2026, 11, 1))} == frameworks
    facility.kind = "hospital"
    assert "part-2" not in {edition.framework.code for edition in library.in_force(facility, date(2026, 2, 15))}


def test_no_file_says_what_the_accreditor_says():
    for path in library.FRAMEWORKS.glob("*.toml"):
        said = tomllib.loads(path.read_text())
        for chapter in said["chapter"]:
            for element in chapter["element"]:
                assert "the hospital" not in element["asks"].lower(), element["code"]  # as the elements of others begin
