"""Whether the nights were done: what scores itself every morning is only as good as its last night."""

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from compliance.nightly.models import Night
from himdept.common import spoken
from himdept.common.metrics import Measured, Metric, Offender, Scope, Source

WINDOW = 30


def nights_of(user, numbers: Iterable[int]) -> list[Offender]:
    """These nights, for who may see the nights. One query."""
    found = Night.objects.visible_to(user).filter(pk__in=numbers).order_by("pk")
    return [Offender(night.pk, name_of(night), reverse("night_page", args=[night.pk])) for night in found]


def name_of(night: Night) -> str:
    return f"{spoken.date_of(night.business_date)} · {night.get_state_display()}"


DONE = Metric("nights-done", _("Every night went through to its end"), _("nights"), WINDOW, target=0.95, name=nights_of)


def read(scope: Scope, codes: frozenset[str]) -> dict[str, Measured]:
    """The nights that were due in the last 30 days before this one; which of them failed in part or were missed."""
    due = Night.objects.filter(
        facility=scope.facility,
        kind=Night.Kind.NIGHTLY,
        business_date__gte=scope.today - timedelta(days=WINDOW),
        business_date__lt=scope.today,
        due_at__lte=scope.as_of,
    )
    nights = dict(due.order_by("pk").values_list("pk", "state"))
    return {DONE.code: Measured(len(nights), tuple(pk for pk, state in nights.items() if state != "finished"))}


SOURCE = Source("nights", (DONE,), read)
