"""Every model of the department and its people, in one place."""

from staff.catalogue.models import Certification, Job, Standard
from staff.continuing.models import ContinuingRule, DomainMinimum, Learning, Progress
from staff.credentials.models import Credential, Verification
from staff.discipline.models import CaseFile, CaseFollowUp, CaseStep
from staff.employment.models import Assignment, Employee, Employment, Leave, Pay, Supervision
from staff.exclusions.models import (
    Excluded,
    ExclusionCheck,
    ExclusionList,
    ExclusionLoad,
    ExclusionMatch,
    Particulars,
)
from staff.fitness.models import Assessment, Competence, Competency
from staff.home.models import Home
from staff.organisation.models import Excess, Place, Position, Requisition, Unit
from staff.owed.models import OwedChange, OwedCompetency, OwedCourse, OwedPerson
from staff.people.models import Facility, OddMidnight, Target, TimeZone, User
from staff.personnel.models import (
    ChecklistItem,
    ChecklistTemplate,
    Decision,
    DecisionLine,
    Delegation,
    HandedOver,
    PayrollClosing,
    PersonnelAction,
    PersonnelNotice,
    PersonnelStep,
)
from staff.qualifications.models import Experience, Known, Schooling, Served, ServedChange
from staff.replies.models import KeptReply
from staff.roster.models import PeopleFile
from staff.saved.models import SavedView
from staff.selections.models import Selection
from staff.training.models import Attendance, Course, Training

__all__ = [
    "Assessment",
    "Assignment",
    "Attendance",
    "CaseFile",
    "CaseFollowUp",
    "CaseStep",
    "Certification",
    "ChecklistItem",
    "ChecklistTemplate",
    "Competence",
    "Competency",
    "ContinuingRule",
    "Course",
    "Credential",
    "Decision",
    "DecisionLine",
    "Delegation",
    "DomainMinimum",
    "Employee",
    "Employment",
    "Excess",
    "Excluded",
    "ExclusionCheck",
    "ExclusionList",
    "ExclusionLoad",
    "ExclusionMatch",
    "Experience",
    "Facility",
    "HandedOver",
    "Home",
    "Job",
    "KeptReply",
    "Known",
    "Learning",
    "Leave",
    "OddMidnight",
    "OwedChange",
    "OwedCompetency",
    "OwedCourse",
    "OwedPerson",
    "Particulars",
    "Pay",
    "PayrollClosing",
    "PeopleFile",
    "PersonnelAction",
    "PersonnelNotice",
    "PersonnelStep",
    "Place",
    "Position",
    "Progress",
    "Requisition",
    "SavedView",
    "Schooling",
    "Selection",
    "Served",
    "ServedChange",
    "Standard",
    "Supervision",
    "Target",
    "TimeZone",
    "Training",
    "Unit",
    "User",
    "Verification",
]
