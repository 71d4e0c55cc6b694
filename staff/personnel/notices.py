"""Telling people of a step: who wrote the action, and who is to decide on it next. The table of moves says when."""

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from staff.employment.models import Employee
from staff.people.models import User
from staff.personnel import authority
from staff.personnel.models import Delegation, PersonnelAction, PersonnelNotice, PersonnelStep, State
from staff.personnel.workflow import MOVES, Part

AS = {"ask_rescind": "rescind"}  # the first of two who rescind: told as by the move that they asked for


def tell(step: PersonnelStep):
    """Write down who is told of a step: never whoever made it, nor whom the action is about."""
    move = MOVES.get(AS.get(step.move, step.move))
    told: set[int] = set()
    if move and Part.AUTHOR in move.tells and step.action.written_by_id:
        told.add(step.action.written_by_id)
    if move and Part.DECIDER in move.tells and _waits(step):
        told |= deciders(step.action, beside=_place_of(step))
    for person in sorted(told - {step.by_id, step.action.employee.user_id}):
        PersonnelNotice.objects.create(step=step, person_id=person)


def _waits(step: PersonnelStep) -> bool:
    return step.state in (State.SUBMITTED, State.AGREED) or step.move == "ask_rescind"


def deciders(action: PersonnelAction, *, beside: int | None = None) -> set[int]:
    """The accounts of who is to decide: of the nearest head above whose role decides, or of those who act for that
    head now. `beside` is the head in whose place the first of two has decided."""
    at = timezone.now()
    for head in authority.line_over(action, at):
        acting = Delegation.objects.filter(giver=head, during__contains=at).values("taker__user")
        people = User.objects.filter(Q(employee=head) | Q(pk__in=acting), is_active=True)
        found = {person.pk for person in people if authority.DECIDES in person.granted}
        if found and head != beside:
            return found
    return set()


def _place_of(step: PersonnelStep) -> int | None:
    """In which head's place a step that decides was made."""
    if step.move not in ("approve", "ask_rescind"):
        return None
    return step.in_place_of_id or Employee.objects.get(user=step.by_id).pk


def read(person: User, until: int):
    """Note that somebody has seen what they were told, up to the notice of that number."""
    PersonnelNotice.objects.filter(person=person, pk__lte=until).unread().update(read_at=Now())
