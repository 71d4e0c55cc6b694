"""A day in an address, such as `?day=2026-11-24`: the page is shown whatever stands there, and says beside the field
what is wrong with it (templates/parts/day.html)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from himdept.common import spoken
from himdept.common.moments import DAY, EARLIEST, LATEST

LONGEST = 20  # characters that are shown again of what is no day
MONTH = re.compile(r"\d{4}-\d\d")


@dataclass(frozen=True)
class DayAsked:
    """The local day to show, and in a sentence what is `wrong` with the one that was asked for; of a month its first
    day. `name` is that of the parameter and its field, which takes days up to `last`."""

    name: str
    day: date | None
    last: date
    wrong: str = ""

    @property
    def status(self) -> int:
        return 400 if self.wrong else 200


def day_in(request, name: str, *, instead: date | None, last: date, too_late: str, first: date = EARLIEST) -> DayAsked:
    """The day of this name in the address; `instead` where there is none, or one that cannot be shown. One that is
    after `last` is answered by the sentence `too_late`."""
    text = typed(request, name)
    day = read(text, DAY, date.fromisoformat)
    if not text:
        return DayAsked(name, instead, last)
    if day is None:
        return DayAsked(name, instead, last, _("“%(text)s” is no day: write it as 2026-11-24.") % {"text": text})
    if day > last:
        return DayAsked(name, instead, last, too_late)
    if day < first:
        return DayAsked(name, instead, last, _("It goes back to %(day)s.") % {"day": spoken.date_of(first)})
    return DayAsked(name, day, last)


def month_in(request, name: str, *, instead: date, first: date = EARLIEST) -> DayAsked:
    """The first day of the month of this name in the address; `instead` as `day_in`."""
    text = typed(request, name)
    month = read(text, MONTH, lambda month: date.fromisoformat(f"{month}-01"))
    if not text:
        return DayAsked(name, instead, LATEST)
    if month is None:
        return DayAsked(name, instead, LATEST, _("“%(text)s” is no month: write it as 2026-11.") % {"text": text})
    if not first <= month <= LATEST:
        told = {"first": first.year, "last": LATEST.year}
        return DayAsked(name, instead, LATEST, _("The calendar goes from %(first)d to %(last)d.") % told)
    return DayAsked(name, month, LATEST)


def typed(request, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST]


def read(text: str, form: re.Pattern, made: Callable[[str], date]) -> date | None:
    """The day that a text of this form means; None where it is of another, or there is no such day."""
    if not (text.isascii() and form.fullmatch(text)):
        return None
    try:
        return made(text)
    except ValueError:
        return None
