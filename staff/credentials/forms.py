"""What is asked for about a credential."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.catalogue.models import Certification
from staff.credentials.actions import seal
from staff.credentials.models import Credential, Verification

EARLIEST, LATEST = date(1950, 1, 1), date(2099, 12, 31)
WHY = {"required": _("Say why: the reason is kept in the trail.")}


class DayField(forms.DateField):
    """A local day of a working life."""

    earliest, latest = EARLIEST, LATEST

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def clean(self, value):
        day = super().clean(value)
        if day and not self.earliest <= day <= self.latest:
            said = {"first": self.earliest.year, "last": self.latest.year}
            raise forms.ValidationError(_("A day between %(first)s and %(last)s.") % said)
        return day


class DaysForm(forms.Form):
    """The days of a cycle."""

    first_day = DayField(label=_("First day"))
    last_day = DayField(
        label=_("Last day"),
        help_text=_("As the issuer says. Left empty, what the length of a cycle of that certification gives."),
        required=False,
    )

    def clean(self):
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        return super().clean()


class NumberForm(DaysForm):
    number = forms.CharField(
        label=_("Number"),
        help_text=_("As the issuer gave it."),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RecordForm(NumberForm):
    """A certification that somebody holds."""

    certification = forms.ModelChoiceField(label=_("Certification"), queryset=Certification.objects.all())
    field_order = ["certification", "number", "first_day", "last_day"]


class AsRead(forms.Form):
    """Something that is done to a credential as it was read."""

    as_read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args, credential: Credential, **kwargs):
        kwargs["initial"] = {"as_read": seal(credential)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class ReasonForm(AsRead):
    because = forms.CharField(
        label=_("Why"),
        help_text=_("Kept in the trail under your name."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=WHY,
    )


class CorrectForm(ReasonForm, NumberForm):
    """What was written down wrongly. An empty last day means that it does not expire."""

    field_order = ["number", "first_day", "last_day", "because"]

    def __init__(self, *args, credential: Credential, **kwargs):
        said = {name: getattr(credential, name) for name in ("number", "first_day", "last_day")}
        super().__init__(*args, credential=credential, initial=said, **kwargs)
        self.fields["last_day"].help_text = _("Left empty, it does not expire.")


class VerifyForm(AsRead):
    """What the primary source said."""

    source = forms.CharField(
        label=_("Source"), help_text=_("The issuer's own register, letter or telephone, and which."), max_length=120
    )
    looked_on = DayField(label=_("Day"))
    found = forms.ChoiceField(label=_("Result"), choices=Verification.Found, widget=forms.RadioSelect)
    proof = forms.CharField(
        label=_("Proof"), help_text=_("The number of the confirmation, or where its print is kept."), max_length=200
    )

    field_order = ["source", "looked_on", "found", "proof"]

    def __init__(self, *args, credential: Credential, **kwargs):
        super().__init__(*args, credential=credential, initial={"looked_on": timezone.localdate()}, **kwargs)
