"""Taking what is measured: every night, and for any past day by what is known now."""

from datetime import date
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from compliance.scoring.models import Aim, Reading
from himdept.common import metrics
from himdept.common.metrics import Measured, Scope
from staff.models import Facility


def take_tonight(step) -> dict:
    """The step of the night that measures everything. Twice the same night changes nothing."""
    readings = take(Scope(step.night.facility, step.night.as_of))
    return {"measures": len(readings), "below": sum(map(is_below, readings))}


def take(scope: Scope) -> list[Reading]:
    """Measure everything and keep it; a measure that has its reading of that day keeps it.

    What the facts of other writers say that are not committed yet is not in it, and not in what is read again as known
    at that moment: so the same numbers come out.
    """
    known_at = scope.known_at or timezone.now()
    aims = aims_of(scope.facility, scope.today)
    readings = [
        reading_of(code, measured, scope, known_at, aims[code]) for code, measured in metrics.read(scope).items()
    ]
    Reading.objects.bulk_create(readings, ignore_conflicts=True)
    return readings


def reading_of(code: str, measured: Measured, scope: Scope, known_at, aim: Decimal) -> Reading:
    return Reading(
        facility=scope.facility,
        metric=code,
        day=scope.today,
        as_of=scope.as_of,
        known_at=known_at,
        numerator=measured.numerator,
        denominator=measured.denominator,
        offenders=list(measured.offenders),
        aim=aim,
    )


def aims_of(facility: Facility, on: date) -> dict[str, Decimal]:
    """What each measure aims at on a local day: what the facility has set, else what the measure comes with."""
    told = {code: Decimal(str(metric.target)) for code, metric in metrics.every().items()}
    aims = Aim.objects.filter(facility=facility, effective_from__lte=on)
    latest = aims.order_by("metric", "-effective_from", "-pk").distinct("metric")
    return told | {aim.metric: aim.share for aim in latest if aim.metric in told}


def is_below(reading: Reading) -> bool:
    return reading.numerator < reading.aim * reading.denominator


def latest(facility: Facility, on: date | None = None) -> dict[str, Reading]:
    """The last reading of each measure, or the last one until a local day. One query; offenders are left out."""
    readings = Reading.objects.filter(facility=facility).defer("offenders")
    if on is not None:
        readings = readings.filter(day__lte=on)
    return {one.metric: one for one in readings.order_by("metric", "-day").distinct("metric")}


def latest_on_two(facility: Facility, since: date, day: date) -> tuple[dict[str, Reading], dict[str, Reading]]:
    """The last reading of each measure until each of two local days, the earlier day first. One query."""
    is_before = ExpressionWrapper(Q(day__lte=since), output_field=BooleanField())
    rows = Reading.objects.filter(facility=facility, day__lte=day).defer("offenders").annotate(is_before=is_before)
    found = list(rows.order_by("metric", "is_before", "-day").distinct("metric", "is_before"))
    then = {one.metric: one for one in found if one.is_before}
    return then, then | {one.metric: one for one in found if not one.is_before}
