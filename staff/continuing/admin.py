"""The admin site's page of what cycles ask."""

from django.contrib import admin

from staff.continuing.models import ContinuingRule, DomainMinimum
from staff.people.admin import NeverDeleted


class Minimums(admin.TabularInline):
    model = DomainMinimum
    extra = 0


@admin.register(ContinuingRule)
class ContinuingRuleAdmin(NeverDeleted):
    """Rules. A change of the issuer is a new rule with its day: cycles that began before keep theirs."""

    list_display = ("certification", "from_day", "units", "in_domains_percent", "from_issuer_percent", "to_confirm")
    list_filter = ("certification",)
    inlines = (Minimums,)
