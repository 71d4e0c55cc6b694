"""Delinquent records over 13 weeks, with the limits within which they move by chance."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from himdept.common import pictures, spoken
from himdept.common.pictures import Level, Limits, Picture
from records.completeness.nights import Night, weekly

WIDTH, HEIGHT = 420, 150


@dataclass(frozen=True)
class Trend:
    """The picture, its lines, the sentence below it, and the same as a table, latest first."""

    picture: Picture
    levels: list[Level]
    sentence: str
    rows: list[Night]


def trend(nights: list[Night]) -> Trend | None:
    """None while there are fewer than two weeks to compare."""
    weeks = weekly(nights)
    values = [night.delinquent for night in weeks]
    limits = pictures.limits_of(values)
    also = [limits.lower, limits.upper] if limits else []
    days = [(night.day, night.delinquent) for night in weeks]
    picture = pictures.drawn(days, width=WIDTH, height=HEIGHT, also=also, words=in_words(weeks))
    if picture is None:
        return None
    return Trend(picture, pictures.levels_of(picture, limits), verdict(values, limits), weeks[::-1])


def in_words(weeks: list[Night]) -> str:
    if not weeks:
        return ""
    return _(
        "Delinquent records from %(first)d on %(since)s to %(last)d on %(until)s; least %(least)d, most %(most)d"
    ) % {
        "first": weeks[0].delinquent,
        "since": spoken.date_of(weeks[0].day),
        "last": weeks[-1].delinquent,
        "until": spoken.date_of(weeks[-1].day),
        "least": min(night.delinquent for night in weeks),
        "most": max(night.delinquent for night in weeks),
    }


def verdict(values: list[int], limits: Limits | None) -> str:
    """What the picture says: whether the last week is beyond chance, and whether one was before."""
    if limits is None:
        n = pictures.ENOUGH - len(values)
        return ngettext(
            "Limits are drawn when there is %(n)d week more.", "Limits are drawn when there are %(n)d weeks more.", n
        ) % {"n": n}
    beyond = [not limits.lower <= value <= limits.upper for value in values]
    if beyond[-1] and values[-1] > limits.mean:
        return _("Above the upper limit: this is more than chance. Something has changed for the worse.")
    if beyond[-1]:
        return _("Below the lower limit: this is more than chance. Something has changed for the better.")
    if any(beyond):
        return _("Within the limits now; in an earlier week it was beyond them.")
    return _("Within the limits: what moves here moves by chance.")
