"""`manage.py take_over`: seat somebody whose hire nobody in the program can decide on, the first head above all."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from himdept.common import moments
from himdept.common.db import promises
from himdept.common.errors import DomainError
from staff.models import Employee, Position, User
from staff.personnel import actions


class Command(BaseCommand):
    help = "Take over somebody who was employed before this program was here: into a seat, since a day."

    def add_arguments(self, parser):
        parser.add_argument("number", help="their staff number")
        parser.add_argument("given_name")
        parser.add_argument("family_name")
        parser.add_argument("--seat", required=True, metavar="NUMBER", help="the seat that they sit in")
        parser.add_argument("--since", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--because", required=True, metavar="WORDS", help="for the personnel file")
        parser.add_argument("--account", metavar="NAME", help="the user name that they sign in with")

    def handle(self, *args, number, given_name, family_name, seat, since, because, account, **options):
        position, user = one(Position, number=seat), one(User, username=account) if account else None
        zone = position.unit.facility.zone
        if since > timezone.now().astimezone(zone).date():
            raise CommandError("Who begins on a day to come is hired, not taken over.")
        try:
            with promises.kept():
                names = {"given_name": given_name, "family_name": family_name}
                person, _is_new = Employee.objects.get_or_create(number=number, **names)
                if user:
                    person.user = user
                    person.save(update_fields=["user"])
                actions.take_over(person, position=position, since=moments.midnight(since, zone), because=because)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{person} ({person.number}) sits in {position}, {position.unit}, since {since}.")


def one(model, **named):
    found = model.objects.filter(**named).first()
    if found is None:
        raise CommandError(f"There is no {model._meta.verbose_name} {next(iter(named.values()))!r}.")
    return found
