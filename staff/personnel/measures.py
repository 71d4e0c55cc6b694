"""Whether access ended when employment did (45 CFR 164.308(a)(3)(ii)(C))."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.metrics import Measured, Metric, Offender, Scope, Source
from staff.employment.models import Assignment
from staff.personnel.kinds import Kind
from staff.personnel.models import IN_FORCE, PersonnelAction, PersonnelStep

WINDOW = 90
WITHIN = timedelta(hours=1)  # what is decided in time takes effect at its minute; after that the papers came late


def separations(user, numbers: Iterable[int]) -> list[Offender]:
    """The separations among these that the person may see: of the people below. One query."""
    found = PersonnelAction.objects.visible_to(user).filter(pk__in=numbers).order_by("pk")
    return [
        Offender(
            action.pk,
            f"{action.employee} · {spoken.date_of(action.effective.date())}",
            reverse("admin:staff_personnelaction_change", args=[action.pk]),
        )
        for action in found.select_related("employee")
    ]


ENDED = Metric(
    "access-ended",
    _("Access ended when employment did"),
    _("separations"),
    WINDOW,
    target=1.0,
    name=separations,
    smallest=1,
)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """Of the separations of the window, those that took effect more than an hour late, or have not yet.

    A separation is of the facility in which the person sat last.
    """
    took_effect = PersonnelStep.objects.filter(action=OuterRef("pk"), move="take_effect", at__lte=scope.as_of)
    last = Assignment.objects.filter(employee=OuterRef("employee"), during__startswith__lte=scope.as_of)
    ended = PersonnelAction.objects.filter(
        kind=Kind.SEPARATION, state__in=IN_FORCE, effective__gt=scope.since(WINDOW), effective__lte=scope.as_of
    ).annotate(
        at=Subquery(took_effect.order_by("at").values("at")[:1]),
        facility=Subquery(last.order_by("-during").values("position__unit__facility")[:1]),
    )
    of_facility = ended.filter(facility=scope.facility.pk).order_by("pk")
    late = of_facility.filter(Q(at=None) | Q(at__gt=F("effective") + WITHIN))
    return {ENDED.code: Measured(of_facility.count(), tuple(late.values_list("pk", flat=True)))}


SOURCE = Source("separations", (ENDED,), read)
