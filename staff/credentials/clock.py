"""Credentials come due on their last day: whoever holds one is told, and whoever is above them."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import clocks
from himdept.common.clocks import Clock
from staff.credentials.models import Credential
from staff.credentials.queries import CredentialQuerySet
from staff.employment import lines
from staff.employment.models import Assignment, Employee
from staff.employment.seen import people_seen_by


def rows(facility: int) -> CredentialQuerySet:
    """The last cycles of those who sit in a seat of the facility now."""
    seated = Assignment.objects.at().filter(position__unit__facility=facility)
    return Credential.objects.latest().filter(employee__in=seated.values("employee"))


def whom(credentials: CredentialQuerySet) -> Iterable[tuple[int, int]]:
    """The holder and the nearest one above, those of them who sign in."""
    holders = dict(credentials.order_by().values_list("pk", "employee"))
    above = lines.supervisors_of(set(holders.values()), timezone.now())
    people = {*holders.values(), *above.values()}
    users = dict(Employee.objects.filter(pk__in=people, user__is_active=True).values_list("pk", "user"))
    for credential, holder in holders.items():
        for person in (holder, above.get(holder)):
            if person in users:
                yield credential, users[person]


def visible(user) -> CredentialQuerySet:
    """Those that somebody may see of people who stay, with how far their continuing education has come."""
    seen = Credential.objects.filter(employee__among=people_seen_by(user)).of_staff().latest()
    return seen.with_names().prefetch_related("progress")


def said(credential: Credential) -> str:
    """Whose and which it is, and what of its continuing education is still missing."""
    words = f"{credential.employee} · {credential.certification.code}"
    progress = credential.progress
    if not progress.asked or not progress.is_short:
        return words
    told = {"has": progress.counted, "asked": progress.asked}
    return f"{words} · " + _("continuing education: %(has).1f of %(asked).1f units") % told


def register():
    clocks.register(
        Clock(
            name="credentials",
            title=gettext_lazy("Credentials"),
            due="last_day",
            rows=rows,
            whom=whom,
            visible=visible,
            what=said,
            where=lambda credential: reverse("person_credentials", args=[credential.employee_id]),
            every="credential_list",
            mail="mail/credentials.txt",
        )
    )
