"""Nights of hospitals of equal charts, and all that a night wrote, by names that two of them share.

Whatever disturbs a night, it must end where an undisturbed one ends: row by row.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from compliance.models import Night, NightStep
from compliance.nightly import nights, steps, tasks
from records.completeness import audits
from records.models import AuditRun, AuditShard, Deficiency, KeptReport, Record
from staff.models import Facility
from tests.records.completeness import conftest, pictures
from tests.workers import until

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ENCOUNTERS, PART = 150, 25  # so that a first night has six parts
COUNTED = ("records", "occasions", "opened", "closed", "open", "late", "delinquent", "by_kind")
DONE_HERE = ("audit", "reports")  # the steps whose counts are the facility's own


@dataclass(frozen=True)
class Plan:
    """Which charts a hospital has, and which night is its next one."""

    until: date
    day: date
    time_zone: str = "America/New_York"
    begins: time = time(2)

    def build(self, code: str) -> Facility:
        return conftest.hospital(
            code, encounters=ENCOUNTERS, until=self.until, time_zone=self.time_zone, night_begins_at=self.begins
        )

    @property
    def due_at(self) -> datetime:
        return nights.due_at(Facility(time_zone_id=self.time_zone, night_begins_at=self.begins), self.day)

    def add(self, facility: Facility) -> Night:
        """Let the night be the facility's next one."""
        return Night.objects.create(facility=facility, business_date=self.day, due_at=self.due_at)


LAST_WEEK = Plan(until=date(2025, 11, 12), day=date(2025, 11, 5))


def tonight() -> Plan:
    """A night that is due since a minute or two, by the clock on the wall: for beat, who knows no other."""
    due = datetime.now(UTC) - MINUTE
    return Plan(until=due.date(), day=due.date(), time_zone="UTC", begins=due.time().replace(second=0, microsecond=0))


def begin(facility: Facility, *, at: datetime | None = None) -> Night:
    """What the tick of that minute does, of the one in which the next night is due if nothing else is said."""
    if at is None:
        at = Night.objects.get(facility=facility, state="planned").due_at
    begun = nights.begin_due(at=at)
    for night in begun:
        tasks.go_on(night)
    (night,) = (night for night in begun if night.facility == facility)
    return night


def parts(facility: Facility) -> int:
    """How many parts its first audit has."""
    return -(-Record.objects.filter(facility=facility).count() // PART)


def wait_for(night: Night) -> Night:
    until(lambda: is_over(night), lambda: f"The night did not end: {progress(night)}")
    night.refresh_from_db()
    return night


def is_over(night: Night) -> bool:
    return Night.objects.filter(pk=night.pk, finished_at__isnull=False).exists()


def progress(night: Night) -> list[tuple]:
    parts = AuditShard.objects.filter(run__facility=night.facility)
    return [
        *night.steps.values_list("name", "state", "attempts", "error"),
        *parts.order_by("pk").values_list("run__state", "state", "attempts", "error"),
    ]


def go_through(night: Night) -> Night:
    """Do a whole night here, one thing after the other, without any worker or broker."""
    while step := nights.go_on(night):
        steps.do(step.pk)
        for run in AuditRun.objects.filter(state="queued", facility=night.facility):
            audits.begin(run)
            list(audits.work_off(run))
    night.refresh_from_db()
    return night


def time_passes():
    """Two minutes, for what waits to be tried again and for the leases of workers that are gone."""
    ago = timezone.now() - 2 * MINUTE
    AuditShard.objects.filter(state="running").update(lease_until=ago)
    NightStep.objects.filter(state="running").update(lease_until=ago)
    NightStep.objects.filter(state="queued").update(next_try_at=ago)


def picture(facility: Facility) -> dict[str, list[str]]:
    """All that the nights of a facility left behind, row by row."""
    runs = AuditRun.objects.filter(facility=facility, state="finished").order_by("as_of")
    done = NightStep.objects.filter(night__facility=facility, name__in=DONE_HERE).order_by("night", "ordinal")
    reports = KeptReport.objects.filter(facility=facility)
    began = Night.objects.filter(facility=facility).exclude(state="planned").order_by("business_date")
    return pictures.of(facility) | {
        "nights": [repr(row) for row in began.values_list("business_date", "due_at", "as_of", "state", "error")],
        "steps": [repr(row) for row in done.values_list("name", "state", "counts")],
        "runs": [repr(row) for row in runs.values_list("as_of", "written", *COUNTED)],
        "reports": sorted(repr(row) for row in reports.values_list("as_of", "format", "clearance", "rows")),
    }


def is_worth_comparing(facility: Facility):
    """See to it that a picture shows something of everything: two empty ones are equal, too."""
    assert {name for name, rows in picture(facility).items() if not rows} == {"due"}
    found = Deficiency.objects.filter(record__facility=facility)
    assert {"open", "resolved"} <= set(found.values_list("status", flat=True))
    assert len(picture(facility)["history"]) >= found.count() > 50
