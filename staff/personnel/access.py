"""What an employment opens: the account, the role and the facility, always as the person's timeline has them now."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.utils import timezone

from staff.employment.models import Employee
from staff.organisation.models import Position
from staff.people import closing
from staff.people.models import Facility, User
from staff.personnel import timeline
from staff.personnel.fold import Timeline
from staff.personnel.models import TAKEN_EFFECT, PersonnelAction


def settle(employee: Employee, at: datetime | None = None) -> list[tuple[str, int]]:
    """Make somebody's account say what their timeline says as of a moment. Lists what that changed.

    Who is employed has an open account (unless an administrator switched it off), the role of their seat's job and its
    facility, and none that only an earlier seat gave. Who is not, or not yet, has a closed one. Roles and facilities
    that no seat of theirs ever gave are the administrator's, and stay. The caller holds the employee's row.
    """
    if employee.user_id is None:
        return []
    at = at or timezone.now()
    keep_end(employee, at)
    user = User.objects.get(pk=employee.user_id)
    now = timeline.stored(employee).at(at)
    if "employments" not in now:
        return closing.close_account(user)
    seat = now.get("assignments")
    given = _give_what_the_seat_gives(user, employee, seat[0], at) if seat else []
    return given + closing.open_account(user)


def keep_end(employee: Employee, at: datetime | None = None):
    """Say on the account when access ends: from that minute on nothing opens, whenever `settle` comes."""
    at = at or timezone.now()
    user = User.objects.select_for_update(no_key=True).filter(pk=employee.user_id).first()
    if user is None:
        return
    ends = _end_of(timeline.stored(employee), at)
    is_over = user.access_ends_at is not None and user.access_ends_at <= at
    if user.access_ends_at != ends and not (is_over and ends == at):
        user.access_ends_at = ends
        user.save(update_fields=["access_ends_at"])


def let_go(user: User):
    """Close an account that was somebody's and is not any more; an administrator may open it for another use."""
    closing.close_account(user)
    if user.access_ends_at is not None:
        user.access_ends_at = None
        user.save(update_fields=["access_ends_at"])


def _end_of(kept: Timeline, at: datetime) -> datetime | None:
    """When access ends: with the employment in force, or the last that was; of who never was employed, at once."""
    ends: datetime | None = at
    for spell in kept.employments:
        if spell.since <= at or spell.since == ends:  # a rehire at the minute of a separation goes on
            ends = spell.until
    return ends


def _give_what_the_seat_gives(user: User, employee: Employee, seat: int, at: datetime) -> list[tuple[str, int]]:
    here = Position.objects.select_related("job", "unit").get(pk=seat)
    came_to = PersonnelAction.objects.filter(employee=employee, state__in=TAKEN_EFFECT, effective__lte=at)
    gave = Position.objects.filter(personnel_actions__in=came_to)
    roles = Group.objects.filter(name__in=gave.values("job__default_role"))
    facilities = Facility.objects.filter(pk__in=gave.values("unit__facility"))
    changed = [
        ("role", _put_in_place(user.groups, roles, name=here.job.default_role)),
        ("facility", _put_in_place(user.facilities, facilities, pk=here.unit.facility_id)),
    ]
    return [(word, 1) for word, has_changed in changed if has_changed]


def _put_in_place(held, of_before, **of_the_seat) -> bool:
    """Put what the present seat gives in place of what earlier ones gave; says whether that changed anything."""
    has, before = (set(rows.values_list("pk", flat=True)) for rows in (held, of_before))
    gives = set(held.model.objects.filter(**of_the_seat).values_list("pk", flat=True))
    held.remove(*(has & before) - gives)
    held.add(*gives - has)
    return bool((has & before) - gives or gives - has)
