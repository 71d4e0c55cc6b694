"""The verbs of a credential: record, renew, correct, strike, verify.

For whose credentials somebody may do that is the edge's to see (`Employee.led_by`); that nobody keeps their own is
the database's too.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import reasons
from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict, DomainError
from staff.catalogue.models import Certification
from staff.credentials.models import Credential, Verification
from staff.employment.models import Employee
from staff.people.models import User


def record(
    employee: Employee,
    certification: Certification,
    *,
    number: str,
    first_day: date,
    last_day: date | None = None,
    by: User,
) -> Credential:
    """Write down that somebody holds a certification for a cycle.

    Without a last day it is the one that the issuer's length of a cycle gives. Raises DomainError, naming the field,
    for a number that the issuer does not give out, one of somebody else, and days on which it is held already.
    """
    credential = Credential(
        employee=employee,
        certification=certification,
        number=_of_its_form(certification, number),
        first_day=first_day,
        last_day=last_day or certification.last_day_of_cycle(first_day),
        written_by=by,
    )
    with acting_as(by), promises.kept():
        promises.seen_to(credential)
        credential.save()
    return credential


def renew(credential: Credential, *, first_day: date, last_day: date | None = None, by: User) -> Credential:
    """Write down the next cycle of a credential. Raises DomainError as `record` does."""
    return record(
        credential.employee,
        credential.certification,
        number=credential.number,
        first_day=first_day,
        last_day=last_day,
        by=by,
    )


def correct(
    credential: Credential,
    *,
    number: str,
    first_day: date,
    last_day: date | None,
    by: User,
    because: str,
    as_read: str = "",
) -> Credential:
    """Set right what was written down wrongly; what proved the wrong words proves nothing any more.

    Raises Conflict when it has been changed since it was read (`as_read`), DomainError as `record` does.
    """
    with acting_as(by, because=because), promises.kept():
        credential = _locked(credential, as_read)
        credential.number = _of_its_form(credential.certification, number)
        credential.first_day, credential.last_day, credential.changed_at = first_day, last_day, timezone.now()
        promises.seen_to(credential)
        credential.save(update_fields=["number", "first_day", "last_day", "changed_at"])
    return credential


def strike(credential: Credential, *, by: User, because: str, as_read: str = "") -> Credential:
    """Take out what was entered in error: it counts for nothing from now on, and stays to be read."""
    with acting_as(by, because=because), transaction.atomic():
        credential = _locked(credential, as_read)
        reasons.see_that_it_says(because)
        credential.struck_by, credential.struck_because, credential.changed_at = by, because, timezone.now()
        credential.save(update_fields=["struck_by", "struck_because", "changed_at"])
    return credential


def verify(
    credential: Credential, *, source: str, looked_on: date, found: str, proof: str, by: User, as_read: str = ""
) -> Verification:
    """Write down what the primary source said of a credential, as it stands. Never changed; a new look is a new row."""
    with promises.kept():
        credential = _locked(credential, as_read)
        if looked_on > timezone.localdate():
            raise DomainError(_("That day is still to come."), field="looked_on")
        seen = Verification(credential=credential, source=source, looked_on=looked_on, found=found, proof=proof, by=by)
        promises.seen_to(seen)
        seen.save()
    return seen


def _locked(credential: Credential, as_read: str) -> Credential:
    """The row, for this transaction alone, if it still says what was read."""
    rows = Credential.objects.select_related("employee", "certification")
    credential = rows.select_for_update(of=["self"], no_key=True).get(pk=credential.pk)
    if credential.struck_because:
        raise Conflict(_("It was struck; nothing of it is changed any more."))
    if as_read and as_read != seal(credential):
        raise Conflict(_("It has been changed since you opened this form. Look at it again."))
    return credential


def seal(credential: Credential) -> str:
    """What tells one state of a credential from another."""
    return credential.changed_at.isoformat()


def _of_its_form(certification: Certification, number: str) -> str:
    number = "".join(number.split()).upper()
    if not certification.has_form(number):
        said = {"code": certification.code, "issuer": certification.issuer, "form": certification.number_words}
        raise DomainError(_("A number of %(code)s from %(issuer)s is %(form)s.") % said, field="number")
    return number
