"""Reports: what each is called, who may have it, in which formats, and what stands in it.

Each app adds its own reports when it is loaded (its `apps.py`); the command, the page and the night know only this
list. A report is made of sections, each a table; the last one is the list that the others sum up.
"""

import getpass
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import reading, sheets, typesetting
from himdept.common.db.snapshots import snapshot
from himdept.common.errors import Unreadable


@dataclass(frozen=True)
class Operator:
    """Whoever runs a command on the server. They read the database anyway, so nothing is kept from them."""

    name: str

    def __str__(self):
        return self.name

    @classmethod
    def here(cls) -> "Operator":
        """Who runs this command."""
        try:
            return cls(getpass.getuser())
        except OSError:  # a user without a name, as in some containers
            return cls("the command line")


@dataclass(frozen=True)
class Contents:
    """What stands in a report: where it comes from and as of when (`facts`), and its sections."""

    title: str
    facts: list[tuple[str, str]]
    sections: list[sheets.Table]
    by: str = ""
    at: str = ""

    def masked(self) -> "Contents":
        """The same for a screen that others can see, and for what goes out from it."""
        told = (_("Numbers"), _("masked: of MRN and visit only the last digits are told"))
        return replace(self, facts=[*self.facts, told], sections=[sheets.masked(table) for table in self.sections])

    @property
    def whole_list(self) -> sheets.Table:
        return self.sections[-1]


@dataclass(frozen=True)
class Report:
    """A report that can be asked for by name.

    `contents` gets whom it is for (a person, who finds in it only what they may see, or an `Operator`) and is read
    within one snapshot of the database. `sections` names the tables, for those formats that hold one table only.
    """

    name: str
    title: str
    description: str
    permission: str
    contents: Callable[..., Contents]
    sections: dict[str, str]
    formats: tuple[str, ...] = ("pdf", "html", "xlsx", "csv")


CONTENT_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_reports: dict[str, Report] = {}


def register(report: Report):
    """Offer a report. Raises ValueError when another one has its name."""
    if _reports.setdefault(report.name, report) != report:
        raise ValueError(f"There is a report {report.name} already.")


def every() -> list[Report]:
    """All reports, by name."""
    return sorted(_reports.values(), key=lambda report: report.name)


def named(name: str) -> Report | None:
    return _reports.get(name)


def write(report: Report, out: BinaryIO, *, form: str, by, section: str = "", seen=iter, masked: bool = False) -> int:
    """Write a report for `by` to a binary file; returns how many rows its list (or the asked-for section) has.

    `masked`: what identifies a patient is cut to its last digits. `seen` may look on as the rows go by. Raises
    Unreadable for a format or a section that the report does not have.
    """
    if form not in report.formats:
        raise Unreadable(
            f"The report {report.name} comes as {', '.join(report.formats)}, not as {form}.", field="format"
        )
    if section and section not in report.sections:
        raise Unreadable(
            f"The report {report.name} has the sections {', '.join(report.sections)}, and no {section}.",
            field="section",
        )
    with snapshot():
        contents = report.contents(by)
        written = write_contents(contents.masked() if masked else contents, out, form=form, section=section, seen=seen)
    written.finish()
    return written.rows


@dataclass(frozen=True)
class Written:
    """A report whose rows have been read. `finish` does what is left to do, outside of any transaction."""

    rows: int
    finish: Callable[[], None] = lambda: None


def write_contents(contents: Contents, out: BinaryIO, *, form: str, section: str = "", seen=iter) -> Written:
    """Write what stands in a report, within the caller's snapshot; call `finish` when that is over."""
    asked = next((table for table in contents.sections if table.name == section), contents.whole_list)
    rows = Counted(asked.rows, seen)
    counted = replace(asked, rows=rows)
    tables = [counted if table is asked else table for table in contents.sections]
    match form:
        case "csv":
            sheets.write_csv(counted, out)
        case "xlsx":
            sheets.write_xlsx(contents.title, contents.facts, tables, out)
        case "html":
            reading.write_html(contents, tables, out)
        case "pdf":
            now = timezone.now()
            laid_out = typesetting.laid_out(contents, tables)
            return Written(laid_out["rows"], lambda: typesetting.typeset(laid_out, out, at=now))
    return Written(rows.number)


class Counted:
    """Rows that are counted as they go by."""

    def __init__(self, rows: Callable[[], Iterator[tuple]], seen: Callable[[Iterator], Iterator]):
        self.rows, self.seen, self.number = rows, seen, 0

    def __call__(self) -> Iterator[tuple]:
        for row in self.seen(self.rows()):
            self.number += 1
            yield row
