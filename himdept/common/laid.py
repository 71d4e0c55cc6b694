"""A file of rows that somebody lays before the program: read line by line, looked at, loaded or forgotten."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

import openpyxl
from django.utils.translation import gettext as _

from himdept.common.errors import Unreadable
from himdept.common.sheets import AROUND, FORMULA, printable

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_CELLS = 50  # of a line
HEADINGS_WITHIN = 20  # lines from the top: a workbook says above its rows what it is


@dataclass(frozen=True)
class Shape:
    """What a file is to look like: its columns, those of them that it must have, `key`, by which the line of the
    headings is known, and what is said of a file without rows; `longest` are the characters of a cell."""

    columns: tuple[str, ...]
    needed: tuple[str, ...]
    key: str
    empty: str
    most_rows: int = 20_000
    longest: int = 200


@dataclass(frozen=True)
class Read:
    """What a file says: of each row its line and its cells by column, and the headings that mean nothing here."""

    rows: list[tuple[int, dict[str, str]]]
    unread: list[str]


def read(file: BinaryIO, shape: Shape) -> Read:
    """Read a file. Raises Unreadable, in words, for what is neither CSV in UTF-8 nor XLSX, or too long."""
    start = file.read(MOST_BYTES + 1)
    if len(start) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 10 MB."), field="file")
    found = _workbook(start) if start.startswith(b"PK") else _text(start)
    lines = enumerate(([cell_of(cell, shape.longest) for cell in cells] for cells in found), start=1)
    headings = _headings(lines, shape)
    missing = [name for name in shape.needed if name not in headings]
    if missing:
        raise Unreadable(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)}, field="file")
    rows = []
    for line, cells in lines:
        said = {name: cell for name, cell in zip(headings, cells, strict=False) if name in shape.columns and cell}
        if not said:
            continue
        if len(rows) == shape.most_rows:
            raise Unreadable(
                _("The file has more than %(n)d rows. Load it in parts.") % {"n": shape.most_rows}, field="file"
            )
        rows.append((line, said))
    if not rows:
        raise Unreadable(str(shape.empty), field="file")
    return Read(rows, [name for name in headings if name and name not in shape.columns])


def _headings(lines, shape: Shape) -> list[str]:
    for line, cells in lines:
        names = [cell.strip().lower().replace(" ", "_") for cell in cells]
        if shape.key in names:
            if twice := sorted({name for name in names if name in shape.columns and names.count(name) > 1}):
                raise Unreadable(
                    _("These columns stand there twice: %(names)s.") % {"names": ", ".join(twice)}, field="file"
                )
            return names
        if line >= HEADINGS_WITHIN:
            break
    raise Unreadable(
        _("No line with the headings was found. They are: %(names)s.") % {"names": ", ".join(shape.columns)},
        field="file",
    )


def _text(start: bytes) -> Iterator[list[str]]:
    try:
        words = start.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Unreadable(_("The file is neither XLSX nor text in UTF-8."), field="file") from problem
    first = words.partition("\n")[0]
    try:
        yield from csv.reader(io.StringIO(words), delimiter=max(",;\t", key=first.count), strict=True)
    except csv.Error as problem:
        raise Unreadable(_("The file is no CSV: %(problem)s.") % {"problem": problem}, field="file") from problem


def _workbook(start: bytes) -> Iterator[list]:
    """The first sheet. What unpacks to more than any list is refused before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(start)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Unreadable(_("The workbook is too large."), field="file")
        book = openpyxl.load_workbook(io.BytesIO(start), read_only=True, data_only=True)
        for cells in book.worksheets[0].iter_rows(values_only=True):
            yield list(cells[:MOST_CELLS])
    except Unreadable:
        raise
    except Exception as problem:  # whatever the library stumbles over in a file that somebody made
        raise Unreadable(_("The workbook cannot be read."), field="file") from problem


def cell_of(value, longest: int) -> str:
    """A cell in words: days as 2026-11-23, a number without a needless fraction; the apostrophe that our own export
    puts before what could be a formula is taken off again. One character more than the longest is kept, to be seen."""
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    words = printable(str(value))
    if words.startswith("'") and words[1:].lstrip(AROUND).startswith(FORMULA):
        words = words[1:]
    return words[: longest + 1]
