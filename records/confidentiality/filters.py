"""How the access log can be narrowed."""

from datetime import date, timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from himdept.common.chips import Span
from himdept.common.confidentiality import Confidentiality
from himdept.common.lists import ListFilter
from himdept.common.moments import midnight
from records.confidentiality.models import AccessLog
from records.confidentiality.queries import Kind, colleagues_of
from records.inventory.filters import day, facilities_of
from records.inventory.models import Record
from staff.models import User

OUT, BY_PEOPLE = "out", "people"
TOGETHER = {
    OUT: (gettext_lazy("What left the house: exports and prints"), (Kind.EXPORTED, Kind.PRINTED)),
    BY_PEOPLE: (gettext_lazy("All but what programs were sent"), tuple(kind for kind in Kind if kind != Kind.SENT)),
}


MOST = 200  # accounts to choose from; of more the number is typed


class AccountNumber(forms.IntegerField):
    """One of so many accounts that they cannot be listed."""

    def __init__(self, people, **kwargs):
        super().__init__(**kwargs)
        self.people = people

    def clean(self, value):
        number = super().clean(value)
        if number is not None and not (-(2**63) <= number < 2**63 and self.people.filter(pk=number).exists()):
            raise forms.ValidationError(_("there is no “%(value)s” here.") % {"value": number})
        return number


def people_of(request):
    """Whom the log can be narrowed to: colleagues; and whoever is asked for and stands in what the viewer sees of it,
    such as somebody of another facility who was given one record of this one."""
    found, asked = Q(pk__in=colleagues_of(request.user)), request.GET.get("who", "")
    if asked.isdecimal() and len(asked) < 19:
        found |= Q(pk__in=AccessLog.objects.visible_to(request.user).filter(user=int(asked)).values("user")[:1])
    return User.objects.filter(found).order_by("kind", "last_name", "first_name", "username")


class AccessFilter(ListFilter):
    """By who, what they did, the days, the record and its facility, and how confidential that is."""

    who = django_filters.ModelChoiceFilter(
        field_name="user", label=gettext_lazy("Who"), queryset=people_of, empty_label=gettext_lazy("anybody")
    )
    act = django_filters.ChoiceFilter(
        label=gettext_lazy("What they did"),
        choices=[*((name, label) for name, (label, _kinds) in TOGETHER.items()), *Kind.choices],
        method="by_act",
        empty_label=gettext_lazy("anything"),
    )
    since = day(gettext_lazy("From"), "by_first_day")
    until = day(gettext_lazy("Until"), "by_last_day")
    marks = django_filters.ChoiceFilter(
        label=gettext_lazy("Record"),
        choices=[("restricted", gettext_lazy("restricted or more"))],
        method="by_mark",
        empty_label=gettext_lazy("any"),
    )
    facility = django_filters.ModelChoiceFilter(
        field_name="record__facility",
        label=gettext_lazy("Facility"),
        queryset=facilities_of,
        empty_label=gettext_lazy("all"),
    )
    record = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Record no."),
        queryset=lambda request: Record.objects.visible_to(request.user),
        widget=forms.HiddenInput,
    )

    spans = {"since": Span(gettext_lazy("Days"), "until")}

    class Meta:
        model = AccessLog
        fields = ()

    def get_form_class(self):
        """Where there are many accounts, thousands of names are not drawn to choose one."""
        form = super().get_form_class()
        if len(colleagues_of(self.request.user)) > MOST:
            said = _("The number of an account. Each name in the list leads to what that person did.")
            form.base_fields["who"] = AccountNumber(
                people_of(self.request), label=_("Who"), required=False, help_text=said
            )
        return form

    def told(self, name, value):
        """A day as people write it; of a number that was typed, whose account it is."""
        chosen = self.form.cleaned_data.get(name) if self.form.is_valid() else None
        if name == "who" and chosen:
            return str(User.objects.get(pk=chosen))
        return spoken.date_of(chosen) if isinstance(chosen, date) else value

    def by_act(self, entries, name, value):
        return entries.of_kind(*(TOGETHER[value][1] if value in TOGETHER else [value]))

    def by_first_day(self, entries, name, value):
        return entries.filter(at__gte=self.beginning(name, value))

    def by_last_day(self, entries, name, value):
        """The last day is included."""
        return entries.filter(at__lt=self.beginning(name, value, days=1))

    def beginning(self, name: str, of: date, *, days: int = 0):
        """The midnight of a local day of the installation's time zone: an export has no facility."""
        try:
            return midnight(of + timedelta(days=days), timezone.get_current_timezone())
        except OverflowError as problem:
            raise self.refusal(name, _("this is not a day of our calendar.")) from problem

    def by_mark(self, entries, name, value):
        """What is above one's clearance is seen by name alone. The database would look for it through the whole log."""
        if (user := self.request.user).clearance < Confidentiality.RESTRICTED:
            entries = entries.filter(record__in=Record.objects.all().granted_to(user))
        return entries.filter(record__confidentiality__gte=Confidentiality.RESTRICTED)
