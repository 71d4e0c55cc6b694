from pathlib import Path

from django.core.management.base import BaseCommand

from records.completeness.models import Profile
from records.completeness.rules import files
from records.management.commands.adopt_profile import named


class Command(BaseCommand):
    help = "Write a rule profile as a TOML file, to be kept in version control."

    def add_arguments(self, parser):
        parser.add_argument("profile", metavar="CODE", help="the profile: federal")
        parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="instead of standard output")

    def handle(self, *args, profile, output, **options):
        text = files.write(named(Profile, profile))
        if output:
            output.write_text(text)
        else:
            self.stdout.write(text, ending="")
