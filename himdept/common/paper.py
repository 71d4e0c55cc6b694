"""Tables as people read them, on a page or on paper: rows gathered in groups, what they come to, words below each.

What is made here is text and nothing else: it is handed to a template (HTML) or to the typesetter (PDF) as data, so
nothing that somebody once typed can become markup.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby, islice

from himdept.common import spoken
from himdept.common.sheets import Cell, Linked, Place, Plain, Table, plain, printable

LONGEST_WORD = 24  # a longer one may be broken anywhere: it would run into the next column
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # would turn the rest of a line around


@dataclass(frozen=True)
class Shown:
    """A cell in words; `end` says that it is a number and stands at the end of its column."""

    words: str
    end: bool = False
    address: str = ""


@dataclass(frozen=True)
class Heading:
    label: str
    width: int
    end: bool


@dataclass(frozen=True)
class Row:
    """The cells of a row, and what is said below it: pairs of a label and words."""

    cells: list[Shown]
    below: list[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    """Rows that share their heading. `heading` is empty where a table has no groups."""

    heading: Shown
    sum: str
    rows: list[Row]
    columns: int

    @property
    def below_columns(self) -> int:
        """How many columns the words below a row stand under: all but the first, which names the row."""
        return self.columns - 1


@dataclass
class Groups:
    """The groups of a table, at most so many rows of it; a group that does not fit is left out whole.

    After they were read, `rows` says how many were shown and `is_cut` whether there were more. Memory holds one group.
    """

    table: Table
    most: int | None = None
    rows: int = field(default=0, init=False)
    is_cut: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[Group]:
        places = [column.place for column in self.table.columns]
        by = places.index(Place.GROUP) if Place.GROUP in places else None
        labels = [str(column.label) for column in self.table.columns]
        cells = [number for number, place in enumerate(places) if place == Place.CELL]
        below = [number for number, place in enumerate(places) if place == Place.BELOW]
        for key, members in groupby(self.table.rows(), key=lambda row: row[by] if by is not None else None):
            room = None if self.most is None else self.most - self.rows
            rows = list(islice(members, None if room is None else room + 1))
            whole = room is None or len(rows) <= room
            if not whole:
                self.is_cut = True
                rows = rows[:room] if not self.rows else []
            if rows:
                self.rows += len(rows)
                yield Group(
                    shown(key, str(self.table.columns[by].otherwise)) if by is not None else Shown(""),
                    self.table.subtotal(rows) if self.table.subtotal and whole else "",
                    [
                        Row(
                            [shown(row[number]) for number in cells],
                            [(labels[number], words) for number in below if (words := in_words(plain(row[number])))],
                        )
                        for row in rows
                    ],
                    len(cells),
                )
            if not whole:
                return


def headings(table: Table) -> list[Heading]:
    """The columns that rows are shown in; which of them hold numbers is for the rows to say."""
    return [
        Heading(str(column.label), column.width, column.is_number)
        for column in table.columns
        if column.place == Place.CELL
    ]


def shown(cell: Cell, otherwise: str = "") -> Shown:
    value = plain(cell)
    return Shown(in_words(value) or otherwise, isinstance(value, int), cell.address if isinstance(cell, Linked) else "")


def in_words(value: Plain) -> str:
    match value:
        case None:
            return ""
        case str():
            return soft(DIRECTIONS.sub("", printable(value)))
        case datetime():
            return unbroken(f"{spoken.date_of(value)} {value:%H:%M}")
        case date():
            return unbroken(spoken.date_of(value))
        case time():
            return f"{value:%H:%M}"
    return f"{value:,}"


def unbroken(words: str) -> str:
    """Kept on one line."""
    return words.replace(" ", "\u00a0")


def soft(words: str) -> str:
    """With places at which a very long word may be broken."""
    return " ".join(
        "\u200b".join(word[i : i + LONGEST_WORD] for i in range(0, len(word), LONGEST_WORD))
        if len(word) > LONGEST_WORD
        else word
        for word in words.split(" ")
    )
