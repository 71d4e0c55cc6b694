"""Which nights are due, by the table; beginning them, going on from step to step, ending them.

Beat only ticks, and it may tick late, twice, or not at all for a week: a night is a row, unique by facility, date and
kind, and what a tick does depends on the rows alone (docs/adr/0006).
"""

from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from compliance.nightly import steps
from compliance.nightly.models import Night, NightStep
from himdept.common import night as program
from records.completeness import audits
from staff.models import Facility

LATE = timedelta(minutes=15)  # a night that begins later than this was missed, and is caught up
TICKING = 0x48494D03  # the class of our advisory locks


def due_at(facility: Facility, day: date) -> datetime:
    """The instant (UTC) at which the night of a local day is due.

    Of a local time that happens twice it is the first. A local time that the clocks skip is moved on by what they skip:
    02:30 becomes 03:30. So every date has its one night.
    """
    return datetime.combine(day, facility.night_begins_at, facility.zone).astimezone(UTC)


def begin_due(*, at: datetime | None = None) -> list[Night]:
    """Begin the night of each facility whose time has come; returns those that were begun now.

    Of several that were missed the last is begun, and says that it was caught up; the others are recorded as missed:
    an audit tells how things stand, and the earlier ones would be overtaken at once.
    """
    at = at or timezone.now()
    begun = []
    for facility in Facility.objects.select_related("time_zone").order_by("pk"):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TICKING, facility.pk])
            due = plan(facility, at=at)
            for missed in due[:-1]:
                missed.state = Night.State.MISSED
                missed.save(update_fields=["state"])
            begun += [begin(night, at=at) for night in due[-1:]]
    return begun


def plan(facility: Facility, *, at: datetime) -> list[Night]:
    """Write down the nights up to `at` and the one after them; returns those that are due and not begun.

    The first time that a facility is seen only its next night is written down: it has missed none. A night that is
    planned follows the facility's hour and time zone when these change.
    """
    nights = Night.objects.filter(facility=facility, kind=Night.Kind.NIGHTLY).order_by("business_date")
    planned, last = nights.filter(state=Night.State.PLANNED).first(), nights.last()
    if planned:
        day = planned.business_date
    elif last:
        day = last.business_date + timedelta(days=1)
    else:
        day = at.astimezone(facility.zone).date()
        day += timedelta(days=due_at(facility, day) <= at)
    days = [day]
    while due_at(facility, days[-1]) <= at:
        days.append(days[-1] + timedelta(days=1))
    Night.objects.bulk_create(
        [Night(facility=facility, business_date=day, due_at=due_at(facility, day)) for day in days],
        update_conflicts=True,
        unique_fields=["facility", "business_date", "kind"],
        update_fields=["due_at"],
    )
    return list(nights.filter(state=Night.State.PLANNED, due_at__lte=at))


def begin(night: Night, *, at: datetime) -> Night:
    """Begin a planned night: its steps are rows before anybody is told of them."""
    night.state, night.started_at = Night.State.RUNNING, at
    night.caught_up = at - night.due_at > LATE
    night.as_of = moment_to_judge(night, at)
    night.save(update_fields=["state", "started_at", "caught_up", "as_of"])
    NightStep.objects.bulk_create(
        NightStep(night=night, ordinal=step.ordinal, name=step.name) for step in program.steps()
    )
    return night


def moment_to_judge(night: Night, at: datetime) -> datetime:
    """When the night was due; but if a later moment has been judged since, that one: nothing is written behind it."""
    written = audits.last_written(night.facility)
    return max(night.due_at, min(written, at)) if written else night.due_at


def under_way() -> list[Night]:
    return list(Night.objects.filter(state=Night.State.RUNNING).order_by("pk"))


def go_on(night: Night, *, at: datetime | None = None) -> NightStep | None:
    """The step of a running night that is to be done now, if there is one; a night without any left is ended.

    The row is locked: of two that find the last step done, one ends the night.
    """
    with transaction.atomic():
        night = Night.objects.select_for_update().get(pk=night.pk)
        if night.state != Night.State.RUNNING:
            return None
        steps.bury(night)
        left = night.steps.left().order_by("ordinal").first()
        if left is None:
            end(night, at=at or timezone.now())
            return None
        return NightStep.objects.filter(pk=left.pk).ready().first()


def end(night: Night, *, at: datetime):
    failed = list(night.steps.filter(state=NightStep.State.FAILED).order_by("ordinal"))
    night.state = Night.State.FAILED if failed else Night.State.FINISHED
    night.error = " ".join(f"{step.title}: {step.error}" for step in failed)
    night.finished_at = max(at, night.started_at)
    night.save(update_fields=["state", "error", "finished_at"])
