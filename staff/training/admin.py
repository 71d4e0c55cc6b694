"""The admin site's page of the courses."""

from django.contrib import admin

from staff.people.admin import NeverDeleted
from staff.training.models import Course


@admin.register(Course)
class CourseAdmin(NeverDeleted):
    """Courses. One that nobody has to take any more loses the day on which it came into force."""

    list_display = ("title", "basis", "first_within_days", "every_months", "from_day", "to_confirm")
    filter_horizontal = ("jobs",)
