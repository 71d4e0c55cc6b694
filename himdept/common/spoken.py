"""Times, lengths of time and choices as people say them, in plain text: "9 Oct 2026 16:05", "24 hours", "late"."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from django.db.models.enums import Choices
from django.utils.dates import MONTHS_3
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

A_WEEK = 7 * 24


def choice(choices: type[Choices], value: str | int) -> str:
    """The words for one of a field's choices.

    Django's `get_…_display` looks up the words of all of them each time: in a list that costs as much as its cells.
    """
    return str(choices(value).label)


def moment(first: datetime | None, last: datetime | None, zone: ZoneInfo) -> str:
    """A clinical moment: with its minute, or only its day when that is all that is known."""
    if first is None:
        return ""
    return minute(first, zone) if first == last else day(first, zone)


def minute(at: datetime, zone: ZoneInfo) -> str:
    """Local time; of an hour that happens twice it says which."""
    local = at.astimezone(zone)
    words = f"{date_of(local)} {local.hour:02}:{local.minute:02}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{words} {local.tzname()}" if twice else words


def day(at: datetime, zone: ZoneInfo) -> str:
    """The local day of an instant."""
    return date_of(at.astimezone(zone))


def date_of(local: date) -> str:
    """Day, month by its short name, year. By hand, as `date_format` takes ten times as long."""
    return f"{local.day} {_month(local.month, get_language())} {local.year}"


@cache
def _month(number: int, _language: str | None) -> str:
    return str(MONTHS_3[number]).title()


def by(due_at: datetime, zone: ZoneInfo) -> str:
    """A limit. Midnight is said as the end of the day before it: nobody thinks of a last day as the next midnight."""
    local = due_at.astimezone(zone)
    if not (local.hour or local.minute or local.second):
        return _("by the end of %(day)s") % {"day": day(due_at - timedelta(microseconds=1), zone)}
    return _("by %(time)s") % {"time": minute(due_at, zone)}


def hours_long(hours: Decimal | int, *, in_days: bool = False) -> str:
    """A length of hours. `in_days`: 720 hours before an admission are thought of as 30 days."""
    whole, rest = divmod(round(hours * 60), 60)
    if in_days and not rest and whole >= A_WEEK and whole % 24 == 0:
        return days_long(whole // 24)
    parts = []
    if whole:
        parts.append(ngettext("%(n)s hour", "%(n)s hours", whole) % {"n": whole})
    if rest or not whole:
        parts.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return get_text_list(parts, _("and"))


def days_long(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def lateness(late: timedelta) -> str:
    """How late, in the unit a person would use: minutes, hours up to two days, then whole days."""
    minutes = int(late.total_seconds() // 60)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return hours_long(Decimal(minutes) / 60)
    return hours_long(minutes // 60) if minutes < 48 * 60 else days_long(late.days)
