"""What every record must hold, what each one lacks, and the audits that find it out."""

from records.completeness.models.deficiencies import Deficiency, DeficiencyEvent, Expected
from records.completeness.models.reports import KeptReport
from records.completeness.models.requirements import Profile, Requirement
from records.completeness.models.runs import AuditRun, AuditShard, Due

__all__ = [
    "AuditRun",
    "AuditShard",
    "Deficiency",
    "DeficiencyEvent",
    "Due",
    "Expected",
    "KeptReport",
    "Profile",
    "Requirement",
]
