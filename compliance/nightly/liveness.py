"""Who is there: rows that the workers' own consumers write, for the alarms to read."""

from datetime import datetime, timedelta

from django.utils import timezone

from compliance.nightly.models import WorkerSeen

FORGOTTEN_AFTER = timedelta(days=7)


def seen(name: str, queue: str, *, at: datetime | None = None):
    """Write down that somebody who takes work from `queue` is there."""
    WorkerSeen.objects.bulk_create(
        [WorkerSeen(name=name, queue=queue, seen_at=at or timezone.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["queue", "seen_at"],
    )


def clock_ticked(*, at: datetime | None = None):
    """Write down that a tick of beat came through the broker to a worker: all three are there."""
    seen(WorkerSeen.CLOCK, WorkerSeen.CLOCK, at=at)


def forget_the_gone(*, at: datetime | None = None):
    """Strike off workers that will not come back; a container has a new name each time."""
    WorkerSeen.objects.filter(seen_at__lt=(at or timezone.now()) - FORGOTTEN_AFTER).delete()
