"""Telling people of a step: who wrote the action, and who is to decide on it next. The table of moves says when."""

from django.db.models.functions import Now
from django.utils import timezone

from staff.employment.models import Employee
from staff.people.models import User
from staff.personnel import authority
from staff.personnel.models import PersonnelAction, PersonnelNotice, PersonnelStep, State
from staff.personnel.workflow import MOVES, Part

AS = {"ask_rescind": "rescind"}  # the first of two who rescind: told as by the move that they asked for


def tell(step: PersonnelStep):
    """Write down who is told of a step: never whoever made it, nor whom the action is about."""
    move = MOVES.get(AS.get(step.move, step.move))
    told: set[int] = set()
    if move and Part.AUTHOR in move.tells and step.action.written_by_id:
        told.add(step.action.written_by_id)
    if step.move == "hand_over":
        told.add(step.action.written_by_id)
    if move and Part.DECIDER in move.tells and _waits(step):
        first = step if step.move in ("approve", "ask_rescind") else None
        told |= {person.pk for person in deciders(step.action, first)}
    for person in sorted(told - {step.by_id, step.action.employee.user_id}):
        PersonnelNotice.objects.create(step=step, person_id=person)


def _waits(step: PersonnelStep) -> bool:
    return step.state in (State.SUBMITTED, State.AGREED) or step.move == "ask_rescind"


def deciders(action: PersonnelAction, first: PersonnelStep | None = None) -> list[User]:
    """Who is to decide on an action now: beside whoever made the first step of two, and in another's place."""
    at = timezone.now()
    line = authority.line_over(action, at)
    return authority.deciding(line, at, beside=first and place_of(first), but_not=[first.by_id] if first else [])


def place_of(step: PersonnelStep) -> int:
    """In which head's place a step that decides was made."""
    return step.in_place_of_id or Employee.objects.get(user=step.by_id).pk


def read(person: User, until: int):
    """Note that somebody has seen what they were told, up to the notice of that number."""
    PersonnelNotice.objects.filter(person=person, pk__lte=until).unread().update(read_at=Now())
