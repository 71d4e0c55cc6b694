"""The nights that a simulated hospital has had: audits and readings as of past moments, in their order, each written.

A department is judged by where it comes from. What these audits find is true of the simulated charts at those moments;
only the clock on the wall differs, and each run says when it was made.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from compliance.scoring import readings
from himdept.common.errors import DomainError
from himdept.common.metrics import Scope
from himdept.common.moments import midnight
from records.completeness import audits
from records.completeness.models.runs import State
from staff.models import Facility

WEEKS = 13  # a quarter: as long as the huddle looks back
SINCE = date(2025, 1, 1)
NIGHTLY = 14  # days with a night each; before them one a week is enough to see where things go


AIMS = {"delinquent": 60, "ratio": 25, "past_due": 110, "incomplete": 100, "undated": 0}


def aim(facility: Facility):
    """The targets that the demonstration's huddle is measured against; those that are there already stay."""
    for measure, at_most in AIMS.items():
        if not facility.targets.filter(measure=measure).exists():
            facility.targets.create(measure=measure, at_most=at_most, from_day=SINCE)


def days(until: date) -> list[date]:
    """The days on whose nights an audit is done, the last of them being `until`."""
    weekly = [until - timedelta(weeks=n) for n in range(WEEKS, NIGHTLY // 7 - 1, -1)]
    return weekly + [until - timedelta(days=n) for n in range(NIGHTLY - 1, -1, -1)]


def judge_the_past(facility: Facility, *, until: date) -> int:
    """Audit the facility as of its nights before the day `until` and of that day's own, if it is over by now.

    Returns how many there were. Raises DomainError when one of them fails.
    """
    nights = [night for night in (night_of(facility, day) for day in days(until)) if night < timezone.now()]
    for as_of in nights:
        run = audits.start(as_of=as_of, facility=facility)
        audits.begin(run)
        for _moved in audits.work_off(run):
            pass
        run.refresh_from_db()
        if run.state != State.FINISHED or not run.written:
            raise DomainError(run.error or "An audit of the past wrote nothing.")
        readings.take(Scope(facility, as_of))
    return len(nights)


def night_of(facility: Facility, day: date) -> datetime:
    since = timedelta(hours=facility.night_begins_at.hour, minutes=facility.night_begins_at.minute)
    return midnight(day, facility.zone) + since
