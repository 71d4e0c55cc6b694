"""The admin site's page of the exclusion lists that are checked, and since when."""

from django.contrib import admin

from staff.exclusions.models import ExclusionList
from staff.people.admin import NeverDeleted


@admin.register(ExclusionList)
class ExclusionListAdmin(NeverDeleted):
    """Lists. One that is not checked any more loses the day from which on it was."""

    list_display = ("title", "layout", "basis", "from_day")
