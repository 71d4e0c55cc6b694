import csv
import io
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from himdept.common import sheets
from himdept.common.sheets import Column, Table

COLUMNS = [Column("Name", 20), Column("Number"), Column("Day"), Column("Time"), Column("Moment"), Column("None")]
MOMENT = datetime(2026, 11, 23, 10, 12, tzinfo=UTC).astimezone(ZoneInfo("America/New_York"))
ROWS = [("Vance, T.", 86, date(2026, 11, 11), time(16, 5), MOMENT, None)]


def table(*rows, columns=COLUMNS, title="Deficiencies", name="list") -> Table:
    return Table(name, title, columns, lambda: iter(rows))


def as_csv(*rows, columns=COLUMNS) -> list[list[str]]:
    out = io.BytesIO()
    sheets.write_csv(table(*rows, columns=columns), out)
    return list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))


def as_workbook(*tables, facts=(), **options):
    out = io.BytesIO()
    sheets.write_xlsx("Deficiency report", list(facts), list(tables), out, **options)
    out.seek(0)
    return load_workbook(out)


def test_a_csv_has_its_headings_and_values_that_a_program_can_read():
    assert as_csv(*ROWS) == [
        ["Name", "Number", "Day", "Time", "Moment", "None"],
        ["Vance, T.", "86", "2026-11-11", "16:05", "2026-11-23T05:12-05:00", ""],
    ]


def test_the_file_stays_open_for_whoever_opened_it():
    out = io.BytesIO()
    sheets.write_csv(table(), out)
    assert not out.closed


@pytest.mark.parametrize(
    "words",
    [
        '=HYPERLINK("http://evil.example","click")',
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        '"=1',
        "'=1",
        " \"' =1",
        "\ufeff=1",
        "\u200b=1",
        "\u00a0@x",
        "\x00=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "-",
    ],
)
def test_no_text_can_become_a_formula(words):
    (cell,) = as_csv((words,), columns=COLUMNS[:1])[1]
    assert cell.startswith("'")


@given(words=st.text(alphabet=st.sampled_from("=+-@＝ \t\r\n\x00'\"`a1\u00a0\ufeff\u2028"), min_size=1, max_size=8))
def test_whatever_the_text_no_cell_begins_like_a_formula(words):
    cell = sheets.harmless(words)
    assert not cell.lstrip(' "`\t\r\n\u00a0\ufeff').startswith(tuple("=+-@＝"))
    assert not set(cell) & set("\t\r\n\x00\u2028")


@pytest.mark.parametrize("words", ["Vance, T.", "a=b", "O'Brien", "'t Hooft", "42 CFR 482.24(c)(1)", "5-7", ""])
def test_an_ordinary_text_stays_as_it_is(words):
    assert sheets.harmless(words) == words


def test_a_negative_number_is_a_number():
    assert as_csv((-3,), columns=COLUMNS[:1])[1] == ["-3"]


def test_a_heading_is_guarded_too():
    assert as_csv(columns=[Column("=1")]) == [["'=1"]]


def test_a_workbook_has_typed_cells_in_local_time():
    sheet = as_workbook(table(*ROWS))["Deficiencies"]
    cells = [cell.value for cell in sheet[4]]
    assert cells == ["Vance, T.", 86, datetime(2026, 11, 11), time(16, 5), datetime(2026, 11, 23, 5, 12), None]  # noqa: DTZ001
    assert [cell.number_format for cell in sheet[4]][2:5] == ["yyyy-mm-dd", "hh:mm", "yyyy-mm-dd hh:mm"]


def test_every_text_in_a_workbook_is_text():
    sheet = as_workbook(table(("=1+1", 1), ("http://evil.example", 2), ("007", 3)))["Deficiencies"]
    cells = [sheet.cell(row, 1) for row in (4, 5, 6)]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        ("=1+1", "s", None),
        ("http://evil.example", "s", None),
        ("007", "s", None),
    ]


def test_the_facts_stand_above_the_first_table_and_its_headings_stay_in_sight():
    book = as_workbook(table(name="a", title="Summary"), table(*ROWS), facts=[("Facility", "Main (MAIN)")])
    first, second = book["Summary"], book["Deficiencies"]
    assert [first["A1"].value, first["A2"].value, first["B2"].value] == ["Deficiency report", "Facility", "Main (MAIN)"]
    assert [cell.value for cell in first[4]][:2] == ["Name", "Number"]
    assert (first.freeze_panes, second.freeze_panes) == ("A5", "A2")
    assert (second.auto_filter.ref, second.print_title_rows) == ("A1:F2", "$1:$1")
    assert second.column_dimensions["A"].width > second.column_dimensions["B"].width


def test_a_table_longer_than_a_sheet_goes_on_in_the_next_one():
    rows = [(f"row {number}",) for number in range(5)]
    book = as_workbook(table(name="a", title="Summary"), table(*rows, columns=COLUMNS[:1]), most_rows=3)
    assert book.sheetnames == ["Summary", "Deficiencies", "Deficiencies 2", "Deficiencies 3"]
    found = [row[0] for name in book.sheetnames[1:] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert found == [row[0] for row in rows]


def test_a_sheet_can_have_any_title():
    titles = ["a/b [c]: *?\\", "x" * 40, "X" * 40, "'", ""]
    names = as_workbook(*(table(title=title, name=title) for title in titles)).sheetnames
    assert names == ["a b  c", "x" * 31, f"{'X' * 29} 2", "Sheet", "Sheet 2"]


def test_a_text_too_long_for_a_cell_is_cut_and_not_lost():
    sheet = as_workbook(table(("x" * 40_000,), columns=COLUMNS[:1]))["Deficiencies"]
    assert len(sheet["A4"].value) == 32_767
