"""What happens of itself when the moment of an action has come, and when nothing of it is left to do."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from staff.employment.models import Employee
from staff.personnel import actions, checklists, handover
from staff.personnel.kinds import Kind
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
        actions.take_effect(action, at)
        if action.state == State.EFFECTIVE and not _is_left(action):
            actions.step(action, "record", State.RECORDED, by=None)
    return action


def _is_left(action: PersonnelAction) -> bool:
    """Whether something of the action still waits for somebody: a blocking item of its checklist, or what a person who
    left has not handed over."""
    if checklists.holds_up(action):
        return True
    return action.kind == Kind.SEPARATION and any(line.count for line in handover.manifest(action.employee))
