"""Every model of the department and its people, in one place."""

from staff.catalogue.models import Certification, Job, Standard
from staff.employment.models import Assignment, Employee, Employment, Supervision
from staff.organisation.models import Excess, Place, Position, Requisition, Unit
from staff.people.models import Facility, OddMidnight, Target, TimeZone, User
from staff.replies.models import KeptReply
from staff.saved.models import SavedView
from staff.selections.models import Selection

__all__ = [
    "Assignment",
    "Certification",
    "Employee",
    "Employment",
    "Excess",
    "Facility",
    "Job",
    "KeptReply",
    "OddMidnight",
    "Place",
    "Position",
    "Requisition",
    "SavedView",
    "Selection",
    "Standard",
    "Supervision",
    "Target",
    "TimeZone",
    "Unit",
    "User",
]
