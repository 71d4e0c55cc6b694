"""A measure over its last readings: an individuals chart with the limits within which it moves by chance."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from compliance.scoring.models import Reading
from himdept.common import pictures, spoken
from himdept.common.metrics import Metric
from himdept.common.pictures import Level, Limits, Picture
from staff.models import Facility

WIDTH, HEIGHT = 420, 150
MOST = 120  # readings


@dataclass(frozen=True)
class History:
    """The readings, latest first; the picture of those that had something to judge, and what it says in words."""

    rows: list[Reading]
    picture: Picture | None
    levels: list[Level]
    sentence: str


def of(facility: Facility, metric: Metric) -> History:
    """One query."""
    rows = list(
        Reading.objects.filter(facility=facility, metric=metric.code).defer("offenders").order_by("-day")[:MOST]
    )
    told = [(row.day, 100 * row.value) for row in reversed(rows) if row.value is not None]
    values = [value for _day, value in told]
    limits = pictures.limits_of(values)
    if limits is not None:
        limits = Limits(limits.mean, limits.lower, min(100.0, limits.upper))
    also = [limits.lower, limits.upper] if limits else []
    picture = pictures.drawn(told, width=WIDTH, height=HEIGHT, also=also, words=in_words(metric, told))
    levels = pictures.levels_of(picture, limits) if picture else []
    return History(rows, picture, levels, verdict(values, limits))


def in_words(metric: Metric, told: list) -> str:
    if not told:
        return ""
    words = {
        "measure": metric.title,
        "first": round(told[0][1]),
        "since": spoken.date_of(told[0][0]),
        "last": round(told[-1][1]),
        "until": spoken.date_of(told[-1][0]),
    }
    return _("%(measure)s: from %(first)d%% on %(since)s to %(last)d%% on %(until)s") % words


def verdict(values: list[float], limits: Limits | None) -> str:
    """What the last reading says by the rule of the individuals chart."""
    if limits is None:
        return _("Too few nights to tell chance from change.")
    if values[-1] < limits.lower:
        return _("The last night lies below the lower limit: something has changed for the worse.")
    if values[-1] > limits.upper:
        return _("The last night lies above the upper limit: something has changed for the better.")
    return _("The last night lies within the limits: no more than chance.")
