import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError

from himdept.common import reports
from himdept.common.errors import DomainError
from himdept.common.reports import Operator, Report
from records.confidentiality.actions import log_export

SHOW_EVERY = 1_000


class Command(BaseCommand):
    help = (
        "Write a report to a file or, as CSV or HTML, to standard output; without NAME list the reports. "
        "Each is written to the access log."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", nargs="?", metavar="NAME", help="The report; without it all are listed.")
        parser.add_argument("--format", dest="form", help="pdf, html, xlsx or csv; else what FILE ends in.")
        parser.add_argument("--section", default="", help="The one table that a CSV holds; without it the whole list.")
        parser.add_argument("-o", "--output", dest="path", metavar="FILE", help="Written whole or not at all.")

    def handle(self, *args, name, form, section, path, **options):
        if name is None:
            self.list_them()
            return
        report = reports.named(name)
        if report is None:
            known = ", ".join(each.name for each in reports.every())
            raise CommandError(f"There is no report {name!r}; there is: {known}.")
        form = form or (Path(path).suffix.removeprefix(".").lower() if path else "") or "csv"
        try:
            self.write(report, form, section, path)
        except DomainError as problem:
            raise CommandError(problem.message) from problem

    def list_them(self):
        for report in reports.every():
            self.stdout.write(f"{report.name} ({', '.join(report.formats)}): {report.description}")
            self.stdout.write(f"  sections: {', '.join(report.sections)}")

    def write(self, report: Report, form: str, section: str, path: str | None):
        asked = {"form": form, "section": section, "by": Operator.here()}
        if path:
            with whole_file(Path(path)) as out:
                rows = reports.write(report, out, **asked, seen=self.progress)
                log(report, rows, **asked)
            self.stderr.write(f"{path}: {rows:,} rows")
        elif form in {"csv", "html"} or form not in report.formats:
            self.print(report, asked)
        else:
            raise CommandError(f"A report as {form} is not for the screen: name a file, -o {report.name}.{form}.")

    def print(self, report: Report, asked: dict):
        """Made first, then logged, then shown: nobody reads a report that the log does not tell of."""
        out = self.stdout.buffer
        with tempfile.TemporaryFile() as made:
            rows = reports.write(report, made, **asked)
            log(report, rows, **asked)
            made.seek(0)
            try:
                shutil.copyfileobj(made, out)
                out.flush()
            except BrokenPipeError:
                # Whoever read has read enough (`| head`). Python would complain once more when it closes the pipe.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def progress(self, rows: Iterator[tuple]) -> Iterator[tuple]:
        shown = sys.stderr.isatty()
        for number, row in enumerate(rows, 1):
            if shown and number % SHOW_EVERY == 0:
                self.stderr.write(f"\r{number:,} rows", ending="")
            yield row
        if shown:
            self.stderr.write("\r", ending="")


def log(report: Report, rows: int, *, form: str, section: str, by: Operator):
    log_export(" ".join(part for part in ("report", report.name, section, form) if part), by=by, rows=rows)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that is there whole or not at all: written beside, readable by its owner alone, then put in place.

    What was there before is replaced in that moment and not sooner. Raises CommandError with what is in the way.
    """
    beside = None
    try:
        if path.is_dir():
            raise CommandError(f"{path} is a folder; name a file.")
        if path.exists() and not path.is_file():
            raise CommandError(f"{path} is not an ordinary file; name another.")
        target = path.resolve()  # a link stays a link, and leads to the new file
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}.")
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".part", delete=False) as out:
            beside = Path(out.name)
            yield out
            out.flush()
            os.fsync(out.fileno())
        beside.replace(target)
    except OSError as problem:
        raise CommandError(f"{path} cannot be written: {problem.strerror or problem}.") from problem
    finally:
        if beside:
            beside.unlink(missing_ok=True)
