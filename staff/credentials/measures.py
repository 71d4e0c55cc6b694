"""Whether the certifications that people hold are in force, and confirmed by who issued them."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from himdept.common.metrics import Measured, Metric, Offender, Scope, Source
from staff.credentials.models import Credential, Verification
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
VERIFIED = Metric(
    "credentials-verified",
    _("What people are certified in is confirmed at its source"),
    _("certifications in force of people in a seat"),
    window=0,
    target=1.0,
    name=held_by,
    smallest=1,
)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """Of who sits in a seat of the facility, the last cycle begun of each certification: which of them have lapsed, and
    of the others, which the last look at their source since they say what they say has not confirmed."""
    seated = Assignment.objects.at(scope.as_of).filter(position__unit__facility=scope.facility).values("employee")
    begun = Credential.objects.standing().filter(employee__in=seated, first_day__lte=scope.today)
    last = begun.order_by("employee_id", "certification_id", "-first_day").distinct("employee_id", "certification_id")
    looks = Verification.objects.filter(
        credential=OuterRef("pk"),
        written_at__gte=OuterRef("changed_at"),
        written_at__lte=min(scope.as_of, scope.known_at or scope.as_of),
    )
    found = looks.order_by("-written_at", "-pk").values("found")[:1]
    rows = sorted(last.annotate(found=Subquery(found)).values_list("pk", "last_day", "found"))
    lapsed = tuple(pk for pk, day, _found in rows if day is not None and day < scope.today)
    unproved = tuple(pk for pk, _day, said in rows if pk not in lapsed and said != Verification.Found.CONFIRMED)
    told = {
        IN_FORCE.code: Measured(len(rows), lapsed),
        VERIFIED.code: Measured(len(rows) - len(lapsed), unproved),
    }
    return {code: told[code] for code in codes}


SOURCE = Source("credentials", (IN_FORCE, VERIFIED), read)
