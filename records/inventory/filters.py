"""How the inventory can be narrowed."""

from datetime import date, timedelta

import django_filters
from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.chips import Span
from himdept.common.confidentiality import Confidentiality
from himdept.common.lists import ListFilter
from himdept.common.paging import OneOf
from records.inventory.models import Encounter, Practitioner, Record, Service
from records.inventory.spans import ByDays
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


def day(label: str, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        label=label,
        method=method,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RecordFilter(ByDays, ListFilter):
    """By state, kind of stay, service, attending, facility, days of the stay, confidentiality and hold."""

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
    attending = django_filters.CharFilter(label=_("Attending"), method="by_attending")
    admitted_from = day(_("Admitted from"), "by_admission_from")
    admitted_to = day(_("Admitted until"), "by_admission_to")
    discharged_from = day(_("Discharged from"), "by_discharge_from")
    discharged_to = day(_("Discharged until"), "by_discharge_to")
    marks = django_filters.ChoiceFilter(
        label=_("Marks"),
        choices=[("restricted", _("restricted or more")), ("hold", _("legal hold"))],
        method="by_mark",
        empty_label=_("any"),
    )

    lacks = django_filters.CharFilter(label=_("Lacks"), method="by_lack", widget=forms.HiddenInput)

    spans = {
        "admitted_from": Span(_("Day of admission"), "admitted_to"),
        "discharged_from": Span(_("Day of discharge"), "discharged_to"),
    }

    class Meta:
        model = Record
        fields = ()

    def told(self, name, value):
        """A day as people write it."""
        chosen = self.form.cleaned_data.get(name) if self.form.is_valid() else None
        return spoken.date_of(chosen) if isinstance(chosen, date) else value

    def by_attending(self, records, name, value):
        """Those whose attending's family name begins so. The names are looked up first: whoever is meant are few."""
        named = Practitioner.objects.filter(family_name__istartswith=value)
        return records.filter(OneOf(F("encounter__attending"), ArraySubquery(named.values("pk"))))

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
