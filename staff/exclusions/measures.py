"""Whether everybody was held against the lists of excluded people, each month (42 CFR 1001.1901)."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from himdept.common.metrics import Measured, Metric, Offender, Scope, Source
from staff.employment import measured
from staff.employment.models import Assignment
from staff.exclusions.models import ExclusionCheck, ExclusionList

NEW = timedelta(days=2)  # newcomers are checked in their first night, after that night was measured


def unchecked(user, numbers: Iterable[int]) -> list[Offender]:
    """Those of these whom the person may see. Two queries."""
    return measured.pairs_of(user, numbers, ExclusionList.objects.all(), "person_exclusions")


CHECKED = Metric(
    "exclusion-checks",
    _("Everybody was held against last month’s lists of excluded people"),
    _("people and lists"),
    window=0,
    target=1.0,
    name=unchecked,
    smallest=1,
)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """Of who sits in a seat of the facility for longer than two days, and each list that was in use last month: which
    pairs were not checked with the list of that month or a later one."""
    this_month = scope.today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    lists = ExclusionList.objects.filter(from_day__lt=this_month).order_by("pk").values_list("pk", flat=True)
    seated = Assignment.objects.at(scope.as_of).filter(position__unit__facility=scope.facility)
    people = seated.filter(during__startswith__lte=scope.as_of - NEW).values_list("employee", flat=True).distinct()
    checks = ExclusionCheck.objects.filter(
        employee__in=people,
        load__month__gte=last_month,
        checked_at__lte=min(scope.as_of, scope.known_at or scope.as_of),
    )
    done = set(checks.values_list("employee", "load__list"))
    asked = [(person, one) for person in sorted(people) for one in lists]
    return {CHECKED.code: Measured(len(asked), tuple(measured.number_of(*pair) for pair in asked if pair not in done))}


SOURCE = Source("exclusions", (CHECKED,), read)
