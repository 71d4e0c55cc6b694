from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from himdept.common.confidentiality import Confidentiality
from himdept.common.errors import DomainError
from records.exchange import clients
from staff.models import Facility


class Command(BaseCommand):
    help = "Print an access token for a program, and nothing else; the program is admitted if it was not yet."

    def add_arguments(self, parser):
        parser.add_argument("--client", required=True, metavar="NAME", help="the program, such as ehr")
        parser.add_argument("--scope", required=True, help='what it may do, such as "system/*.read system/*.write"')
        parser.add_argument(
            "--facility", nargs="+", action="extend", default=[], metavar="CODE", help="the facilities that it reaches"
        )
        parser.add_argument(
            "--clearance",
            type=int,
            choices=Confidentiality.values,
            metavar="N",
            help="the most confidential record it reaches: 0 unrestricted to 5 very restricted (default 3, normal)",
        )
        parser.add_argument("--source", metavar="NAME", help="the space of its ids (default: its own name)")
        parser.add_argument("--hours", type=float, default=24, help="how long the token lasts (default: 24)")
        parser.add_argument(
            "--new-secret",
            action="store_true",
            help="also make a secret with which the program gets tokens itself; it goes to standard error",
        )

    def handle(self, *, client, scope, facility, clearance, source, hours, new_secret, **options):
        if not 0 < hours <= 24 * 366:
            raise CommandError("A token lasts more than nothing and at most a year.")
        facilities = list(Facility.objects.filter(code__in=facility))
        if unknown := sorted(set(facility) - {found.code for found in facilities}):
            codes = ", ".join(Facility.objects.values_list("code", flat=True))
            raise CommandError(f"There is no facility {unknown[0]!r}; there are: {codes}.")
        try:
            admitted = clients.admit(client, scope=scope, facilities=facilities, clearance=clearance, source=source)
            token = clients.issue_token(admitted, scope=scope, life=timedelta(hours=hours))
        except DomainError as error:
            raise CommandError(error.message) from error
        if new_secret:
            self.stderr.write(f"client_id {admitted.application.client_id}")
            self.stderr.write(f"client_secret {clients.new_secret(admitted)}")
        self.stdout.write(token)
