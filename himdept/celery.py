"""The one Celery application. Tasks carry ids only: the tables are the truth, a message is a nudge."""

import os
import pkgutil
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himdept.settings")

app = Celery("himdept")
app.config_from_object("django.conf:settings", namespace="CELERY")


def _slices() -> list[str]:
    """The slices of the three apps; those that have a `tasks` module are found by it."""
    house = Path(__file__).resolve().parent.parent
    return [
        f"{storey}.{room.name}"
        for storey in ("staff", "records", "compliance")
        for room in pkgutil.iter_modules([house / storey])
        if room.ispkg and room.name != "migrations"
    ]


app.autodiscover_tasks(_slices, related_name="tasks")

# By name: its module needs the models, which are not there yet.
app.steps["consumer"].add("compliance.nightly.consumer:SaysItIsThere")

# Beat only ticks, in UTC: which nights are due is in a table, with the facility's own time zone. A tick that nobody
# took within the minute is worth nothing: the next one finds the same work.
app.conf.beat_schedule = {
    name: {"task": task, "schedule": 60, "options": {"queue": "sweeper", "expires": 55}}
    for name, task in {
        "tick": "compliance.nightly.tasks.tick",
        "sweep": "compliance.nightly.tasks.sweep",
        "personnel": "staff.personnel.tasks.tick",
        "owed": "staff.owed.tasks.tick",
        "served": "staff.qualifications.tasks.tick",
    }.items()
}
