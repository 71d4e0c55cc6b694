"""How the inventory can be narrowed."""

from datetime import timedelta

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.confidentiality import Confidentiality
from himdept.common.lists import ListFilter
from records.inventory.models import Encounter, Record, Service
from staff.models import Facility

AGES = [
    ("7", _("over 7 days")),
    ("15", _("over 15 days")),
    ("30", _("over 30 days")),
    ("60", _("over 60 days")),
    ("90", _("over 90 days")),
]
UNFINISHED = "unfinished"


def facilities_of(request):
    return Facility.objects.filter(pk__in=request.user.facility_ids)


class RecordFilter(ListFilter):
    """By state, kind of stay, service, facility, time since discharge, confidentiality and hold."""

    status = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=[*Record.Status.choices, (UNFINISHED, _("Incomplete or delinquent"))],
        method="by_status",
        empty_label=_("any"),
    )
    encounter_class = django_filters.ChoiceFilter(
        label=_("Class"), choices=Encounter.Class, field_name="encounter__encounter_class", empty_label=_("any")
    )
    service = django_filters.ModelChoiceFilter(
        label=_("Service"),
        queryset=Service.objects.order_by("title"),
        field_name="encounter__service",
        empty_label=_("any"),
    )
    facility = django_filters.ModelChoiceFilter(label=_("Facility"), queryset=facilities_of, empty_label=_("all"))
    discharged = django_filters.ChoiceFilter(
        label=_("Discharged"), choices=AGES, method="by_age", empty_label=_("any time")
    )
    marks = django_filters.ChoiceFilter(
        label=_("Marks"),
        choices=[("restricted", _("restricted or more")), ("hold", _("legal hold"))],
        method="by_mark",
        empty_label=_("any"),
    )

    lacks = django_filters.CharFilter(label=_("Lacks"), method="by_lack", widget=forms.HiddenInput)

    class Meta:
        model = Record
        fields = ()

    def by_status(self, records, name, value):
        return records.unfinished() if value == UNFINISHED else records.filter(status=value)

    def by_age(self, records, name, value):
        return records.filter(encounter__end_last__lt=timezone.now() - timedelta(days=int(value)))

    def by_lack(self, records, name, value):
        """Those that an open deficiency stands against, of the rule with this code."""
        owed = Record.deficiency_set.rel.related_model.objects.open().filter(requirement__code=value)
        return records.filter(pk__in=owed.values("record"))

    def by_mark(self, records, name, value):
        if value == "hold":
            return records.filter(legal_hold=True)
        return records.filter(confidentiality__gte=Confidentiality.RESTRICTED)
