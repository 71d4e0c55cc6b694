import json
import sys
import time
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from himdept.common.errors import DomainError
from records.completeness import audits
from records.completeness.models import AuditRun
from records.completeness.models.runs import State


class Command(BaseCommand):
    help = "Audit the completeness of all records, as of now or of a moment; prints what is open, late and delinquent."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", metavar="ISO", help="The moment to judge, with offset: 2025-12-31T00:00:00Z.")
        parser.add_argument("--known-at", metavar="ISO", help="Judge by what was known then; writes nothing.")
        parser.add_argument("--full", action="store_true", help="Every record, not only those something happened to.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object as the last line.")

    def handle(self, *args, as_of, known_at, full, json: bool, **options):
        try:
            run = audits.start(
                as_of=moment(as_of, "--as-of") or timezone.now(), known_at=moment(known_at, "--known-at"), full=full
            )
        except DomainError as problem:
            raise CommandError(problem.message) from problem
        self.work_off(run)
        run.refresh_from_db()
        self.stdout.write(dumps(run) if json else in_words(run))
        if run.state == State.FAILED:
            raise CommandError(run.error)

    def work_off(self, run: AuditRun):
        """Do the parts of our run, after helping with whichever is in its way; workers may do some of them too."""
        while run.state in (State.QUEUED, State.RUNNING):
            begun = audits.begin(run)
            for each in [run] if begun else AuditRun.objects.filter(state=State.RUNNING):
                audits.bury(each)
                for moved in audits.work_off(each):
                    self.show_progress(moved)
            run.refresh_from_db()
            if run.state in (State.QUEUED, State.RUNNING):
                time.sleep(0.2)  # the last parts are in other hands

    def show_progress(self, run: AuditRun):
        if sys.stderr.isatty():
            done, of = run.shards.filter(state=State.FINISHED).count(), run.shards.count()
            self.stderr.write(f"\rAudit {run.pk}: {done} of {of} parts", ending="\n" if done == of else "")


def moment(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(f"{option}: {text!r} is not a date and time such as 2025-12-31T00:00:00Z.") from problem


def dumps(run: AuditRun) -> str:
    return json.dumps(audits.as_json(run))


def in_words(run: AuditRun) -> str:
    written = "" if run.written else " Nothing was written: this looks at the past."
    return (
        f"{run.records:,} records, {run.occasions:,} occasions as of {audits.iso(run.as_of)}: {run.open:,} open "
        f"({run.opened:,} opened, {run.closed:,} closed), {run.late:,} late, {run.delinquent:,} records delinquent, "
        f"{run.seconds:.1f} s.{written}"
    )
