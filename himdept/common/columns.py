"""The columns of a list: the same definition draws the screen, the print and the sheet, so that what is shown is what
goes out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import sheets
from himdept.common.errors import Unreadable
from himdept.common.masking import initials, last_digits
from himdept.common.sheets import Cell


@dataclass(frozen=True)
class Showing:
    """How rows are told: as of which moment, and whether patients' names and numbers are masked."""

    now: datetime = field(default_factory=timezone.now)
    masked: bool = False

    def name(self, patient) -> str:
        """A patient's name, or its initials."""
        return initials(patient.family_name, patient.given_name) if self.masked else patient.name

    def number(self, value: str | None) -> str:
        """A patient's or a visit's number, or its last digits."""
        return last_digits(value) if self.masked else value or ""


Value = Callable[[object, Showing], Cell]


@dataclass(frozen=True)
class Under:
    """What stands in small under a cell of the screen; in a sheet it is a column of its own."""

    label: str
    value: Value
    width: int = 14


@dataclass(frozen=True)
class Column:
    """One column of a list.

    `key` names it in the address. `value` is what a sheet holds, with days and times local to what the row is about.
    On the screen it is printed as people write it (a day, a whole number with its thousands apart; `otherwise` where
    there is none), leads to the address that `opens` says of the row (`beside` the list, where there is room), and
    `under` stands below it; or `cell` is the template that draws all that with `row` and `now`. `sort` is the order
    that its heading asks for; `counts_down`: what is read in it falls where that order rises, as days since a moment
    do. `at_first` says whether it is shown to those who chose nothing; `in_sheet` is its heading in a sheet, where that
    one must say more ("Days past due"), `on_card` where it must say less, on a telephone. `dressed` adds to the rows
    what it alone reads.
    """

    key: str
    label: str
    value: Value
    cell: str = ""
    opens: Callable[[object], str] | None = None
    beside: bool = False
    otherwise: str = ""
    under: tuple[Under, ...] = ()
    sort: str = ""
    counts_down: bool = False
    in_sheet: str = ""
    on_card: str = ""
    width: int = 14
    end: bool = False
    quiet: bool = False
    nowrap: bool = False
    at_first: bool = True
    dressed: Callable[[QuerySet], QuerySet] = QuerySet.all

    @property
    def classes(self) -> str:
        marks = {"end": self.end, "muted": self.quiet, "nowrap": self.nowrap}
        return " ".join(name for name, holds in marks.items() if holds)


def chosen(columns: Sequence[Column], asked: str = "") -> tuple[Column, ...]:
    """The columns that were asked for ("patient,what,due"), in the order of the list; the first is always among them.

    Raises Unreadable naming a column that the list does not have.
    """
    keys = {key for key in asked.split(",") if key}
    if unknown := sorted(keys - {column.key for column in columns}):
        raise Unreadable(
            _("This list has no column %(name)s. It has: %(names)s.")
            % {"name": unknown[0][:40], "names": ", ".join(column.key for column in columns)},
            field="columns",
        )
    if not keys:
        return tuple(column for column in columns if column.at_first)
    return tuple(column for i, column in enumerate(columns) if i == 0 or column.key in keys)


def in_address(columns: Sequence[Column], keys: Iterable[str]) -> str:
    """How a choice of columns is written in an address: not at all when it is what everybody sees at first."""
    wanted = set(keys) | {columns[0].key}
    if wanted == {column.key for column in columns if column.at_first} | {columns[0].key}:
        return ""
    return ",".join(column.key for column in columns if column.key in wanted)


def headings(columns: Iterable[Column]) -> list[sheets.Column]:
    """The headings of a sheet with these columns: each, and what stands under it."""
    found = []
    for column in columns:
        found.append(sheets.Column(str(column.in_sheet or column.label), column.width))
        found += [sheets.Column(str(part.label), part.width) for part in column.under]
    return found


def cells(columns: Iterable[Column], rows: Iterable, showing: Showing) -> Iterator[tuple[Cell, ...]]:
    """The rows of a sheet with these columns, as they are read."""
    values = [part.value for column in columns for part in (column, *column.under)]
    for row in rows:
        yield tuple(value(row, showing) for value in values)
