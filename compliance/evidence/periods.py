"""The time that evidence tells of, and for how long it is good. Local days of the facility, both ends included."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from himdept.common import spoken
from himdept.common.errors import DomainError


@dataclass(frozen=True)
class Period:
    """From a day to another; without the second it goes on. `claimed_for`: the day that it must cover, if any.

    That of a reading is settled by its measure: until then it has no days.
    """

    covers_from: date | None = None
    covers_until: date | None = None
    claimed_for: date | None = None
    review_by: date | None = None
    expires_on: date | None = None

    def covers(self, day: date) -> bool:
        return self.covers_from <= day and (self.covers_until is None or day <= self.covers_until)


def refuse(period: Period, *, today: date, may_go_on: bool = False):
    """Raise DomainError, naming the field, for what can be no period of evidence that is laid down today."""
    if period.covers_until is None and not may_go_on:
        raise DomainError(_("Say to which day it tells of what was."), field="covers_until")
    if period.covers_until is not None and period.covers_until < period.covers_from:
        raise DomainError(_("It ends before it begins."), field="covers_until")
    if period.covers_from > today:
        raise DomainError(_("It lies wholly in the future: evidence is of what has been."), field="covers_from")
    if not may_go_on and period.covers_until > today:
        raise DomainError(
            _("That day is still to come: evidence tells of what has been. Until when it counts is another day."),
            field="covers_until",
        )
    if period.claimed_for is not None and not period.covers(period.claimed_for):
        told = {"day": spoken.date_of(period.claimed_for)}
        raise DomainError(
            _("The period does not cover %(day)s, the day for which it is claimed.") % told, field="claimed_for"
        )
    if period.expires_on is not None and period.expires_on < max(period.covers_from, today):
        raise DomainError(_("By that day it has expired already."), field="expires_on")
    if period.review_by is not None and period.review_by < today:
        raise DomainError(_("That day is over: by which day will somebody look at it again?"), field="review_by")
