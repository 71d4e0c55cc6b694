"""The admin site's pages of the people of the department."""

from django.contrib import admin

from staff.employment.models import Assignment, Employee, Employment
from staff.people.admin import NeverDeleted


class Spans(admin.TabularInline):
    """A part of somebody's timeline, to be read."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class Employments(Spans):
    model = Employment


class Assignments(Spans):
    model = Assignment


@admin.register(Employee)
class EmployeeAdmin(NeverDeleted):
    list_display = ("number", "family_name", "given_name")
    search_fields = ("number", "family_name", "given_name")
    inlines = (Employments, Assignments)
