"""What taking over a sheet would come to, cell by cell: a pure function of its rows and of how the cycle stands now.

A cell counts as filled in where it says otherwise than when the sheet was taken out (`seen`, the mark of then). Where
the program says otherwise than then too, and not the same, that is a conflict: it is shown, and nothing overwritten.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from compliance.cycles import marking
from compliance.cycles.marking import Said
from compliance.cycles.models import Mark
from compliance.cycles.offline.cells import FILLED_IN, LONGEST, code_of, said_by, told
from compliance.cycles.standing import Row
from himdept.common.errors import DomainError
from staff.models import User

DIGITS = 18  # of a number
SHOWN = 100  # rows of each kind, on a page and afterwards


class Verdict(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True)
class Known:
    """What a sheet is held against: the rows of the cycle by framework and code, the marks that it says it has seen,
    the parts (their numbers) that the reader may score now, and the reader."""

    rows: dict[tuple[str, str], Row]
    marks: dict[int, Mark]
    open_parts: frozenset[int]
    by: User


@dataclass(frozen=True)
class Clash:
    """A cell that was changed in the sheet and meanwhile here: what it was, what the sheet says, what it is now."""

    column: str
    was: str
    here: str
    now: str


@dataclass
class Line:
    """A row of the sheet and what would come of it; `why` it is refused, and by which column."""

    line: int
    cells: dict[str, str]
    verdict: Verdict = Verdict.UNCHANGED
    column: str = ""
    why: str = ""
    row: Row | None = None
    said: Said | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)  # column, now, then
    clashes: list[Clash] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    lines: list[Line]

    def of(self, verdict: Verdict) -> list[Line]:
        return [line for line in self.lines if line.verdict == verdict]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(line.verdict.value for line in self.lines)
        return {verdict.value: counted[verdict.value] for verdict in Verdict}

    @property
    def left_out(self) -> dict[str, list[dict]]:
        """What is not taken over, in words: as people are shown it, and as it is kept."""
        return {
            "conflict": [
                _in_conflict(line, clash) for line in self.of(Verdict.CONFLICT)[:SHOWN] for clash in line.clashes
            ],
            "refused": [_refused(line) for line in self.of(Verdict.REFUSED)[:SHOWN]],
        }

    @property
    def digest(self) -> str:
        """Of all that is agreed to when the sheet is taken over."""
        agreed = [
            [one.line, one.verdict, one.why, one.changes, one.row.after if one.row else 0, len(one.clashes)]
            for one in self.lines
        ]
        return hashlib.sha256(json.dumps(agreed, sort_keys=True).encode()).hexdigest()


def _in_conflict(line: Line, clash: Clash) -> dict:
    row = line.row
    return asdict(clash) | {
        "line": line.line,
        "part": row.part.pk,
        "number": row.element.pk,
        "element": str(row.element),
        "by": str(row.individual.by) if row.individual else "",
    }


def _refused(line: Line) -> dict:
    element = line.cells.get("element", "")
    return {"line": line.line, "element": element, "column": line.column, "why": str(line.why)}


class _RefusedError(Exception):
    """A row cannot be: `args` are the column and why."""


def plan(rows: Iterable[tuple[int, dict[str, str]]], known: Known) -> Plan:
    """What would come of each row. Of two about the same element the first is taken."""
    made, seen = [], set()
    for number, cells in rows:
        line = Line(number, cells)
        made.append(line)
        try:
            _find(line, known, seen)
            _compare(line, known)
        except _RefusedError as refusal:
            line.verdict, (line.column, line.why) = Verdict.REFUSED, refusal.args
    return Plan(made)


def _find(line: Line, known: Known, seen: set):
    key = line.cells.get("framework", ""), line.cells.get("element", "")
    if key in seen:
        raise _RefusedError("element", _("The same element stands higher up in the file."))
    line.row = known.rows.get(key)
    if line.row is None:
        raise _RefusedError("element", _("This cycle has no such element."))
    seen.add(key)


def _compare(line: Line, known: Known):
    row = line.row
    was, now = (said_by(mark, is_measured=row.is_measured) for mark in (_mark_seen(line, known), row.individual))
    merged = dict(now)
    for name in FILLED_IN:
        here = code_of(name, line.cells.get(name, ""))
        if here is None:
            raise _RefusedError(name, _("That word is not known here: %(words)s.") % {"words": line.cells[name][:40]})
        if len(here) > LONGEST:
            raise _RefusedError(name, _("It is longer than %(n)d characters.") % {"n": LONGEST})
        if here == was[name]:
            continue
        if now[name] not in (was[name], here):
            line.clashes.append(Clash(name, *(told(name, words) for words in (was[name], here, now[name]))))
        merged[name] = here
    if line.clashes:
        line.verdict = Verdict.CONFLICT
    elif merged != now:
        _see_that_it_can_be(line, merged, now, known)


def _mark_seen(line: Line, known: Known) -> Mark | None:
    """The mark that was there when the sheet was taken out."""
    seen = line.cells.get("seen", "")
    if seen == "0":
        return None
    mark = known.marks.get(int(seen)) if seen.isascii() and seen.isdecimal() and len(seen) <= DIGITS else None
    if mark is None or (mark.part_id, mark.element_id) != (line.row.part.pk, line.row.element.pk):
        raise _RefusedError("seen", _("This is not as it was taken out. Take the sheet out again."))
    return mark


def _see_that_it_can_be(line: Line, merged: dict[str, str], now: dict[str, str], known: Known):
    row = line.row
    if row.part.pk not in known.open_parts:
        raise _RefusedError("element", _("Its part is not yours to score now."))
    line.changes = [
        (name, told(name, now[name]), told(name, merged[name])) for name in FILLED_IN if merged[name] != now[name]
    ]
    if merged["because"] == now["because"] and row.individual:
        merged = merged | {"because": row.individual.because}  # with its own lines, as it was written
    line.said = Said(**merged)
    try:
        marking.individual(row, line.said, by=known.by)
    except DomainError as refusal:
        raise _RefusedError(refusal.field, refusal.message) from refusal
    line.verdict = Verdict.CHANGED
