"""The nights that a simulated hospital has had: audits and readings as of past moments, in their order, each written.

A department is judged by where it comes from. What these audits find is true of the simulated charts at those moments;
only the clock on the wall differs, and each run says when it was made.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils import timezone

from compliance.digests import sending
from compliance.nightly.models import Night, NightStep
from compliance.scoring import readings
from himdept.common.errors import DomainError
from himdept.common.metrics import Scope
from himdept.common.moments import midnight
from records.completeness import audits
from records.completeness.models.runs import State
from records.models import AuditRun
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


def judge_the_past(facility: Facility, *, until: date, progress: Callable[[int, int], None] | None = None) -> int:
    """Audit the facility as of its nights before the day `until` and of that day's own, if it is over by now.

    `progress` is told after each how many are done, and of how many. Returns how many there were. Raises DomainError
    when one of them fails.
    """
    nights = [night for night in (night_of(facility, day) for day in days(until)) if night < timezone.now()]
    for done, as_of in enumerate(nights, start=1):
        run = audits.start(as_of=as_of, facility=facility)
        audits.begin(run)
        for _moved in audits.work_off(run):
            pass
        run.refresh_from_db()
        if run.state != State.FINISHED or not run.written:
            raise DomainError(run.error or "An audit of the past wrote nothing.")
        readings.take(Scope(facility, as_of))
        if progress:
            progress(done, len(nights))
    return len(nights)


def tell_of_the_last(facility: Facility) -> Night | None:
    """Write down the last of these nights, if it is last night's, and the digest that it gave to each person; nothing
    is mailed. It is a night with one step, its audit: the others were not done then."""
    run = AuditRun.objects.filter(facility=facility, state=State.FINISHED, written=True).order_by("as_of").last()
    if (
        run is None
        or timezone.now() - run.as_of > timedelta(days=1)
        or facility.nights.exclude(state=Night.State.PLANNED).exists()
    ):
        return None
    at = timezone.now()
    said = {"started_at": at, "finished_at": at}
    day = timezone.localdate(run.as_of, facility.zone)
    night = facility.nights.create(
        business_date=day, due_at=run.as_of, as_of=run.as_of, state=Night.State.FINISHED, **said
    )
    night.steps.create(ordinal=20, name="audit", state=NightStep.State.FINISHED, audit=run, **said)
    sending.write(night)
    return night


def night_of(facility: Facility, day: date) -> datetime:
    since = timedelta(hours=facility.night_begins_at.hour, minutes=facility.night_begins_at.minute)
    return midnight(day, facility.zone) + since
