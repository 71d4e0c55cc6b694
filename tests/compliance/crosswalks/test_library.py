"""Crosswalks are loaded whole, and only where their rows agree with each other and with what is there."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from compliance.crosswalks import library
from compliance.crosswalks.models import Correspondence, Crosswalk, Relation
from compliance.standards import library as standards
from compliance.standards.models import Element
from himdept.common.errors import Conflict, DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frameworks():
    """Three of three elements each: A-1 to A-3, B-1 to B-3, C-1 to C-3."""
    for name in "abc":
        elements = [{"code": f"{name.upper()}-{n}", "asks": "It", "basis": "bylaws"} for n in (1, 2, 3)]
        standards.load(
            {
                "code": name,
                "title": name,
                "edition": "1",
                "effective_from": date(2024, 1, 1),
                "source": "https://example.org/",
                "kinds": ["hospital"],
                "chapter": [{"code": "1", "title": "All", "element": elements}],
            }
        )


def content(*rows: str, of="ab", **fields) -> dict:
    """A crosswalk with these rows, such as "A-1 equal B-1"."""
    keys = ("from", "relation", "to")
    return {
        "code": of,
        "edition": "1",
        "effective_from": date(2025, 1, 1),
        "between": [f"{name} 1" for name in of],
        "row": [dict(zip(keys, row.split(), strict=True), because="Both ask it.") for row in rows],
    } | fields


def test_what_comes_with_the_program_is_loaded_after_its_frameworks_and_again_changes_nothing():
    call_command("load_standards")
    assert Crosswalk.objects.count() == len(list(library.FILES.glob("*.toml"))) == 3
    rows = list(Correspondence.objects.values_list("pk", flat=True))
    call_command("load_standards")
    assert list(Correspondence.objects.values_list("pk", flat=True)) == rows
    assert len(rows) == 50


def test_a_row_reads_from_both_of_its_ends():
    library.load(content("A-1 superset B-1"))
    row, (a, b) = Correspondence.objects.get(), [Element.objects.get(code=code) for code in ("A-1", "B-1")]
    assert row.seen_from(b.pk) == (Relation.SUPERSET, a)
    assert row.seen_from(a.pk) == (Relation.SUBSET, b)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["A-1 equal B-9"], "A-1 equal B-9: B-9 is no element"),
        (["A-1 equal C-1"], "C-1 is no element"),
        (["A-1 resembles B-1"], "A-1 resembles B-1 is no relation"),
        (["A-1 equal B-1", "A-1 equal B-1"], "A-1 equal B-1 is there twice"),
        (["A-1 equal B-1", "A-1 subset B-1"], "A-1 subset B-1 contradicts"),
        (["A-1 superset B-1", "A-2 superset B-2", "A-1 subset B-2", "A-2 equal B-1"], "A-2 equal B-1 closes a circle"),
        (["A-1 equal B-1", "A-2 equal B-1", "A-2 equal B-2", "A-1 superset B-2"], "A-1 superset B-2 closes a circle"),
        (
            ["A-1 superset B-1", "A-2 equal B-1", "A-2 superset B-2", "A-1 intersects B-2"],
            "A-1 intersects B-2 contradicts",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_the_row_and_leaves_nothing(rows, words):
    with pytest.raises(DomainError, match=words):
        library.load(content(*rows))
    assert not Crosswalk.objects.exists()


def test_what_goes_in_a_circle_of_equals_and_what_two_share_is_no_circle():
    library.load(content("A-1 equal B-1", "A-2 equal B-1", "A-2 equal B-2", "A-1 equal B-2", "A-3 intersects B-3"))
    library.load(content("B-1 superset C-1", "B-2 superset C-1", of="bc"))
    assert Correspondence.objects.count() == 7


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["C-1 superset A-1"], "C-1 superset A-1 closes a circle"),
        (["C-1 intersects A-1"], "C-1 intersects A-1 contradicts the chain"),
    ],
)
def test_a_file_is_held_to_what_the_other_crosswalks_say(rows, words):
    library.load(content("A-1 superset B-1"))
    library.load(content("B-1 equal C-1", of="bc"))
    with pytest.raises(DomainError, match=words):
        library.load(content(*rows, of="ca"))
    with pytest.raises(DomainError, match="B-1 equal A-1 contradicts"):
        library.load(content("B-1 equal A-1", of="ba"))
    assert Crosswalk.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"between": ["a 1", "a 1"]}, "between two editions"),
        ({"between": ["a 1", "b 2"]}, "b 2 is not in the library"),
        ({"row": [{"from": "A-1", "relation": "equal", "to": "B-1", "because": " "}]}, "A-1 equal B-1: say why"),
        (
            {"row": [{"from": "A-1", "relation": "equal", "to": "B-1", "because": "So.", "weight": 3}]},
            "weight is not known",
        ),
    ],
)
def test_a_file_says_between_which_editions_and_why(fields, words):
    with pytest.raises(DomainError, match=words):
        library.load(content("A-1 equal B-1", **fields))


def test_a_crosswalk_is_never_edited_and_its_next_edition_counts_from_its_day_on():
    first = library.load(content("A-1 equal B-1"))
    with pytest.raises(Conflict, match="says something else"):
        library.load(content("A-1 superset B-1"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Correspondence.objects.update(relation="superset")
    second = library.load(content("A-1 superset B-1", edition="2", effective_from=date(2026, 1, 1)))
    in_force = Correspondence.objects.in_force
    assert [row.crosswalk for row in in_force(date(2025, 12, 31))] == [first]
    assert [row.crosswalk for row in in_force(date(2026, 1, 1))] == [second]
    assert not in_force(date(2024, 12, 31)).exists()
