from datetime import UTC, date, datetime, time

import pytest

from himdept.common.paper import Groups, headings, in_words
from himdept.common.sheets import Column, Linked, Look, Place, Table, masked

COLUMNS = [
    Column("MRN", 14, identifies=True),
    Column("Code", 8, Place.SHEETS_ONLY),
    Column("Owed by", 24, Place.GROUP, otherwise="nobody known"),
    Column("Days", 8, is_number=True),
    Column("Why", 70, Place.BELOW),
]
ROWS = [
    (Linked("00482217", "/records/1/"), "x", "Alder, M.", 61, "Due long ago."),
    ("00482390", "x", "Alder, M.", 1_284, ""),
    ("00482563", "x", "", None, "Nobody signed."),
]


def table(*rows) -> Table:
    return Table("list", "Deficiencies", COLUMNS, lambda: iter(rows), Look.LIST, lambda of: f"{len(of)} open")


def test_rows_are_gathered_under_what_they_share_with_what_they_come_to():
    groups = list(Groups(table(*ROWS)))
    assert [(group.heading.words, group.sum, len(group.rows)) for group in groups] == [
        ("Alder, M.", "2 open", 2),
        ("nobody known", "1 open", 1),
    ]


def test_a_row_has_its_cells_and_below_it_what_is_said_of_it():
    first, second = next(iter(Groups(table(*ROWS)))).rows
    assert [(cell.words, cell.end, cell.address) for cell in first.cells] == [
        ("00482217", False, "/records/1/"),
        ("61", True, ""),
    ]
    assert first.below == [("Why", "Due long ago.")]
    assert second.below == []


def test_headings_are_those_of_the_cells_alone():
    assert [(heading.label, heading.end) for heading in headings(table())] == [("MRN", False), ("Days", True)]


@pytest.mark.parametrize(
    ("most", "shown", "is_cut"),
    [(None, [2, 1], False), (3, [2, 1], False), (2, [2], True), (1, [1], True)],
)
def test_a_group_that_does_not_fit_is_left_out_whole_unless_nothing_would_be_left(most, shown, is_cut):
    groups = Groups(table(*ROWS), most)
    assert [len(group.rows) for group in groups] == shown
    assert (groups.rows, groups.is_cut) == (sum(shown), is_cut)


def test_a_group_that_is_not_whole_claims_no_sum():
    (group,) = Groups(table(*ROWS), 1)
    assert group.sum == ""


def test_two_people_of_one_name_are_two_groups():
    rows = [("1", "", Linked("Smith, J.", f"/?owed_by={number}"), 1, "") for number in (1, 2)]
    assert len(list(Groups(table(*rows)))) == 2


def test_what_identifies_a_patient_is_masked_and_nothing_else():
    row = next(iter(Groups(masked(table(*ROWS))))).rows[0]
    assert [cell.words for cell in row.cells] == ["••••217", "61"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (0, "0"),
        (1_284, "1,284"),
        (date(2026, 11, 3), "3\u00a0Nov\u00a02026"),
        (time(7, 5), "07:05"),
        (datetime(2026, 11, 3, 7, 5, tzinfo=UTC), "3\u00a0Nov\u00a02026\u00a007:05"),
        ("two\nlines", "two lines"),
        ("turned \u202eround\u202c", "turned round"),
        ("x" * 30, "x" * 24 + "\u200b" + "x" * 6),
    ],
)
def test_every_value_has_its_words(value, words):
    assert in_words(value) == words
