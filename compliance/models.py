"""Every model that judges the facts which others recorded, in one place."""

from compliance.nightly.models import Night, NightStep, WorkerSeen

__all__ = ["Night", "NightStep", "WorkerSeen"]
