"""Every model that judges the facts which others recorded, in one place."""

from compliance.clocks.models import Reminder
from compliance.controls.models import Control, ControlOccurrence
from compliance.crosswalks.models import Correspondence, Crosswalk
from compliance.cycles.models import Cycle, CyclePart, Mark, PartStep
from compliance.cycles.offline.models import CycleFile
from compliance.digests.models import Digest, DigestChoice
from compliance.evidence.models import Evidence, EvidenceRevision, EvidenceSupport, EvidenceWithdrawal
from compliance.nightly.models import Night, NightStep, WorkerSeen
from compliance.scoring.models import Aim, Assessment, Reading
from compliance.standards.models import Binding, Chapter, Edition, Element, Framework

__all__ = [
    "Aim",
    "Assessment",
    "Binding",
    "Chapter",
    "Control",
    "ControlOccurrence",
    "Correspondence",
    "Crosswalk",
    "Cycle",
    "CycleFile",
    "CyclePart",
    "Digest",
    "DigestChoice",
    "Edition",
    "Element",
    "Evidence",
    "EvidenceRevision",
    "EvidenceSupport",
    "EvidenceWithdrawal",
    "Framework",
    "Mark",
    "Night",
    "NightStep",
    "PartStep",
    "Reading",
    "Reminder",
    "WorkerSeen",
]
