"""How the nights went: the last good one, and what an operator must look at. Sentences for the huddle."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.nightly.models import Night, NightStep, WorkerSeen
from himdept.common import spoken
from himdept.common.queue import QUEUES
from records.models import AuditRun, AuditShard
from staff.models import Facility

NO_WORKER = timedelta(minutes=5)
NOT_BEGUN = timedelta(minutes=30)
NO_PROGRESS = timedelta(minutes=15)
USUAL = 7  # good nights that say what is usual
FEWER = 0.8  # of the records that are usual: a stay is never unmade, so there are more of them every night
SHORTER = 0.1  # of the seconds that are usual
WORTH_COMPARING = 10  # seconds: below that, nights differ by chance


def last_good_night(facility: Facility) -> Night | None:
    """The last night that did all its steps."""
    return Night.objects.filter(facility=facility, state=Night.State.FINISHED).order_by("due_at").last()


def alarms(at: datetime | None = None, facilities: Iterable[Facility] | None = None) -> list[str]:
    """What somebody must look at, most pressing first, each in a sentence. Times are those of the facility.

    docs/operations.md ("The night") has what to do about each. `facilities`: only the nights of these.
    """
    at = at or timezone.now()
    found = list(of_workers(at))
    for facility in Facility.objects.order_by("code") if facilities is None else facilities:
        found += of_nights(facility, at)
    return found


def of_workers(at: datetime) -> Iterator[str]:
    seen = dict(WorkerSeen.objects.order_by("queue").values_list("queue").annotate(Max("seen_at")))
    for queue in QUEUES:
        if queue not in seen:
            yield _("No worker has ever taken work from the queue “%(queue)s”.") % {"queue": queue}
        elif late := minutes_since(seen[queue], at, NO_WORKER):
            yield _("No worker has taken work from the queue “%(queue)s” for %(minutes)d minutes.") % {
                "queue": queue,
                "minutes": late,
            }
    if WorkerSeen.CLOCK not in seen:
        yield _("The clock that begins the nights (beat) has not ticked yet; it does within a minute of its start.")
    elif late := minutes_since(seen[WorkerSeen.CLOCK], at, NO_WORKER):
        yield _("The clock that begins the nights (beat) has not ticked for %(minutes)d minutes.") % {"minutes": late}


def of_nights(facility: Facility, at: datetime) -> Iterator[str]:
    nights = Night.objects.filter(facility=facility).order_by("due_at")
    for night in nights.filter(state=Night.State.PLANNED, due_at__lt=at - NOT_BEGUN):
        yield _("%(night)s was due at %(due)s and has not begun.") % about(night, due=night.due_at)
    for night in nights.filter(state=Night.State.RUNNING):
        if late := minutes_since(last_progress(night), at, NO_PROGRESS):
            yield _("%(night)s has made no progress for %(minutes)d minutes: %(step)s.") % about(
                night, minutes=late, step=where(night)
            )
    over = nights.filter(state__in=[Night.State.FINISHED, Night.State.FAILED])
    if last := over.last():
        yield from of_last_night(last)
    good = last_good_night(facility)
    since = good.business_date if good else date.min
    missed = nights.filter(state=Night.State.MISSED, business_date__gt=since).count()
    if missed:
        yield _("%(facility)s: %(missed)d nights were missed since the last good one (%(good)s).") % {
            "facility": facility,
            "missed": missed,
            "good": date_format(good.business_date, "j M Y") if good else _("there was none"),
        }


def of_last_night(night: Night) -> Iterator[str]:
    if night.state == Night.State.FAILED:
        yield _("%(night)s failed in part. %(error)s") % about(night, error=night.error)
    if night.caught_up:
        yield _("%(night)s was missed at %(due)s and caught up at %(started)s.") % about(
            night, due=night.due_at, started=night.started_at
        )
    for step in night.steps.filter(counts__refused__gt=0):
        words = ngettext(
            "%(night)s: the mail server refused %(refused)d mail (%(step)s).",
            "%(night)s: the mail server refused %(refused)d mails (%(step)s).",
            step.counts["refused"],
        )
        yield words % about(night, refused=step.counts["refused"], step=step.title)
    earlier = Night.objects.filter(
        facility=night.facility, state=Night.State.FINISHED, business_date__lt=night.business_date
    )
    usual = audits_of(earlier.order_by("-business_date")[:USUAL])
    for run in audits_of([night]) if usual else []:
        records, seconds = median(r.records for r in usual), median(r.seconds for r in usual)
        if run.records < FEWER * records:
            yield _("%(night)s judged %(records)d records; %(usual)d are usual.") % about(
                night, records=run.records, usual=records
            )
        if seconds >= WORTH_COMPARING and run.seconds < SHORTER * seconds:
            yield _("%(night)s took %(seconds).1f seconds for its audit; %(usual).1f are usual.") % about(
                night, seconds=run.seconds, usual=seconds
            )


def where(night: Night) -> str:
    """The step that a running night is at."""
    step = night.steps.left().order_by("ordinal").first()
    return step.title if step else _("all its steps are over")


def audits_of(nights: Iterable[Night]) -> list[AuditRun]:
    steps = NightStep.objects.filter(night__in=[night.pk for night in nights], state=NightStep.State.FINISHED)
    return [step.audit for step in steps.exclude(audit=None).select_related("audit")]


def last_progress(night: Night) -> datetime:
    """When something of a running night was last begun or done: a step, or a part of its audit."""
    steps = night.steps.aggregate(begun=Max("started_at"), ended=Max("finished_at"))
    parts = AuditShard.objects.filter(run__in=night.steps.exclude(audit=None).values("audit"))
    done = parts.aggregate(at=Max("finished_at"))["at"]
    return max(moment for moment in (night.started_at, steps["begun"], steps["ended"], done) if moment)


def minutes_since(moment: datetime, at: datetime, allowed: timedelta) -> int | None:
    """The minutes that have gone by, if they are more than is allowed."""
    gone = at - moment
    return int(gone / timedelta(minutes=1)) if gone > allowed else None


def about(night: Night, **words) -> dict:
    """What a sentence says about a night: moments in the facility's time."""
    zone = night.facility.zone
    said = {name: spoken.minute(w, zone) if isinstance(w, datetime) else w for name, w in words.items()}
    day = date_format(night.business_date, "j M Y")
    return said | {"night": _("%(facility)s: the night of %(day)s") % {"facility": night.facility, "day": day}}
