"""`manage.py demonstration_people`: somebody for every role, who can sign in and look around."""

from django.core.management.base import BaseCommand, CommandError

from himdept.common.errors import DomainError
from himdept.simulator import people
from staff.models import Facility


class Command(BaseCommand):
    help = "Make the demonstration's people if they are missing, and print name, new password and role of each."

    def handle(self, **options):
        try:
            told = people.make(Facility.objects.get(code="MAIN"))
        except DomainError as problem:
            raise CommandError(problem.message) from problem
        for name, username, password, role in told:
            self.stdout.write(f"{username}  {password}  {role} ({name})")
