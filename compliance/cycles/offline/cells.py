"""What a sheet of a survey cycle looks like: how what was scored becomes cells, and cells become words."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from compliance.cycles.marking import AS_MEASURED, Said
from compliance.cycles.models import NOT_ASSESSED, Likelihood, Mark, Scope
from compliance.cycles.standing import PartStanding, Row
from compliance.scoring.models import Result
from himdept.common import laid, sheets
from himdept.common.laid import Read, Shape

# The headings stay as they are in every language: by them a file is known again.
FILLED_IN = ("result", "likelihood", "scope", "because")
COLUMNS = ("framework", "part", "element", "asks", "measured", *FILLED_IN, "seen", "cycle")
NEEDED = ("framework", "element", *FILLED_IN, "seen")
WIDTHS = {"framework": 16, "part": 16, "element": 14, "asks": 60, "measured": 14, "result": 16, "because": 60}
LONGEST = 2000  # characters of a cell
SHAPE = Shape(COLUMNS, NEEDED, key="element", empty=_("There is no element in the file."), longest=LONGEST)
RESULTS = {**dict(Result.choices), NOT_ASSESSED: _("not assessed"), AS_MEASURED: _("as measured")}
WORDS = {"result": RESULTS, "likelihood": dict(Likelihood.choices), "scope": dict(Scope.choices)}


def read(file: BinaryIO) -> Read:
    """Read a sheet. Raises Unreadable, in words, for what is neither CSV in UTF-8 nor XLSX, or none of ours."""
    return laid.read(file, SHAPE)


def said_by(mark: Mark | None, *, is_measured: bool) -> dict[str, str]:
    """What a mark says, in the codes of the program; the reason as it comes back from a sheet: on one line, without
    what could begin a formula."""
    said = asdict(Said.by(mark, is_measured=is_measured))
    return said | {"because": laid.cell_of(said["because"], LONGEST)}


def told(name: str, value: str) -> str:
    """A code in words, for a sheet and for people."""
    return str(WORDS[name].get(value, value)) if name in WORDS else value


def code_of(name: str, words: str) -> str | None:
    """The code that somebody wrote, in the words of a sheet or itself; None where it is neither."""
    if name not in WORDS or not words:
        return words
    wanted = words.strip().lower()
    return next((code for code, word in WORDS[name].items() if wanted in (code, str(word).lower())), None)


def table(parts: list[PartStanding]) -> sheets.Table:
    """The sheet of these parts."""
    columns = [
        sheets.Column(name.title(), WIDTHS.get(name, 12), choices=tuple(map(str, WORDS.get(name, {}).values())))
        for name in COLUMNS
    ]
    return sheets.Table("elements", "Elements", columns, lambda: _rows(parts))


def _rows(parts: list[PartStanding]) -> Iterator[tuple]:
    for stands in parts:
        for row in stands.rows:
            said = said_by(row.individual, is_measured=row.is_measured)
            yield (
                row.element.edition.framework.code,
                stands.part.chapter.code,
                row.element.code,
                row.element.asks,
                measured(row),
                *(told(name, said[name]) for name in FILLED_IN),
                str(row.individual.pk if row.individual else 0),
                str(stands.part.cycle_id),
            )


def measured(row: Row) -> str:
    reading = row.score.reading
    return f"{reading.numerator} / {reading.denominator}" if reading else ""
