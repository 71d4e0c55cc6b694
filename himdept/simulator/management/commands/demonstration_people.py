"""`manage.py demonstration_people`: a person for every role, who can sign in and look around."""

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from himdept.common.confidentiality import Confidentiality
from himdept.runtime import places
from staff.models import Facility, User
from staff.people.passwords import readable_password

# The records manager first. The administrator of the software has no role: by that alone no chart is seen.
PEOPLE = (
    ("manager", "Dolores", "Whitfield", "Records manager", Confidentiality.RESTRICTED),
    ("supervisor", "Amir", "Haddad", "Records supervisor", Confidentiality.RESTRICTED),
    ("clerk", "June", "Okafor", "Records clerk", Confidentiality.NORMAL),
    ("privacy", "Teresa", "Lindqvist", "Privacy officer", Confidentiality.VERY_RESTRICTED),
    ("surveyor", "Paul", "Brandt", "Surveyor", Confidentiality.NORMAL),
    ("interfaces", "Mei", "Tanaka", "Interface engineer", Confidentiality.UNRESTRICTED),
    ("admin", "Software", "Administrator", "", Confidentiality.UNRESTRICTED),
)
MARK = "demonstration"


class Command(BaseCommand):
    help = "Make the demonstration's people if they are missing, and print name, password and role of each."

    def handle(self, **options):
        names = [name for name, *_ in PEOPLE]
        if User.objects.filter(kind=User.Kind.PERSON).exclude(username__in=names).exists() and not places.has_secret(
            MARK
        ):
            raise CommandError("This installation has people of its own: a demonstration belongs into an empty one.")
        places.secret(MARK, lambda: "yes")
        for name, given, family, role, clearance in PEOPLE:
            password = places.secret(f"{MARK}:{name}", readable_password)
            user = User.objects.filter(username=name).first()
            if user is None:
                user = self._make(name, given, family, role, clearance, password)
            known = password if user.check_password(password) else "(changed since)"
            self.stdout.write(f"{name}  {known}  {role or 'Administrator'}")

    @transaction.atomic
    def _make(self, name, given, family, role, clearance, password) -> User:
        make = User.objects.create_user if role else User.objects.create_superuser
        user = make(username=name, password=password, first_name=given, last_name=family, clearance=clearance)
        if role:
            user.groups.add(Group.objects.get(name=role))
            user.facilities.set(Facility.objects.all())
        return user
