"""Tables: what stands in one, and how it becomes CSV that no spreadsheet takes for a formula, or an XLSX workbook.

Both are written row by row, so memory does not grow with the table. Dates and times are local to whatever the row is
about, as the column says.
"""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import Enum
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from himdept.common.masking import last_digits

Plain = str | int | date | time | datetime | None


@dataclass(frozen=True)
class Linked:
    """A cell that leads, on a page of the program, to the list behind it; anywhere else it is the cell alone."""

    cell: Plain
    address: str


Cell = Plain | Linked

FORMULA = tuple("=+-@＝＋－＠")  # their wide forms too: a spreadsheet in Japanese reads them alike
AROUND = " \"'`\u00a0\u200b\u200c\u200d\u2060\ufeff"  # what may stand before a formula without hiding it
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
MOST_ROWS = 1_048_576  # of a sheet; a longer table goes on in a further one
MOST_CHARACTERS = 32_767  # of a cell
LETTER = 1  # 8.5 by 11 inches


class Place(Enum):
    """Where a column stands when people read the table: in its rows, above those that share it, below each, nowhere."""

    CELL = "cell"
    GROUP = "group"
    BELOW = "below"
    SHEETS_ONLY = "sheets only"


class Look(Enum):
    """How people are shown a table: as a few big numbers, as a table (two small ones side by side), or as a list."""

    FIGURES = "figures"
    SMALL = "small"
    TALLY = "tally"
    LIST = "list"


@dataclass(frozen=True)
class Column:
    """A heading and, for paper and workbooks, the width in characters; spreadsheets have every column in its order.

    `otherwise` is what people read where there is nothing; `identifies` says that it tells one patient from another.
    `choices` are offered in a workbook whose cells are filled in, and nothing else is taken there.
    """

    label: str
    width: int = 12
    place: Place = Place.CELL
    is_number: bool = False
    otherwise: str = ""
    identifies: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A named table; `rows` is called once for each time that it is written.

    `subtotal` says in words what the rows of one group come to.
    """

    name: str
    title: str
    columns: list[Column]
    rows: Callable[[], Iterator[tuple[Cell, ...]]]
    look: Look = Look.TALLY
    subtotal: Callable[[list[tuple[Cell, ...]]], str] | None = None


def masked(table: Table) -> Table:
    """The same with what identifies a patient cut to its last digits: masked numbers stand in no file either."""
    hidden = [number for number, column in enumerate(table.columns) if column.identifies]

    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in table.rows():
            yield tuple(masked_cell(cell) if number in hidden else cell for number, cell in enumerate(row))

    return replace(table, rows=rows) if hidden else table


def masked_cell(cell: Cell) -> Cell:
    digits = last_digits(str(plain(cell) or ""))
    return replace(cell, cell=digits) if isinstance(cell, Linked) else digits


def plain(cell: Cell) -> Plain:
    return cell.cell if isinstance(cell, Linked) else cell


def write_csv(table: Table, out: BinaryIO):
    """RFC 4180 in UTF-8: one heading, then the rows; days as 2026-11-23, times as 16:05, moments with their offset."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    try:
        lines = csv.writer(text)
        lines.writerow([harmless(str(column.label)) for column in table.columns])
        for row in table.rows():
            lines.writerow([in_text(cell) for cell in row])
    finally:
        text.detach()  # flushes, and leaves the file open for whoever opened it


def in_text(cell: Cell) -> str | int | None:
    cell = plain(cell)
    match cell:
        case str():
            return harmless(cell)
        case datetime() | time():
            return cell.isoformat(timespec="minutes")
        case date():
            return cell.isoformat()
    return cell


def harmless(words: str) -> str:
    """A text that a spreadsheet shows and never runs: what could begin a formula gets an apostrophe before it.

    Line ends and other unprintable characters become blanks, so a cell cannot begin with one either (OWASP, CSV
    injection).
    """
    words = printable(words)
    return f"'{words}" if words.lstrip(AROUND).startswith(FORMULA) else words


def printable(words: str) -> str:
    return UNPRINTABLE.sub(" ", words).strip()


def write_xlsx(
    title: str, facts: list[tuple[str, str]], tables: list[Table], out: BinaryIO, most_rows: int = MOST_ROWS
):
    """A workbook: the facts and the first table on the first sheet, every other table on its own.

    Every text is written as text, so nothing in it can become a formula or a link. Headings stay in sight and repeat on
    paper; every table can be filtered.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The rows that wait to be zipped lie in that folder, and go with it whatever happens.
        book = xlsxwriter.Workbook(
            out, {"constant_memory": True, "tmpdir": folder, "default_date_format": "yyyy-mm-dd"}
        )
        book.set_properties({"title": title})
        writer = Writer(book, title, most_rows)
        try:
            for number, table in enumerate(tables):
                writer.write(table, above=[] if number else [(title, ""), *facts])
        finally:
            try:
                book.close()
            except FileCreateError as problem:
                raise problem.args[0] from problem  # the OSError that it is: a full disk is said as such


class Writer:
    """The sheets of one workbook and the look that they share."""

    def __init__(self, book: xlsxwriter.Workbook, title: str, most_rows: int):
        self.book, self.title, self.most_rows = book, title, most_rows
        plain = {"valign": "top"}
        self.heading = book.add_format(plain | {"bold": True, "bottom": 1, "bg_color": "#EEF1F5"})
        self.label = book.add_format(plain | {"bold": True})
        self.text = book.add_format(plain | {"text_wrap": True})
        self.number = book.add_format(plain | {"num_format": "#,##0"})
        self.day = book.add_format(plain | {"num_format": "yyyy-mm-dd"})
        self.time = book.add_format(plain | {"num_format": "hh:mm"})
        self.moment = book.add_format(plain | {"num_format": "yyyy-mm-dd hh:mm"})

    def write(self, table: Table, *, above: list[tuple[str, str]]):
        sheet, heading = self.begin(table, above)
        row = heading
        for cells in table.rows():
            if row + 1 == self.most_rows:
                self.end(sheet, table, heading, row)
                sheet, heading = self.begin(table, [])
                row = heading
            row += 1
            for column, cell in enumerate(cells):
                self.put(sheet, row, column, cell)
        self.end(sheet, table, heading, row)

    def begin(self, table: Table, above: list[tuple[str, str]]):
        sheet = self.book.add_worksheet(self.free_name(table.title))
        sheet.set_landscape()
        sheet.set_paper(LETTER)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self.title.replace('&', '&&')}&R&P / &N")
        for column, of in enumerate(table.columns):
            sheet.set_column(column, column, of.width)
        for row, (label, value) in enumerate(above):
            sheet.write_string(row, 0, printable(label), self.label)
            sheet.write_string(row, 1, printable(value))
        heading = len(above) + 1 if above else 0
        for column, of in enumerate(table.columns):
            sheet.write_string(heading, column, printable(str(of.label)), self.heading)
        sheet.freeze_panes(heading + 1, 0)
        sheet.repeat_rows(heading)
        return sheet, heading

    def end(self, sheet, table: Table, heading: int, last: int):
        sheet.autofilter(heading, 0, last, len(table.columns) - 1)
        for column, of in enumerate(table.columns):
            if of.choices and last > heading:
                offered = {"validate": "list", "source": list(of.choices)}
                sheet.data_validation(heading + 1, column, last, column, offered)

    def put(self, sheet, row: int, column: int, cell: Cell):
        cell = plain(cell)
        match cell:
            case None | "":
                pass
            case str():
                sheet.write_string(row, column, printable(cell)[:MOST_CHARACTERS], self.text)
            case int():
                sheet.write_number(row, column, cell, self.number)
            case datetime():
                sheet.write_datetime(row, column, cell.replace(tzinfo=None), self.moment)
            case date():
                sheet.write_datetime(row, column, cell, self.day)
            case time():
                sheet.write_datetime(row, column, cell, self.time)

    def free_name(self, title: str) -> str:
        """A sheet's name: at most 31 characters, none of []:*?/\\, not at its ends an apostrophe, not used before."""
        plain = re.sub(r"[\[\]:*?/\\]", " ", printable(title)).strip("' ") or "Sheet"
        used = {sheet.get_name().lower() for sheet in self.book.worksheets()}
        name, number = plain[:31], 1
        while name.lower() in used:
            number += 1
            name = f"{plain[: 30 - len(str(number))]} {number}"
        return name
