"""The admin site's page of the competencies."""

from django.contrib import admin

from staff.fitness.models import Competency
from staff.people.admin import NeverDeleted


@admin.register(Competency)
class CompetencyAdmin(NeverDeleted):
    """Competencies. One that nobody must show any more loses the day on which it came into force."""

    list_display = ("title", "queue", "method", "first_within_days", "every_months", "from_day")
    filter_horizontal = ("jobs",)
