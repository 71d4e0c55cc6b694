"""The admin site's pages of the job catalogue."""

from django.contrib import admin

from staff.catalogue.models import Certification, Job, Standard
from staff.people.admin import NeverDeleted


@admin.register(Certification)
class CertificationAdmin(NeverDeleted):
    list_display = ("code", "title", "issuer", "number_words", "cycle_months", "fee", "to_confirm")


class Standards(admin.TabularInline):
    model = Standard
    extra = 0


@admin.register(Job)
class JobAdmin(NeverDeleted):
    list_display = ("title", "education", "years_in_field", "years_supervising", "pay_from", "pay_to", "to_confirm")
    filter_horizontal = ("certifications", "preferred")
    inlines = (Standards,)
