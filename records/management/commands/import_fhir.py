import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from himdept.common.errors import DomainError
from records.exchange.fhir import importing
from records.exchange.fhir.problems import Problem
from records.inventory.models import Source
from staff.models import Facility

SHOWN = 100


class Command(BaseCommand):
    help = "Import FHIR R4 resources from NDJSON files, Bundles or folders of them; again and again if you like."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file or folder: .ndjson, .json, or gzipped")
        parser.add_argument("--source", default="files", help="the space of ids that the files use (default: files)")
        parser.add_argument("--facility", help="the code of the facility to which all encounters go")
        parser.add_argument("--json", action="store_true", help="print the report as one JSON object at the end")

    def handle(self, *, paths, source, facility, json, **options):
        self.bar, self.problems = sys.stderr.isatty(), 0
        try:
            run = importing.Import(
                paths,
                source=named_source(source),
                facility=named_facility(facility) if facility else None,
                tell=self.tell,
                problem=self.problem,
            )
            report = run.run()
        except DomainError as error:
            raise CommandError(error.message) from error
        except (DatabaseError, KeyboardInterrupt) as error:
            self.clear()
            why = "Stopped" if isinstance(error, KeyboardInterrupt) else "The database could not go on"
            message = f"{why}. What was loaded stays; start the import again and it goes on from there."
            raise CommandError(message, returncode=130 if isinstance(error, KeyboardInterrupt) else 1) from error
        self.clear()
        self.stdout.write(importing.as_json(report) if json else table(report))
        if report.refused:
            raise CommandError(
                f"{report.refused} of {report.refused + report.created + report.changed + report.unchanged} resources "
                "were refused; each is kept in the inbound log with what is wrong."
            )

    def tell(self, done: int, of: int):
        if self.bar:
            filled = 40 * done // max(of, 1)
            self.stderr.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {done:,} of {of:,}", ending="")
            self.stderr.flush()

    def clear(self):
        if self.bar:
            self.stderr.write("\r" + " " * 80 + "\r", ending="")

    def problem(self, problem: Problem):
        self.problems += 1
        if self.problems <= SHOWN:
            self.clear()
            self.stderr.write(": ".join(part for part in (problem.place, problem.element, problem.sentence) if part))
        elif self.problems == SHOWN + 1:
            self.stderr.write("There are more; the inbound log has them all.")


def named_source(name: str) -> Source:
    """The source of this name, made if need be. Raises CommandError for what cannot be one."""
    source = Source(name=name)
    try:
        source.clean_fields()
    except Exception as error:
        raise CommandError(f"{name!r} cannot name a source: letters, digits, - and _ only, at most 50.") from error
    return Source.objects.get_or_create(name=name)[0]


def named_facility(code: str) -> Facility:
    try:
        return Facility.objects.get(code=code)
    except Facility.DoesNotExist:
        codes = ", ".join(Facility.objects.values_list("code", flat=True))
        raise CommandError(f"There is no facility {code!r}; there are: {codes}.") from None


def table(report: importing.Report) -> str:
    """The report for people."""
    lines = [f"{'':20}{'created':>10}{'changed':>10}{'unchanged':>11}{'refused':>10}"]
    for name, counts in report.resources.items():
        lines.append(
            f"{name:20}{counts['created']:>10,}{counts['changed']:>10,}{counts['unchanged']:>11,}{counts['refused']:>10,}"
        )
    lines.append(f"{'all':20}{report.created:>10,}{report.changed:>10,}{report.unchanged:>11,}{report.refused:>10,}")
    if report.stubs:
        lines.append(f"{report.stubs:,} practitioners are known only by a number.")
    for name, n in sorted(report.ignored.items()):
        lines.append(f"{n:,} {name} resources were left aside: this type is not stored.")
    lines.append(f"{report.files:,} files in {report.seconds:.1f} seconds.")
    return "\n".join(lines)
