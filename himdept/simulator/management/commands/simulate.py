"""`manage.py simulate`: a hospital of invented people, for looking at, testing and measuring."""

import json
import time
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from himdept.common.errors import DomainError
from himdept.common.progress import Progress
from himdept.simulator import department, evidence, loading, nights, people, surveys
from himdept.simulator.hospital import span
from himdept.simulator.rows import COLUMNS
from records.completeness import requirements
from records.inventory import catalogue
from staff.models import Facility


class Command(BaseCommand):
    help = "Fill an empty facility with a simulated hospital. The same numbers give the same hospital, anywhere."

    def add_arguments(self, parser):
        parser.add_argument("--encounters", required=True, metavar="N", help="how many encounters it has had")
        parser.add_argument("--seed", required=True, metavar="S", help="a whole number; another one, another hospital")
        parser.add_argument("--facility", default="MAIN", metavar="CODE", help="an empty facility (MAIN)")
        parser.add_argument("--until", metavar="DATE", help="the day that has just begun there (today)")
        parser.add_argument("--demo", action="store_true", help="also its rules, people, past nights and survey")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON: the rows of each table")

    def handle(self, *, encounters, seed, facility, until, demo, json: bool, **options):
        began = time.monotonic()
        try:
            wish = self._wish(encounters, seed, facility, until)
            if demo:
                catalogue.load()
            counts = loading.fill(wish, progress=self._progress(wish), using=_writer())
            if demo:
                self._tell("Employing its people ...")
                requirements.load_profiles()
                people.employ(wish.facility)
                department.bring_to_life(wish.facility)
                nights.aim(wish.facility)
                wish.facility.refresh_from_db(fields=["name"])
            _gather_statistics()
            if demo:
                self._tell("Auditing it as of its past nights ...")
                nights.judge_the_past(wish.facility, until=wish.until, progress=Progress("nights", say=self._tell))
                self._tell("Laying down its surveys and its evidence ...")
                surveys.begin(wish.facility, until=wish.until)
                evidence.lay_down(wish.facility, today=loading.today_in(wish.facility))
                nights.tell_of_the_last(wish.facility)
        except DomainError as problem:
            raise CommandError(problem.message) from problem
        self._report(wish, counts, time.monotonic() - began, as_json=json)

    def _wish(self, encounters, seed, code: str, until: str | None) -> loading.Wish:
        facility = Facility.objects.select_related("time_zone").filter(code=code).first()
        if facility is None:
            there = ", ".join(Facility.objects.values_list("code", flat=True))
            raise DomainError(f"There is no facility {code!r}; there is {there}.")
        return loading.Wish(
            facility=facility,
            encounters=_whole("--encounters", encounters),
            seed=_whole("--seed", seed),
            until=_day("--until", until) if until else loading.today_in(facility),
        )

    def _progress(self, wish: loading.Wish):
        progress = Progress("encounters", say=self._tell)
        return lambda done: progress(done, wish.encounters)

    def _tell(self, line: str):
        """Say what is being done, beside what the command answers."""
        self.stderr.write(line)
        self.stderr.flush()

    def _report(self, wish: loading.Wish, counts: dict[str, int], seconds: float, *, as_json: bool):
        if as_json:
            words = {"facility": wish.facility.code, "until": str(wish.until), "seed": wish.seed}
            words |= {f"{table}s": counts.get(table, 0) for table in ("encounter", "patient", "practitioner")}
            words |= {f"{table}s": counts.get(table, 0) for table in ("episode", "document", "filing")}
            self.stdout.write(json.dumps(words | {"seconds": round(seconds, 2)}))
            return
        self.stdout.write(
            f"{wish.facility}: {counts['encounter']:,} encounters of {counts['patient']:,} patients in "
            f"{span(wish.encounters):,} days, with {counts['document']:,} documents by "
            f"{counts['practitioner']:,} clinicians; {seconds:.1f} s."
        )


def _whole(name: str, text: str | int) -> int:
    try:
        return int(str(text))
    except ValueError:
        raise DomainError(f"{name} must be a whole number, not {text!r}.") from None


def _day(name: str, text: str | date) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise DomainError(f"{name} must be a date such as 2026-11-22, not {text!r}.") from None


def _writer() -> str:
    """The owner's connection where there is one; who runs the program need not have its password."""
    return "owner" if "owner" in connections else "default"


def _gather_statistics():
    """Let the planner know what came: only a table's owner may, and where that is not us, autovacuum will."""
    with connections[_writer()].cursor() as cursor:
        for table in COLUMNS:
            cursor.execute(f"ANALYZE records_{table}")
