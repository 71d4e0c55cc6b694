"""Every model that judges the facts which others recorded, in one place."""

from compliance.clocks.models import Reminder
from compliance.nightly.models import Night, NightStep, WorkerSeen
from compliance.scoring.models import Aim, Assessment, Reading
from compliance.standards.models import Binding, Chapter, Edition, Element, Framework

__all__ = [
    "Aim",
    "Assessment",
    "Binding",
    "Chapter",
    "Edition",
    "Element",
    "Framework",
    "Night",
    "NightStep",
    "Reading",
    "Reminder",
    "WorkerSeen",
]
