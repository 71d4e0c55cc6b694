"""How the open work of the line passes from who leaves to a successor: each kind by the rules by which it is done."""

from collections.abc import Callable

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.db import promises
from himdept.common.errors import DomainError
from staff.discipline import actions as cases
from staff.discipline.models import CaseFile
from staff.employment import lines
from staff.employment.models import Employee, Supervision, own_of
from staff.organisation.models import Requisition
from staff.people.models import User
from staff.personnel import actions, authority, requisitions, timeline
from staff.personnel.authority import NotYours
from staff.personnel.kinds import Kind
from staff.personnel.models import Delegation, PersonnelAction, State

Test = Callable[[Model], bool]


# -- People who report by name -------------------------------------------------------------------------------------


def people_seen(rows: QuerySet, user: User) -> QuerySet:
    return rows.filter(authority.on_people_for(user))


def leads(user: User) -> Test:
    """Whom somebody could lead: not themselves, and nobody above them."""
    own = own_of(user)
    above = {own.pk, *lines.above(own.pk, timezone.now())} if own else set()
    return lambda row: own is not None and row.employee_id not in above


def give_person(row: Supervision, *, to: User, by: User, because: str):
    """Let somebody report to the successor from now on: a supervisor change like any other, which `by` decides."""
    action = PersonnelAction(
        employee=row.employee,
        kind=Kind.SUPERVISOR,
        effective=timezone.now().replace(second=0, microsecond=0),
        supervisor=_own(to),
        because=because,
    )
    action = actions.submit(actions.write(action, by=by), by=by)
    action = actions.approve(action, by=by, digest=timeline.preview(action).digest)
    if action.state == State.AGREED:
        raise DomainError(_("This takes a second approval: write it as an action of its own."))


# -- Personnel actions and corrective actions that somebody wrote --------------------------------------------------


def acts_on(user: User) -> Test:
    """On whom somebody may act, by line and role. Whether also in the seat that an action leads to, `give` sees."""
    if not {authority.PROPOSES, authority.DECIDES} & user.granted:
        return lambda row: False
    people = set(authority.people_for(user).values_list("pk", flat=True))
    return lambda row: row.employee_id in people or authority.in_place_of(user, _about(row)) is not None


def _about(row: PersonnelAction | CaseFile) -> PersonnelAction:
    return row if isinstance(row, PersonnelAction) else PersonnelAction(employee=row.employee)


def give_action(row: PersonnelAction, *, to: User, by: User, because: str):
    """Make the successor the author of an action that waits; what it says stays as it is."""
    Employee.objects.select_for_update(no_key=True).get(pk=row.employee_id)
    action = PersonnelAction.objects.select_for_update(no_key=True).get(pk=row.pk)
    for person in (by, to):
        if not authority.parts_of(person, action):
            raise NotYours(_("%(who)s may not act on this person, or in this seat.") % {"who": person})
    action.written_by = to
    action.save(update_fields=["written_by"])
    actions.step(action, "hand_over", State(action.state), by=by, because=because)


def give_case(row: CaseFile, *, to: User, by: User, because: str):
    cases.hand_over(row, to=to, by=by, because=because)


# -- Requisitions --------------------------------------------------------------------------------------------------


def requisitions_seen(rows: QuerySet, user: User) -> QuerySet:
    return rows.filter(position__in=requisitions.seats_under(user))


def asks_for(user: User) -> Test:
    if authority.PROPOSES not in user.granted:
        return lambda row: False
    seats = set(requisitions.seats_under(user).values_list("pk", flat=True))
    return lambda row: row.position_id in seats


def give_requisition(row: Requisition, *, to: User, by: User, because: str):
    """Let the successor be who asks; so they, like whoever asked first, do not decide on it."""
    if not any(
        requisitions.can(by, permission, row.position) for permission in (authority.PROPOSES, authority.DECIDES)
    ):
        raise NotYours(_("This seat is not in your line, or your role does not decide on it."))
    if not requisitions.can(to, authority.PROPOSES, row.position):
        raise NotYours(_("%(who)s may not ask for this seat.") % {"who": to})
    row = Requisition.objects.select_for_update(of=["self"]).get(pk=row.pk)
    row.asked_by = to
    row.save(update_fields=["asked_by"])


# -- Acting in a head's place --------------------------------------------------------------------------------------


def stands_in(user: User) -> Test:
    """Somebody else than the head, with a role that is of use there: a delegation gives none."""
    own = own_of(user)
    may = own is not None and bool({authority.PROPOSES, authority.DECIDES} & user.granted)
    return lambda row: may and own.pk not in (row.giver_id, row.taker_id)


def give_delegation(row: Delegation, *, to: User, by: User, because: str):
    """End it now, and let the successor act in the same head's place for what is left of it.

    It is that head's own power: only they give it, or an administrator of the software, who keeps delegations.
    """
    if row.giver.user_id != by.pk and not by.has_perm("staff.change_delegation"):
        raise NotYours(_("%(head)s themselves, or an administrator, names who acts there.") % {"head": row.giver})
    now, ends = timezone.now(), row.during.upper
    row.during = type(row.during)(row.during.lower, now)
    promises.seen_to(row)
    row.save(update_fields=["during"])
    follows = Delegation(giver=row.giver, taker=_own(to), during=type(row.during)(now, ends), because=row.because)
    promises.seen_to(follows)
    follows.save()


def _own(user: User) -> Employee:
    own = own_of(user)
    if own is None or own.position() is None:
        raise DomainError(_("%(who)s sits in no seat.") % {"who": user})
    return own
