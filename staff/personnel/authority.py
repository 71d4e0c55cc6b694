"""Who may act on whom: only the line above, never on oneself, a superior or another line (docs/adr/0031)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.utils import timezone

from himdept.common.errors import DomainError
from staff.employment import lines
from staff.employment.models import Employee, own_of
from staff.people.models import User
from staff.personnel.models import Delegation, PersonnelAction, heads_for
from staff.personnel.workflow import Part

PROPOSES, DECIDES = "staff.propose_personnelaction", "staff.approve_personnelaction"


class NotYours(DomainError):
    """The act is not this person's: not in their line, about themselves, or not of their role."""

    status = 403


def line_over(action: PersonnelAction, at: datetime) -> list[int]:
    """Whose decision an action is, the nearest first: those above the person; of who has no seat, above the seat.

    An act that gives a seat is the decision of those who are above both; so nobody puts somebody into another line.
    """
    question = ("line over", action.employee_id, action.position_id)
    return lines.once(question, at, lambda: _line_over(action, at))


def _line_over(action: PersonnelAction, at: datetime) -> list[int]:
    over = _above(action.employee, action.position_id, at)
    if action.position_id:
        over_seat = lines.over_seat(action.position_id, at)
        over = [number for number in over if number in over_seat]
    return over


def _above(employee: Employee, position: int | None, at: datetime) -> list[int]:
    if employee.assignments.at(at).exists():
        return lines.above(employee.pk, at)
    # Nobody yet, or somebody who has left: the seat that they come to, else the last one they sat in.
    last = employee.assignments.filter(during__startswith__lte=at).order_by("-during").first()
    seat = position or (last and last.position_id) or employee.assignments.values_list("position", flat=True).first()
    return lines.over_seat(seat, at) if seat else []


def deciding(
    heads: Iterable[int], at: datetime, *, beside: int | None = None, but_not: Collection[int] = ()
) -> list[User]:
    """The accounts of who is to decide: of the nearest of these heads whose role decides, or of who act for it then.

    `beside` is the head in whose place the first of two has decided; `but_not` are accounts that may not decide.
    """
    heads = [head for head in heads if head != beside]
    acting = list(Delegation.objects.filter(giver__in=heads, during__contains=at).values_list("giver", "taker"))
    seated = {*heads, *(taker for _, taker in acting)}
    app, name = DECIDES.split(".")
    role = Permission.objects.filter(content_type__app_label=app, codename=name)
    able = User.objects.filter(Q(groups__permissions__in=role) | Q(user_permissions__in=role), is_active=True)
    able = able.filter(employee__in=seated).exclude(pk__in=but_not).select_related("employee").distinct()
    accounts = {person.employee.pk: person for person in able}
    for head in heads:
        deciders = [head, *(taker for giver, taker in acting if giver == head)]
        if found := [accounts[number] for number in deciders if number in accounts]:
            return found
    return []


def in_place_of(user, action: PersonnelAction, at: datetime | None = None) -> int | None:
    """The head in whose place `user` acts: themselves, or who named them a delegate; None when it is not theirs."""
    at = at or timezone.now()
    own = own_of(user, at) if user.is_active else None
    if own is None or own.pk == action.employee_id or action.employee_id in lines.above(own.pk, at):
        return None
    heads = heads_for(own, at)
    return next((number for number in line_over(action, at) if number in heads), None)


def people_for(user, at: datetime | None = None) -> QuerySet[Employee]:
    """On whom `user` may act: those below them, and below whom they act for; never themselves or who is above them."""
    return Employee.objects.filter(on_people_for(user, at, person="pk"))


def on_people_for(user, at: datetime | None = None, *, person: str = "employee") -> Q:
    """The condition that the person of a row (its column `person`) is one on whom `user` may act."""
    at = at or timezone.now()
    own = own_of(user, at) if user.is_active and user.pk else None
    below = Q(pk__in=[])
    if own is None:
        return below
    for head in heads_for(own, at):
        below |= Q(**{f"{person}__among": lines.people_below(head, at)})
    return below & ~Q(**{f"{person}__in": [own.pk, *lines.above(own.pk, at)]})


def supervisors_for(user, at: datetime | None = None) -> QuerySet[Employee]:
    """Whom `user` may let somebody report to: those on whom they may act, themselves, and in whose place they act."""
    at = at or timezone.now()
    own = own_of(user, at) if user.is_active and user.pk else None
    heads = heads_for(own, at) if own else []
    return Employee.objects.filter(Q(pk__in=heads) | on_people_for(user, at, person="pk"))


def parts_of(user, action: PersonnelAction, at: datetime | None = None) -> frozenset[Part]:
    """What `user` is to an action. What their roles give counts; being administrator of the software does not."""
    parts = set()
    if in_place_of(user, action, at) is not None:
        parts |= {Part.PROPOSER} if PROPOSES in user.granted else set()
        parts |= {Part.DECIDER} if DECIDES in user.granted else set()
    if parts and action.written_by_id == user.pk:
        parts.add(Part.AUTHOR)  # who has left the line since is no author any more
    return frozenset(parts)
