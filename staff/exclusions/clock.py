"""A month that was not checked comes due for those who read the lists; a match, for whoever is above the person."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import clocks
from himdept.common.clocks import Clock
from staff.employment import lines
from staff.employment.models import Assignment, Employee
from staff.employment.seen import people_seen_by
from staff.exclusions.models import ExclusionList, ExclusionMatch
from staff.people.models import User

READS = "staff.check_exclusions"


def who_read(lists) -> Iterable[tuple[int, int]]:
    """Everybody whose role reads the lists."""
    readers = User.objects.filter(is_active=True, groups__permissions__codename="check_exclusions").distinct()
    people = list(readers.values_list("pk", flat=True))
    return [(number, person) for number in lists.values_list("pk", flat=True) for person in people]


def matches_in(facility: int):
    seated = Assignment.objects.at().filter(position__unit__facility=facility)
    return ExclusionMatch.objects.to_see_to().filter(employee__in=seated.values("employee"))


def who_is_above(matches) -> Iterable[tuple[int, int]]:
    """The nearest one above each person, never the person."""
    about = dict(matches.order_by().values_list("pk", "employee"))
    above = lines.supervisors_of(set(about.values()), timezone.now())
    users = dict(Employee.objects.filter(pk__in=above.values(), user__is_active=True).values_list("pk", "user"))
    return [(match, users[above[person]]) for match, person in about.items() if above.get(person) in users]


def said(match: ExclusionMatch) -> str:
    word = _("stands on %(list)s") if match.accepted else _("could be on %(list)s")
    return f"{match.employee} · {word % {'list': match.list}}"


def matches_seen_by(user):
    """Of the people below, for whoever keeps their file."""
    if not user.has_perm("staff.keep_credential"):
        return ExclusionMatch.objects.none()
    matches = ExclusionMatch.objects.to_see_to().filter(employee__among=people_seen_by(user))
    return matches.exclude(employee__user=user)


def register():
    clocks.register(
        Clock(
            name="exclusion_lists",
            title=_("Exclusion lists"),
            due="due",
            rows=lambda facility: ExclusionList.objects.in_use().with_due(),
            whom=who_read,
            visible=lambda user: (
                ExclusionList.objects.in_use() if user.has_perm(READS) else ExclusionList.objects.none()
            ).with_due(),
            what=lambda of: _("%(list)s of %(month)s") % {"list": of, "month": formats.date_format(of.due, "F Y")},
            where=lambda of: reverse("exclusion_load"),
            every="exclusion_page",
            mail="mail/exclusion_lists.txt",
            ladder=(10, 3, 0),
        )
    )
    clocks.register(
        Clock(
            name="exclusion_matches",
            title=_("Matches with exclusion lists"),
            due="due",
            rows=matches_in,
            whom=who_is_above,
            visible=lambda user: matches_seen_by(user).select_related("employee", "list"),
            what=said,
            where=lambda match: reverse("person_exclusions", args=[match.employee_id]),
            every="coming_due",
            mail="mail/exclusion_matches.txt",
            ladder=(7, 0),
        )
    )
