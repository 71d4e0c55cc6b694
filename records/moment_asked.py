"""As of which moment a person wants to see a record: `?as_of=2026-03-03`, or a date and time with its offset."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from himdept.common import spoken
from himdept.common.errors import Unreadable
from himdept.common.moments import read_moment

LONGEST = 40  # characters; a moment with microseconds and offset has 32
# A plus sign that nobody encoded arrives as a space.
LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:\d\d$)")


@dataclass(frozen=True)
class MomentAsked:
    """The moment to look at (UTC); `typed` and `wrong` are what the field shows again, and what is wrong with it."""

    as_of: datetime
    is_now: bool
    words: str = ""
    typed: str = ""
    wrong: str = ""

    @property
    def day(self) -> str:
        """What the date field shows: a date as it was typed, else nothing."""
        return self.typed if re.fullmatch(r"\d{4}-\d\d-\d\d", self.typed) else ""


def read(text: str, zone: ZoneInfo, now: datetime) -> MomentAsked:
    """The moment that a person asks for; nothing asks for now. A day is looked at as it ended: its last minute.

    What cannot be read, and what lies in the future, is answered by now with a sentence that says what is wrong.
    """
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        return MomentAsked(now, is_now=True)
    text = LOST_PLUS.sub("+", text) if "T" in text else text
    try:
        moment = read_moment(text, zone)
    except Unreadable:
        wrong = _(
            "“%(text)s” is neither a day, such as 2026-03-03, nor a day and time, such as 2026-03-03T14:30-05:00."
        )
        return MomentAsked(now, is_now=True, typed=text, wrong=wrong % {"text": text})
    if moment.first > now:
        wrong = _("%(day)s lies in the future: a record can be looked at as it is today or as it was before.")
        return MomentAsked(now, is_now=True, typed=text, wrong=wrong % {"day": spoken.day(moment.first, zone)})
    if moment.exact:
        return MomentAsked(moment.first, is_now=False, words=spoken.minute(moment.first, zone), typed=text)
    if moment.last > now:
        return MomentAsked(now, is_now=True)
    as_of = moment.last - timedelta(minutes=1)
    return MomentAsked(as_of, is_now=False, words=spoken.day(moment.first, zone), typed=text)
