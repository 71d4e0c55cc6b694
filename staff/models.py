"""Every model of the department and its people, in one place."""

from staff.people.models import Employee, Facility, Job, OddMidnight, Position, Target, TimeZone, Unit, User
from staff.replies.models import KeptReply
from staff.saved.models import SavedView
from staff.selections.models import Selection

__all__ = [
    "Employee",
    "Facility",
    "Job",
    "KeptReply",
    "OddMidnight",
    "Position",
    "SavedView",
    "Selection",
    "Target",
    "TimeZone",
    "Unit",
    "User",
]
