"""The admin site's pages of this app: those of each room."""

from staff.people import admin as people

__all__ = ["people"]
