"""Which nights are due, by the table; beginning them, going on from step to step, ending them.

Beat only ticks, and it may tick late, twice, or not at all for a week: a night is a row, unique by facility, date and
kind, and what a tick does depends on the rows alone (docs/adr/0006).
"""

from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.nightly import steps
from compliance.nightly.models import Night, NightStep
from himdept.common import night as program
from himdept.common.audit import acting_as
from himdept.common.errors import Conflict
from records.completeness import audits
from staff.models import Facility, User

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
            alone(facility)
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
        unique_fields=["facility", "business_date", "kind", "number"],
        update_fields=["due_at"],
    )
    return list(nights.filter(state=Night.State.PLANNED, due_at__lte=at))


def begin_by_hand(facility: Facility, *, by: User) -> Night:
    """Begin a night now, beside those that begin by themselves; it does what they do, and nothing twice.

    Raises Conflict while a night of the facility is under way.
    """
    at = timezone.now()
    with transaction.atomic():
        alone(facility)
        of_facility = Night.objects.filter(facility=facility)
        if of_facility.filter(state=Night.State.RUNNING).exists():
            raise Conflict(_("A night of this facility is under way."))
        day = at.astimezone(facility.zone).date()
        there = of_facility.filter(business_date=day, kind=Night.Kind.BY_HAND).count()
        night = Night(facility=facility, business_date=day, due_at=at, requested_by=by)
        night.kind, night.number = Night.Kind.BY_HAND, there + 1
        return begin(night, at=at)


def set_hour(facility: Facility, begins_at: time, *, by: User) -> Night:
    """Let the nights of a facility begin at another local time; returns the next one that is planned."""
    with transaction.atomic(), acting_as(by):
        alone(facility)
        facility.night_begins_at = begins_at
        facility.save(update_fields=["night_begins_at"])
        plan(facility, at=timezone.now())
    planned = Night.objects.filter(facility=facility, state=Night.State.PLANNED)
    return planned.order_by("business_date").last()


def alone(facility: Facility):
    """Until the transaction ends nobody else plans or begins nights of this facility."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TICKING, facility.pk])


def begin(night: Night, *, at: datetime) -> Night:
    """Begin a planned night: its steps are rows before anybody is told of them."""
    night.state, night.started_at = Night.State.RUNNING, at
    night.caught_up = at - night.due_at > LATE
    night.as_of = moment_to_judge(night, at)
    night.save()
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
