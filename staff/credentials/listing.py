"""The list of credentials: whose, which, until when, and whether its source confirmed it."""

from datetime import date

import django_filters
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.columns import Column, Showing, Under
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.paging import Sort
from staff.catalogue.models import Certification
from staff.credentials.models import SOON, Credential, Verification
from staff.credentials.queries import CredentialQuerySet
from staff.employment.listing import by_name, order_by_name, person

CELLS = "staff/cells/credential.html#"
State = Credential.State


class CredentialFilter(ListFilter):
    """By how it stands today, by certification, by what its source said."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(state.value, state.label) for state in (State.IN_FORCE, State.ENDING, State.LAPSED, State.TO_COME)],
        method="by_state",
        empty_label=_("any"),
    )
    certification = django_filters.ModelChoiceFilter(
        label=_("Certification"), queryset=Certification.objects.all(), empty_label=_("any")
    )
    proof = django_filters.ChoiceFilter(
        label=_("Source"),
        choices=[("confirmed", _("confirmed")), ("open", _("not confirmed"))],
        method="by_proof",
        empty_label=_("any"),
    )

    class Meta:
        model = Credential
        fields = ()

    def by_state(self, credentials, name, value):
        today = timezone.localdate()
        begun = Q(first_day__lte=today)
        return credentials.with_held(today).filter(
            {
                State.IN_FORCE: Q(held=True),
                State.ENDING: begun & Q(last_day__gte=today, last_day__lte=today + SOON),
                State.LAPSED: begun & Q(last_day__lt=today),
                State.TO_COME: Q(first_day__gt=today, held=False),
            }[State(value)]
        )

    def by_proof(self, credentials, name, value):
        confirmed = Q(found=Verification.Found.CONFIRMED)
        return credentials.with_proof().filter(confirmed if value == "confirmed" else Q(found=None) | ~confirmed)


def rows(request) -> CredentialQuerySet:
    """Of each person and certification the last cycle: what was renewed stands on the person's page, and all that who
    left had."""
    return by_name(Credential.objects.visible_to(request.user).of_staff().latest())


def state(credential: Credential, today: date | None = None) -> State:
    """How it stands today: in force too, when the cycle before this one still is."""
    found = credential.state(today)
    return State.IN_FORCE if found == State.TO_COME and credential.held else found


def proof(credential: Credential, showing: Showing) -> str:
    return spoken.choice(Verification.Found, credential.found) if credential.found else str(_("not looked up"))


CREDENTIALS = register(
    Listing(
        url_name="credential_list",
        title=_("Credentials"),
        template="staff/credential_list.html",
        filters=CredentialFilter,
        rows=rows,
        dressed=CredentialQuerySet.in_list,
        sorts=(Sort("until", "last_day", nullable=True), order_by_name(Credential)),
        columns=(
            person(lambda credential: reverse("person_credentials", args=[credential.employee_id])),
            Column(
                "certification",
                _("Certification"),
                lambda credential, showing: credential.certification.code,
                under=(Under(_("Number"), lambda credential, showing: credential.number),),
            ),
            Column("issuer", _("Issuer"), lambda credential, showing: credential.certification.issuer, quiet=True),
            Column(
                "until",
                _("Last day"),
                lambda credential, showing: credential.last_day,
                otherwise=_("does not expire"),
                sort="until",
                nowrap=True,
            ),
            Column(
                "state",
                _("State"),
                lambda credential, showing: spoken.choice(State, state(credential)),
                cell=CELLS + "state",
            ),
            Column(
                "proof",
                _("Primary source"),
                proof,
                cell=CELLS + "proof",
                under=(Under(_("Looked up"), lambda credential, showing: credential.found_on),),
            ),
        ),
        exported_by="staff.keep_credential",
    )
)
