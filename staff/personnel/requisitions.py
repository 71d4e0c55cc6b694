"""Asking for a seat to be filled or made, and deciding on it: in the line above the seat, and by two people."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.audit import acting_as
from himdept.common.db import promises
from himdept.common.errors import Conflict, DomainError
from staff.employment import lines
from staff.employment.models import Employee, own_of
from staff.organisation.models import Position, Requisition
from staff.people.models import User
from staff.personnel import authority
from staff.personnel.actions import NotYours
from staff.personnel.models import HandedOver, heads_for

OF_A_SEAT_THAT_IS_THERE = frozenset({Requisition.Kind.REPLACEMENT})


def ask(requisition: Requisition, *, by: User) -> Requisition:
    """Ask for a seat to be filled; one that is not there yet is proposed with it, and nobody can be put into it.

    Raises NotYours for a seat out of one's line, DomainError for what the kind cannot be about.
    """
    with transaction.atomic(), acting_as(by, because=requisition.because), promises.kept():
        seat = requisition.position
        _see_that_it_fits(requisition.kind, seat)
        if seat.pk is None:
            seat.standing = Position.Standing.PROPOSED
            seat.save()
            requisition.position = seat  # by its number, which it has only now
        _may(by, authority.PROPOSES, seat)
        requisition.asked_by, requisition.asked_at = by, timezone.now()
        requisition.save()
    return requisition


def _see_that_it_fits(kind: str, seat: Position):
    if (kind in OF_A_SEAT_THAT_IS_THERE) != (seat.pk is not None):
        raise DomainError(_("A replacement is for a seat that is there; any other kind proposes one."), field="kind")
    if (kind == Requisition.Kind.RECLASSIFIED) != (seat.replaces is not None):
        raise DomainError(_("Just a reclassified seat says which one it replaces."), field="replaces")
    if kind == Requisition.Kind.TEMPORARY and seat.valid.upper is None:
        raise DomainError(_("A seat for a time has an end."), field="until")


def decide(requisition: Requisition, *, by: User, granted: bool) -> Requisition:
    """Grant or refuse; a seat that was proposed is approved when it is granted, and stays proposed when it is not.

    Raises Conflict when it was decided already, NotYours for whoever asked, or is not above the seat.
    """
    with transaction.atomic(), acting_as(by):
        requisition = (
            Requisition.objects.select_for_update(of=["self"]).select_related("position").get(pk=requisition.pk)
        )
        if requisition.decided_at:
            raise Conflict(_("This was decided already."))
        _may(by, authority.DECIDES, requisition.position)
        if by.pk in {requisition.asked_by_id, *asked_before(requisition)}:
            raise NotYours(_("Somebody else than who asked decides."))
        requisition.decided_by, requisition.decided_at, requisition.granted = by, timezone.now(), granted
        requisition.save(update_fields=["decided_by", "decided_at", "granted"])
        seat = requisition.position
        if granted and seat.standing == Position.Standing.PROPOSED:
            seat.standing = Position.Standing.APPROVED
            seat.save(update_fields=["standing"])
    return requisition


def asked_before(requisition: Requisition) -> QuerySet:
    """Who asked for it, and whom it was handed over from since."""
    handed = HandedOver.objects.filter(kind="requisitions", row=requisition.pk)
    return handed.values_list("action__employee__user", flat=True)


def can(user: User, permission: str, seat: Position) -> bool:
    """Whether a seat is in the line of `user`, or of who named them a delegate, and their role may do this."""
    own = Employee.objects.filter(user=user).first() if user.is_active else None
    if own is None or permission not in user.granted:
        return False
    now = timezone.now()
    return bool(set(heads_for(own, now)) & set(lines.over_seat(seat.pk, now)))


def seats_under(user: User) -> QuerySet[Position]:
    """The seats in the line of `user`, and of who named them a delegate."""
    own, now, below = own_of(user) if user.is_active else None, timezone.now(), Q(pk__in=[])
    for head in heads_for(own, now) if own else []:
        below |= Q(pk__in=lines.seats_below(head, now))
    return Position.objects.filter(below)


def _may(user: User, permission: str, seat: Position):
    if not can(user, permission, seat):
        raise NotYours(_("This seat is not in your line, or your role does not decide on it."))
