"""What people add to the scores: a judgement of what no measure judges, and what a measure is to aim at."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.scoring.models import Aim, Assessment, Result
from compliance.standards.models import Element
from himdept.common import metrics
from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError
from staff.models import Facility, User


def assess(
    element: Element, facility: Facility, *, result: Result, because: str, after: int | None = None, by: User
) -> Assessment:
    """Judge an element. The judgement before stays, and this one is in force from now on.

    `after` is the judgement that the person looked at (its number, 0 for none): Conflict where another one has come.
    Raises DomainError without a reason, and of an element that measures judge: these are not talked better.
    """
    if element.bindings.exists():
        raise DomainError(_("%(element)s is judged by what is measured.") % {"element": element})
    if not because.strip():
        raise DomainError(_("Say on what the judgement rests."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)  # one judges at a time
        last = Assessment.objects.filter(element=element, facility=facility).order_by("pk").last()
        if after is not None and after != (last.pk if last else 0):
            raise Conflict(_("%(who)s has judged it meanwhile.") % {"who": last.by if last else "?"})
        return Assessment.objects.create(
            element=element, facility=facility, result=result, because=because.strip(), by=by
        )


def aim(code: str, facility: Facility, *, share: Decimal, effective_from: date, because: str, by: User) -> Aim:
    """Set the share from which a measure is met, from a local day on; readings that were taken keep theirs.

    Raises DomainError for a day that is over, a share that is none, and without a reason.
    """
    if metrics.named(code) is None:
        raise DomainError(_("Nobody measures %(metric)s.") % {"metric": code})
    if not 0 < share <= 1:
        raise DomainError(_("An aim is more than 0 and at most 100 percent."), field="percent")
    if effective_from < timezone.now().astimezone(facility.zone).date():
        raise DomainError(_("That day is over: what was read then was judged by the aim of then."), field="since")
    if not because.strip():
        raise DomainError(_("Give a reason."), field="because")
    with transaction.atomic(), acting_as(by, because=because):
        return Aim.objects.create(
            metric=code, facility=facility, share=share, effective_from=effective_from, because=because.strip(), by=by
        )
