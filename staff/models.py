"""Every model of the department and its people, in one place."""

from staff.catalogue.models import Certification, Job, Standard
from staff.credentials.models import Credential, Verification
from staff.discipline.models import CaseFile, CaseFollowUp, CaseStep
from staff.employment.models import Assignment, Employee, Employment, Leave, Pay, Supervision
from staff.organisation.models import Excess, Place, Position, Requisition, Unit
from staff.people.models import Facility, OddMidnight, Target, TimeZone, User
from staff.personnel.models import Decision, DecisionLine, Delegation, PayrollClosing, PersonnelAction, PersonnelStep
from staff.qualifications.models import Experience, Schooling
from staff.replies.models import KeptReply
from staff.roster.models import PeopleFile
from staff.saved.models import SavedView
from staff.selections.models import Selection
from staff.training.models import Attendance, Course, Training

__all__ = [
    "Assignment",
    "Attendance",
    "CaseFile",
    "CaseFollowUp",
    "CaseStep",
    "Certification",
    "Course",
    "Credential",
    "Decision",
    "DecisionLine",
    "Delegation",
    "Employee",
    "Employment",
    "Excess",
    "Experience",
    "Facility",
    "Job",
    "KeptReply",
    "Leave",
    "OddMidnight",
    "Pay",
    "PayrollClosing",
    "PeopleFile",
    "PersonnelAction",
    "PersonnelStep",
    "Place",
    "Position",
    "Requisition",
    "SavedView",
    "Schooling",
    "Selection",
    "Standard",
    "Supervision",
    "Target",
    "TimeZone",
    "Training",
    "Unit",
    "User",
    "Verification",
]
