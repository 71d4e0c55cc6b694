from contextlib import contextmanager

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from himdept.common.errors import DomainError
from records.completeness import requirements
from records.completeness.models import Profile
from staff.models import Facility

BECAUSE = "By a command on the server."


class Command(BaseCommand):
    help = "Let a rule profile bind a facility, beside those that bind it already or in place of one of them."

    def add_arguments(self, parser):
        parser.add_argument("profile", metavar="CODE", help="the profile: verbal-orders-72h")
        parser.add_argument("--facility", default="MAIN", metavar="CODE", help="the facility (MAIN)")
        parser.add_argument("--in-place-of", metavar="CODE", help="a profile that binds it no more from now on")

    def handle(self, *args, profile, facility, in_place_of, **options):
        house = named(Facility, facility)
        with transaction.atomic(), told():
            requirements.adopt(named(Profile, profile), house, because=BECAUSE)
            if in_place_of:
                requirements.drop(named(Profile, in_place_of), house, because=BECAUSE)
        titles = ", ".join(house.profiles.order_by("rank", "code").values_list("title", flat=True))
        self.stdout.write(f"{house.name}: {titles}. The next audit judges all its records by these.")


@contextmanager
def told():
    try:
        yield
    except DomainError as refusal:
        raise CommandError(str(refusal)) from refusal


def named(model, code: str):
    try:
        return model.objects.get(code=code)
    except model.DoesNotExist:
        there = ", ".join(model.objects.order_by("code").values_list("code", flat=True))
        raise CommandError(f"There is no {model._meta.verbose_name} {code!r}; there are: {there}.") from None
