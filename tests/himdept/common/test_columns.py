import pytest

from himdept.common import columns
from himdept.common.columns import Column, Showing, Under
from himdept.common.errors import Unreadable
from himdept.common.masking import initials, last_digits

COLUMNS = (
    Column(
        "name", "Name", lambda row, showing: showing.number(row["number"]), under=(Under("Born", lambda r, s: 1961),)
    ),
    Column("late", "Late", lambda row, showing: row["late"], in_sheet="Days late"),
    Column("ward", "Ward", lambda row, showing: "7 East", at_first=False),
)


def keys(asked: str) -> list[str]:
    return [column.key for column in columns.chosen(COLUMNS, asked)]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", ["name", "late"]),
        ("ward,late", ["name", "late", "ward"]),  # the first is always there, the order is the list's
        ("name", ["name"]),
        (",,late,", ["name", "late"]),
    ],
)
def test_the_columns_asked_for_are_shown_in_the_order_of_the_list(asked, shown):
    assert keys(asked) == shown


def test_an_unknown_column_is_refused_by_name():
    with pytest.raises(Unreadable, match="no column bed") as refused:
        keys("name,bed")
    assert refused.value.field == "columns"


def test_what_everybody_sees_stands_in_no_address():
    assert columns.in_address(COLUMNS, ["late"]) == ""
    assert columns.in_address(COLUMNS, ["ward"]) == "name,ward"


def test_a_sheet_holds_the_columns_shown_and_what_stands_under_them():
    shown, rows = columns.chosen(COLUMNS, "late"), [{"number": "00482217", "late": 3}]
    assert [str(heading.label) for heading in columns.headings(shown)] == ["Name", "Born", "Days late"]
    assert list(columns.cells(shown, rows, Showing())) == [("00482217", 1961, 3)]
    assert list(columns.cells(shown, rows, Showing(masked=True))) == [("••••217", 1961, 3)]


@pytest.mark.parametrize(
    ("family", "given", "shown"),
    [("Lindqvist", "Amara", "L., A."), (" o'Brien", "", "O."), ("", "", "—"), ("Łukasz", "ß", "Ł., SS.")],
)
def test_a_masked_name_is_its_initials(family, given, shown):
    assert initials(family, given) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("00482217", "••••217"), ("123456", "••••"), ("7", "••••"), ("", ""), (None, "")]
)
def test_a_masked_number_is_its_last_digits_unless_they_were_most_of_it(number, shown):
    assert last_digits(number) == shown
