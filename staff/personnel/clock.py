"""What happens of itself when the moment of an action has come, and when nothing of it is left to do."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from staff.employment.models import Employee
from staff.people import closing
from staff.personnel import actions, handover, timeline
from staff.personnel.kinds import HIRING, SEATING, Kind
from staff.personnel.models import PersonnelAction, State


def due(at: datetime | None = None) -> list[int]:
    """The numbers of actions whose moment has come or that are in effect and not recorded, the earliest first."""
    come = PersonnelAction.objects.due(at) | PersonnelAction.objects.filter(state=State.EFFECTIVE)
    return list(come.order_by("effective", "pk").values_list("pk", flat=True))


def go_on(number: int, at: datetime | None = None) -> PersonnelAction:
    """Bring an action as far as it goes by now: into effect, and into the file when nothing of it is left.

    Harmless when it comes twice. What follows is done in the same transaction as the step that lists it.
    """
    at = at or timezone.now()
    with transaction.atomic():
        found = PersonnelAction.objects.get(pk=number)
        Employee.objects.select_for_update(no_key=True).get(pk=found.employee_id)
        action = PersonnelAction.objects.select_for_update(no_key=True).get(pk=number)
        if action.state == State.APPROVED and action.effective <= at:
            actions.step(action, "take_effect", State.EFFECTIVE, by=None, done=_what_follows(action, at))
        if action.state == State.EFFECTIVE and not _is_left(action):
            actions.step(action, "record", State.RECORDED, by=None)
    return action


def _what_follows(action: PersonnelAction, at: datetime) -> list[tuple[str, int]]:
    user, done = action.employee.user, []
    if user is None:
        return done
    # By the timeline, not by the kind: a separation that took effect late may have been followed by a rehire.
    employed = "employments" in timeline.stored(action.employee).at(at)
    timeline.keep_access(action.employee, at)
    if action.kind in SEATING and employed:
        done += _give_role(action)
    if action.kind in HIRING and employed:
        done += closing.open_account(user)
    if action.kind == Kind.SEPARATION and not employed:
        done += closing.close_account(user)
    return done


def _give_role(action: PersonnelAction) -> list[tuple[str, int]]:
    """The role of the job that somebody comes to, in place of that of the job they come from."""
    user, job = action.employee.user, action.position.job
    before = (
        action.employee.assignments.filter(during__endswith=action.effective).select_related("position__job").first()
    )
    old = before.position.job.default_role if before else ""
    if job.default_role == old:
        return []
    user.groups.remove(*Group.objects.filter(name=old))
    user.groups.add(*Group.objects.filter(name=job.default_role))
    user.facilities.add(action.position.unit.facility)
    return [("role", 1)]


def _is_left(action: PersonnelAction) -> bool:
    """Whether something of the action still waits for somebody: what a person who left has not handed over."""
    return action.kind == Kind.SEPARATION and any(line.count for line in handover.manifest(action.employee))
