"""Every model that judges the facts which others recorded, in one place."""

from compliance.clocks.models import Reminder
from compliance.nightly.models import Night, NightStep, WorkerSeen

__all__ = ["Night", "NightStep", "Reminder", "WorkerSeen"]
