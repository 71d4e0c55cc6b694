"""Whether the certifications that people hold are in force."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from himdept.common.metrics import Measured, Metric, Offender, Scope, Source
from staff.credentials.models import Credential
from staff.employment.models import Assignment


def held_by(user, numbers: Iterable[int]) -> list[Offender]:
    """The lapsed among these that the person may see: their own, and those of the people below. One query."""
    found = Credential.objects.visible_to(user).filter(pk__in=numbers).select_related("employee", "certification")
    return [
        Offender(
            one.pk, f"{one.employee} · {one.certification.code}", reverse("person_credentials", args=[one.employee_id])
        )
        for one in found.order_by("pk")
    ]


IN_FORCE = Metric(
    "credentials-in-force",
    _("What people are certified in is in force"),
    _("certifications of people in a seat"),
    window=0,
    target=1.0,
    name=held_by,
    smallest=1,
)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """Of who sits in a seat of the facility, the last cycle begun of each certification; which of them have lapsed."""
    seated = Assignment.objects.at(scope.as_of).filter(position__unit__facility=scope.facility).values("employee")
    begun = Credential.objects.standing().filter(employee__in=seated, first_day__lte=scope.today)
    last = begun.order_by("employee_id", "certification_id", "-first_day").distinct("employee_id", "certification_id")
    ends = dict(last.values_list("pk", "last_day"))
    lapsed = sorted(pk for pk, day in ends.items() if day is not None and day < scope.today)
    return {IN_FORCE.code: Measured(len(ends), tuple(lapsed))}


SOURCE = Source("credentials", (IN_FORCE,), read)
