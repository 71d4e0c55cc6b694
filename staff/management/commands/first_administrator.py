"""`manage.py first_administrator`: somebody who can let everybody else in."""

from django.core.management.base import BaseCommand
from django.db import transaction

from staff.models import User
from staff.people.passwords import readable_password


class Command(BaseCommand):
    help = "Make the administrator `admin` with a one-time password, if nobody can sign in yet."

    def handle(self, **options):
        # Two starts at once make one administrator: the second waits here and then finds somebody.
        with transaction.atomic(), transaction.get_connection().cursor() as cursor:
            cursor.execute("LOCK TABLE staff_user IN SHARE ROW EXCLUSIVE MODE")
            if User.objects.filter(kind=User.Kind.PERSON).exists():
                return
            password = readable_password()
            User.objects.create_superuser(username="admin", password=password, must_change_password=True)
        self.stdout.write(f"admin  {password}  Administrator (one-time password: the first sign-in asks for a new one)")
