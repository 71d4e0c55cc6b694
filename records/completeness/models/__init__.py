"""What every record must hold, what each one lacks, and the audits that find it out."""

from records.completeness.models.adoptions import Adoption
from records.completeness.models.deficiencies import Decision, Deficiency, DeficiencyEvent, Expected
from records.completeness.models.figures import KeptFigures, KeptOwing
from records.completeness.models.reports import KeptReport
from records.completeness.models.requirements import Profile, Requirement
from records.completeness.models.runs import AuditRun, AuditShard, Due

__all__ = [
    "Adoption",
    "AuditRun",
    "AuditShard",
    "Decision",
    "Deficiency",
    "DeficiencyEvent",
    "Due",
    "Expected",
    "KeptFigures",
    "KeptOwing",
    "KeptReport",
    "Profile",
    "Requirement",
]
