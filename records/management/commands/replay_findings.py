import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from himdept.common.errors import DomainError
from records.completeness.findings import replaying
from records.completeness.findings.cases import Finding
from records.completeness.findings.replaying import Report

SHOWN = 100


class Command(BaseCommand):
    help = "Audit charts that surveyors cited, each under its own policy, and compare; nothing of it is kept."

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER", help="a folder of cases, one JSON file each")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *, folder, json: bool, **options):
        try:
            report = replaying.replay(Path(folder), tell=self.tell)
        except DomainError as problem:
            raise CommandError(problem.message) from problem
        for name, problem in report.refused[:SHOWN]:
            self.stderr.write(": ".join(part for part in (name, problem.field, problem.message) if part))
        if not json:
            self.stdout.write(table(report))
        self.stdout.write(dumps(report) if json else differences(report))
        if not report.agrees:
            raise CommandError(
                f"{report.missed.total()} missed, {report.false.total()} false, {len(report.refused)} files not read."
            )

    def tell(self, done: int, of: int):
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done:,} of {of:,} charts", ending="\n" if done == of else "")


def dumps(report: Report) -> str:
    return json.dumps(report.as_json())


def table(report: Report) -> str:
    """The figures for people."""
    counts = report.as_json()
    lines = [f"{'':20}{'found':>8}{'missed':>8}{'false':>8}"]
    rows = [*counts["by_kind"].items(), (f"all of {counts['cases']:,} charts", counts)]
    lines += [f"{kind:20}{row['found']:>8,}{row['missed']:>8,}{row['false']:>8,}" for kind, row in rows]
    return "\n".join(lines)


def differences(report: Report) -> str:
    lines = [
        f"{case.case}: {word} {said(finding)}"
        for case in report.wrong
        for word, findings in (("missed", case.missed), ("false", case.false))
        for finding in findings
    ]
    more = [f"and {len(lines) - SHOWN:,} more"] if len(lines) > SHOWN else []
    return "\n".join(lines[:SHOWN] + more)


def said(finding: Finding) -> str:
    """One finding in a line, as its file names it."""
    parts = [finding.policy, finding.kind, finding.element, finding.document, finding.procedure or finding.restraint]
    words = " ".join(part for part in parts if part)
    times = [
        f"{name} {at:%Y-%m-%dT%H:%MZ}" for name, at in (("due", finding.due_at), ("met", finding.resolved_at)) if at
    ]
    return ", ".join([words, *times])
