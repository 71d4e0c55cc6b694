"""For whom a decision waits, in words: by name, or that nobody can give it and what to do then."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.employment import lines
from staff.organisation.models import Requisition
from staff.people.models import User
from staff.personnel import actions, authority, notices, requisitions
from staff.personnel.models import PersonnelAction, State

NOBODY = gettext_lazy(
    "Nobody can decide on it: nobody in the line above has an account whose role decides. Seat somebody who has, as a "
    "records manager, in the unit above; or let a head above name a delegate."
)
NO_SECOND = gettext_lazy(
    "Nobody can give the second approval: beside who gave the first, nobody in the line above has an account whose "
    "role decides. Seat somebody who has, as a records manager, in the unit above."
)


def for_whom(action: PersonnelAction, digest: str) -> str:
    """For whom an action waits that is to be decided on; nothing of any other."""
    if action.state not in (State.SUBMITTED, State.AGREED):
        return ""
    first = actions.first_of_two(action, "approve", digest)
    return _named(notices.deciders(action, first), NO_SECOND if first else NOBODY)


def for_whom_to_rescind(action: PersonnelAction, digest: str) -> str:
    """For whom an action waits that somebody asked to rescind; nothing where nobody did, or it has changed since."""
    first = actions.first_of_two(action, "rescind", digest) if digest else None
    if first is None:
        return ""
    asked = _("%(who)s asked to rescind it.") % {"who": first.by}
    return f"{asked} {_named(notices.deciders(action, first), NO_SECOND)}"


def for_whom_of(requisition: Requisition) -> str:
    """For whom a requisition waits that is not decided."""
    if requisition.decided_at:
        return ""
    at = timezone.now()
    asked = [requisition.asked_by_id, *requisitions.asked_before(requisition)]
    over = lines.over_seat(requisition.position_id, at)
    return _named(authority.deciding(over, at, but_not=[person for person in asked if person]), NOBODY)


def _named(people: Iterable[User], nobody: str) -> str:
    names = [str(person) for person in people]
    return _("It waits for %(names)s.") % {"names": _(" or ").join(names)} if names else str(nobody)
