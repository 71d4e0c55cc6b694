"""What is to be done around an action: copied from templates when it is approved, ticked off, and due on its day."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import clocks
from himdept.common.audit import acting_as
from himdept.common.clocks import Clock
from himdept.common.errors import Conflict
from staff.employment import lines
from staff.employment.models import Assignment, Employee
from staff.people.models import User
from staff.personnel import authority
from staff.personnel.authority import NotYours
from staff.personnel.days import zone_of
from staff.personnel.kinds import AT_THE_END_OF_THE_DAY
from staff.personnel.models import IN_FORCE, ChecklistItem, ChecklistTemplate, PersonnelAction


def copy(action: PersonnelAction) -> list[ChecklistItem]:
    """Give an action that was just approved what its kind, and the job of its seat, ask to be done."""
    begins = action.effective
    if action.kind in AT_THE_END_OF_THE_DAY:
        begins -= timedelta(minutes=1)  # midnight is the end of the day that is meant
    day = begins.astimezone(zone_of(action)).date()
    asked = ChecklistTemplate.objects.filter(Q(job=None) | Q(job=_job(action)), kind=action.kind, in_use=True)
    return [
        ChecklistItem.objects.create(
            action=action, title=row.title, due=day + timedelta(days=row.days), is_blocking=row.is_blocking
        )
        for row in asked
    ]


def _job(action: PersonnelAction) -> int | None:
    seat = action.position
    if seat is None:
        last = action.employee.assignments.select_related("position").order_by("during").last()
        seat = last and last.position
    return seat and seat.job_id


def holds_up(action: PersonnelAction) -> bool:
    """Whether something that must be done first still is not."""
    return action.checklist.filter(done_at=None, is_blocking=True).exists()


def tick(item: ChecklistItem, *, by: User) -> ChecklistItem:
    """Say that it is done. For those in the line above whose role proposes or decides, never for oneself."""
    with transaction.atomic(), acting_as(by):
        item = ChecklistItem.objects.select_for_update(no_key=True).select_related("action__employee").get(pk=item.pk)
        if not authority.parts_of(by, item.action):
            raise NotYours(_("This is for those in the line above this person, and for nobody else."))
        if item.action.state not in IN_FORCE:
            raise Conflict(_("This action is not in force any more."))
        if item.done_at:
            raise Conflict(_("That is done already."))
        item.done_at, item.done_by = timezone.now(), by
        item.save(update_fields=["done_at", "done_by"])
    return item


def to_do() -> QuerySet[ChecklistItem]:
    return ChecklistItem.objects.filter(done_at=None, action__state__in=IN_FORCE)


def _rows(facility: int) -> QuerySet[ChecklistItem]:
    """Of people who sit, sat or will sit in a seat of the facility."""
    there = Assignment.objects.filter(position__unit__facility=facility)
    return to_do().filter(action__employee__in=there.values("employee"))


def _whom(items: QuerySet[ChecklistItem]) -> Iterable[tuple[int, int]]:
    """The author of the action, and the nearest head above the person; never the person themselves."""
    found = list(items.order_by().values_list("pk", "action__employee", "action__employee__user", "action__written_by"))
    above = lines.supervisors_of({employee for _item, employee, *_rest in found}, timezone.now())
    heads = Employee.objects.filter(pk__in=set(above.values())).values_list("pk", "user")
    users, active = dict(heads), set(User.objects.filter(is_active=True).values_list("pk", flat=True))
    for item, employee, own, author in found:
        for user in {users.get(above.get(employee)), author} & active - {own}:
            yield item, user


def _visible(user) -> QuerySet[ChecklistItem]:
    if not {authority.PROPOSES, authority.DECIDES} & user.granted:
        return ChecklistItem.objects.none()
    seen = PersonnelAction.objects.visible_to(user).exclude(employee__user=user)
    return to_do().filter(action__in=seen).select_related("action__employee")


def register():
    clocks.register(
        Clock(
            name="checklists",
            title=gettext_lazy("Checklists of personnel actions"),
            due="due",
            rows=_rows,
            whom=_whom,
            visible=_visible,
            what=lambda item: f"{item.action.employee} · {item.title}",
            where=lambda item: reverse("admin:staff_personnelaction_change", args=[item.action_id]),
            every="admin:staff_personnelaction_changelist",
            mail="mail/checklists.txt",
            ladder=(7, 0),
        )
    )
