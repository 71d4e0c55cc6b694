from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from himdept.common.confidentiality import Confidentiality
from himdept.common.errors import DomainError
from himdept.common.reports import Operator
from records.exchange import clients, credentials
from records.exchange.models import Client
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
        parser.add_argument(
            "--purpose",
            choices=Client.Purpose.values,
            help="what it reads records for: TREAT, HPAYMT or HOPERAT, its operations (default)",
        )
        parser.add_argument("--hours", type=float, default=24, help="how long the token lasts (default: 24)")
        parser.add_argument(
            "--new-secret",
            action="store_true",
            help="also make a secret with which the program gets tokens itself; it goes to standard error",
        )
        parser.add_argument(
            "--old-secret-hours",
            type=float,
            default=0,
            metavar="H",
            help="how long the secret that it had still works beside the new one (default: no longer)",
        )

    def handle(
        self, *, client, scope, facility, clearance, source, purpose, hours, new_secret, old_secret_hours, **options
    ):
        if not 0 < hours <= 24 * 366:
            raise CommandError("A token lasts more than nothing and at most a year.")
        if not 0 <= old_secret_hours <= 24 * 366:
            raise CommandError("An old secret works for at most a year.")
        facilities = list(Facility.objects.filter(code__in=facility))
        if unknown := sorted(set(facility) - {found.code for found in facilities}):
            codes = ", ".join(Facility.objects.values_list("code", flat=True))
            raise CommandError(f"There is no facility {unknown[0]!r}; there are: {codes}.")
        by = Operator.here()
        try:
            admitted = clients.admit(
                client,
                scope=scope,
                facilities=facilities,
                clearance=clearance,
                source=source,
                purpose=purpose,
                by=by,
            )
            token = clients.issue_token(admitted, scope=scope, life=timedelta(hours=hours), by=by)
            if new_secret:
                old_until = timezone.now() + timedelta(hours=old_secret_hours)
                _made, secret = credentials.new_secret(admitted, by=by, old_until=old_until)
                self.stderr.write(f"client_id {admitted.application.client_id}")
                self.stderr.write(f"client_secret {secret}")
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(token)
