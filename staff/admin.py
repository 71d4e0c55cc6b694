"""The admin site's pages of this app: those of each room."""

from staff.catalogue import admin as catalogue
from staff.employment import admin as employment
from staff.organisation import admin as organisation
from staff.people import admin as people

__all__ = ["catalogue", "employment", "organisation", "people"]
