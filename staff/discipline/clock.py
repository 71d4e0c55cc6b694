"""A follow-up comes due on its day: who wrote the case is told, and the nearest head above the person."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import clocks
from himdept.common.clocks import Clock
from staff.discipline.models import CaseFile, CaseFollowUp, CaseState
from staff.employment import lines
from staff.employment.models import Assignment, Employee


def rows(facility: int) -> QuerySet:
    """Follow-ups still to be done, of cases given to people who sit in a seat of the facility now."""
    seated = Assignment.objects.at().filter(position__unit__facility=facility)
    return _to_do().filter(case__employee__in=seated.values("employee"))


def _to_do() -> QuerySet:
    return CaseFollowUp.objects.filter(done_at=None, case__state=CaseState.GIVEN)


def whom(follow_ups: QuerySet) -> Iterable[tuple[int, int]]:
    """Who wrote the case and the nearest head, as far as they may still see it; never the person themselves."""
    found = list(follow_ups.order_by().values_list("pk", "case", "case__employee", "case__written_by"))
    above = lines.supervisors_of({employee for _, _, employee, _ in found}, timezone.now())
    heads = Employee.objects.filter(pk__in=set(above.values()), user__is_active=True).select_related("user")
    users = {head.pk: head.user for head in heads}
    authors = {author.pk: author for author in _authors({author for *_, author in found})}
    may_see: dict[int, set[int]] = {}
    for number, case, employee, author in found:
        for user in {users.get(above.get(employee)), authors.get(author)} - {None}:
            if user.pk not in may_see:
                may_see[user.pk] = set(CaseFile.objects.visible_to(user).values_list("pk", flat=True))
            if case in may_see[user.pk]:
                yield number, user.pk


def _authors(numbers: set[int]):
    from staff.people.models import User

    return User.objects.filter(pk__in=numbers, is_active=True)


def register():
    clocks.register(
        Clock(
            name="follow_ups",
            title=_("Follow-ups of corrective actions"),
            due="due",
            rows=rows,
            whom=whom,
            visible=lambda user: (
                _to_do().filter(case__in=CaseFile.objects.visible_to(user)).select_related("case__employee")
            ),
            what=lambda row: f"{row.case.employee} · {row.what}",
            where=lambda row: reverse("case_page", args=[row.case_id]),
            every="case_list",
            mail="mail/follow_ups.txt",
            ladder=(7, 0),
        )
    )
