"""Times on a page, as people of a facility read them: in its zone, with the minute only where it is known."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from himdept.common import spoken

register = template.Library()


@register.simple_tag
def moment(first: datetime | None, last: datetime | None, zone: ZoneInfo, otherwise=""):
    """A clinical moment: with its minute, or only its day when that is all that is known."""
    return element(first, zone, spoken.moment(first, last, zone)) if first else otherwise


@register.simple_tag
def at(value: datetime | None, zone: ZoneInfo | None = None, otherwise=""):
    """An instant to the minute, in `zone` or that of the installation."""
    zone = zone or timezone.get_current_timezone()
    return element(value, zone, spoken.minute(value, zone)) if value else otherwise


@register.simple_tag
def on(value: datetime | None, zone: ZoneInfo | None = None, otherwise=""):
    """The local day of an instant."""
    zone = zone or timezone.get_current_timezone()
    return element(value, zone, spoken.day(value, zone)) if value else otherwise


@register.simple_tag
def due(due_at: datetime | None, zone: ZoneInfo, otherwise=""):
    """A limit, shortly: of a midnight the day that it ends, else the minute."""
    if due_at is None:
        return otherwise
    local = due_at.astimezone(zone)
    return at(due_at, zone) if local.hour or local.minute else on(due_at - timedelta(microseconds=1), zone)


def element(value: datetime, zone: ZoneInfo, words: str):
    return format_html('<time datetime="{}">{}</time>', value.astimezone(zone).isoformat(timespec="minutes"), words)


def day_element(day: date):
    """A local day: "9 Oct 2026"."""
    return mark_safe(f'<time datetime="{day.isoformat()}">{spoken.date_of(day)}</time>')  # noqa: S308  digits and a name


@register.filter
def lasting(value: timedelta) -> str:
    """A length of time in the unit a person would use: "15 minutes"."""
    return spoken.lateness(value)


@register.simple_tag
def past(due_at: datetime | None, now: datetime, otherwise=""):
    """How long something has been past due: "61 d", "5 h"; "in 3 d" when it is still to come."""
    if due_at is None:
        return otherwise
    late = now - due_at
    words = span(abs(late))
    return words if late >= timedelta() else _("in %(span)s") % {"span": words}


@register.simple_tag
def left(due_at: datetime, now: datetime):
    """How long there is until something is due: "5 h left"; nothing is left of what has just passed."""
    return _("%(span)s left") % {"span": remaining(due_at, now)}


@register.simple_tag
def remaining(due_at: datetime, now: datetime):
    """The same under a heading that says what it is: "5 h"."""
    return span(max(due_at - now, timedelta()))


def span(length: timedelta) -> str:
    """A length of time in one short unit, rounded down."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)d h") % {"n": minutes // 60}
    return _("%(n)d d") % {"n": length.days}
