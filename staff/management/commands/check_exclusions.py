"""`manage.py check_exclusions`: read a month's list of excluded people, and hold everybody employed against it."""

from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from himdept.common.errors import DomainError
from staff.exclusions import actions
from staff.models import ExclusionList


class Command(BaseCommand):
    help = "Read a month's list of excluded people (OIG, SAM) and hold everybody who is employed against it."

    def add_arguments(self, parser):
        parser.add_argument("list", choices=["oig", "sam"])
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--month", type=date.fromisoformat, metavar="YYYY-MM-DD", help="any day of it; default: now"
        )

    def handle(self, *args, list, file, month, **options):  # noqa: A002 - the name of the argument
        try:
            with file.open("rb") as content:
                of = ExclusionList.objects.get(code=list)
                made = actions.load(of, content, month=month or timezone.localdate(), by=None)
        except (OSError, DomainError) as problem:
            raise CommandError(str(problem)) from problem
        found = made.checks.exclude(found=0).count()
        self.stdout.write(
            f"{made}: {made.entries} entries, {made.checks.count()} people checked, {found} to decide on."
        )
