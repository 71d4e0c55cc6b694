from datetime import date, timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from himdept.common.errors import DomainError
from records.completeness.rules import files, importing
from staff.models import User


class Command(BaseCommand):
    help = "Bring a rule profile to what a TOML file says, all of it or nothing; --preview only says what would change."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--day", type=date.fromisoformat, help="what it changes begins on this day (tomorrow)")
        parser.add_argument("--preview", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--because", default="", metavar="WHY", help="the reason, kept with each version")
        parser.add_argument("--by", metavar="USERNAME", help="who publishes")

    def handle(self, *args, file, day, preview, because, by, **options):
        try:
            text = file.read_text()
            plan = importing.plan(files.read(text), day=day or timezone.localdate() + timedelta(days=1))
            for step in plan.steps:
                if step.kind != importing.SAME:
                    self.stdout.write(f"{step.kind:8} {step.code}")
            if not preview and plan.changes_something:
                self.publish(plan, by, because)
        except (OSError, UnicodeDecodeError, DomainError) as refusal:
            raise CommandError(f"{file}: {refusal}") from refusal
        numbers = ", ".join(f"{number} {kind}" for kind, number in plan.numbers().items())
        self.stdout.write(f"{plan.content.profile['title']}: {numbers}")

    def publish(self, plan: importing.Plan, by: str | None, because: str):
        person = User.objects.filter(username=by, is_active=True).first()
        if person is None or not person.has_perm("records.publish_requirement"):
            raise CommandError("Say by whom (--by USERNAME): somebody who may publish rules.")
        if not because:
            raise CommandError("Say why (--because WHY): the reason is kept with each version.")
        importing.apply(plan, by=person, because=because, not_tried_because="By a command on the server.")
