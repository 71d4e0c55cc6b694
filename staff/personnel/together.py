"""One decision on many people: an action for each of them, seen together, approved together, refused one by one."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError
from staff.employment.models import Employee
from staff.organisation.models import Position, Unit
from staff.people.models import User
from staff.personnel import actions, authority, policy, timeline
from staff.personnel.days import moment, zone_of_person
from staff.personnel.kinds import Kind
from staff.personnel.models import Decision, DecisionLine, PersonnelAction
from staff.personnel.timeline import Preview

CENT = Decimal("0.01")
KINDS = {
    Decision.Kind.PERCENT: Kind.PAY,
    Decision.Kind.AMOUNT: Kind.PAY,
    Decision.Kind.SUPERVISOR: Kind.SUPERVISOR,
    Decision.Kind.TRANSFER: Kind.TRANSFER,
    Decision.Kind.RECLASSIFICATION: Kind.RECLASSIFICATION,
}


@dataclass(frozen=True)
class Wish:
    """What is decided for all: by how much, under whom or into which unit; from the beginning of which day, and why."""

    kind: str
    day: date
    because: str
    amount: Decimal | None = None
    supervisor: Employee | None = None
    unit: Unit | None = None


@dataclass(frozen=True)
class Line:
    """The decision for one person: their action with what it comes to, or why there can be none."""

    employee: Employee
    action: PersonnelAction | None = None
    seen: Preview | None = None
    seconds: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def told(self) -> str:
        return f"{self.employee.pk} {self.seen.digest if self.seen else self.refusal}"


def look_ahead(wish: Wish, people: Iterable[Employee], *, by: User) -> list[Line]:
    """Each person's own preview, tried out and rolled back, in the order of their numbers."""
    taken: set[int] = set()
    return [_line(wish, person, taken, by) for person in sorted(people, key=lambda person: person.pk)]


def digest(lines: list[Line]) -> str:
    """Of all that is approved with a decision, also of whom it leaves out."""
    return hashlib.sha256("\n".join(line.told for line in lines).encode()).hexdigest()


def _line(wish: Wish, person: Employee, taken: set[int], by: User) -> Line:
    try:
        action = _action(wish, person, taken)
        if authority.in_place_of(by, action) is None:
            raise actions.NotYours(_("This person, or this seat, is not in your line."))
        seen = actions.look_ahead(action)
    except DomainError as refusal:
        return Line(person, refusal=refusal.message)
    if action.position:
        taken.add(action.position.pk)
    return Line(person, action, seen, tuple(policy.second_approver_because(action, seen.before, seen.after)))


def _action(wish: Wish, person: Employee, taken: set[int]) -> PersonnelAction:
    """Somebody's action; nothing is kept yet. `taken` are the seats that others come to by the same decision."""
    kind = KINDS[wish.kind]
    effective = moment(wish.day, None, kind, zone_of_person(person))
    action = PersonnelAction(employee=person, kind=kind, effective=effective, because=wish.because)
    held = timeline.stored(person).at(effective)
    if "assignments" not in held:
        raise DomainError(_("The person sits in no seat at that time."))
    if kind == Kind.PAY:
        if "pays" not in held:
            raise DomainError(_("The person's pay is not known at that time."))
        paid, action.basis = held["pays"]
        by_percent = wish.kind == Decision.Kind.PERCENT
        action.pay = (paid * (1 + wish.amount / 100) if by_percent else paid + wish.amount).quantize(CENT)
        if action.pay <= 0:
            raise DomainError(_("Nothing would be left of the pay."))
    elif kind == Kind.SUPERVISOR:
        action.supervisor = wish.supervisor
        if wish.supervisor == person:
            raise DomainError(_("Nobody reports to themselves."))
    else:
        action.position = _seat(wish, held["assignments"][0], effective, taken)
    return action


def _seat(wish: Wish, here: int, effective, taken: set[int]) -> Position:
    """The first vacant seat of the same job in the unit, by number; or the one that replaces somebody's own."""
    free = Position.objects.vacant(effective).exclude(pk__in=taken).order_by("number")
    if wish.kind == Decision.Kind.RECLASSIFICATION:
        seat = free.filter(replaces=here).first()
        refusal = _("No vacant seat replaces the person's own.")
    else:
        seat = free.filter(unit=wish.unit, job__positions=here).first()
        refusal = _("No seat of the person's job is vacant in that unit.")
    if seat is None:
        raise DomainError(refusal)
    return seat


def decide(wish: Wish, people: Iterable[Employee], *, by: User, digest: str) -> Decision:
    """Write, submit and approve an action for each person; whose action is refused is listed, and holds up nobody.

    Where an action takes two, it waits for the second approval by itself. Raises Conflict when what was seen has
    changed, DomainError when nothing would come of it.
    """
    with transaction.atomic(), acting_as(by, because=wish.because):
        people = list(
            Employee.objects.select_for_update(no_key=True).filter(pk__in=[p.pk for p in people]).order_by("pk")
        )
        lines = look_ahead(wish, people, by=by)
        if _digest(lines) != digest:
            raise Conflict(_("What this would come to has changed since you looked. Look at it again."))
        if not any(line.action for line in lines):
            raise DomainError(_("It can be done for none of them."))
        decision = Decision.objects.create(kind=wish.kind, because=wish.because, digest=digest, decided_by=by)
        for line in lines:
            action, refusal = _done(line, decision, by)
            DecisionLine.objects.create(decision=decision, employee=line.employee, action=action, refusal=refusal)
    return decision


_digest = digest


def _done(line: Line, decision: Decision, by: User) -> tuple[PersonnelAction | None, str]:
    """One person's action, as far as `by` brings it; all of it or nothing."""
    if line.action is None:
        return None, line.refusal
    line.action.decision = decision
    try:
        with transaction.atomic():
            action = actions.submit(actions.write(line.action, by=by), by=by)
            return actions.approve(action, by=by, digest=timeline.preview(action).digest), ""
    except DomainError as refusal:
        return None, refusal.message


def offered(user: User):
    """On whom `user` may decide together: those of their line who sit in a seat now."""
    return authority.people_for(user).seated(timezone.now())
