"""The admin site's pages of this app: those of each room."""

from staff.catalogue import admin as catalogue
from staff.continuing import admin as continuing
from staff.discipline import admin as discipline
from staff.exclusions import admin as exclusions
from staff.fitness import admin as fitness
from staff.organisation import admin as organisation
from staff.people import admin as people
from staff.personnel import admin as personnel
from staff.personnel import people_admin, requisitions_admin, together_admin
from staff.training import admin as training

__all__ = [
    "catalogue",
    "continuing",
    "discipline",
    "exclusions",
    "fitness",
    "organisation",
    "people",
    "people_admin",
    "personnel",
    "requisitions_admin",
    "together_admin",
    "training",
]
