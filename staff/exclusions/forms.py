"""What is asked for about exclusion lists."""

import re
from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.credentials.forms import DayField
from staff.exclusions.actions import seal
from staff.exclusions.models import ExclusionList, ExclusionMatch
from staff.qualifications.forms import ReasonForm

TEN_DIGITS = re.compile(r"[0-9]{10}")


class LoadForm(forms.Form):
    """A month's list."""

    list = forms.ModelChoiceField(label=_("List"), queryset=ExclusionList.objects.all())
    month = DayField(label=_("Month"), help_text=_("Any day of the month that the list is of."))
    file = forms.FileField(label=_("File"), help_text=_("As the office publishes it, unpacked: CSV."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"month": timezone.localdate()}, **kwargs)


class DecideForm(ReasonForm):
    """Whether an entry is our person."""

    accepted = forms.TypedChoiceField(
        label=_("Is it this person?"),
        choices=[("no", _("No, somebody else")), ("yes", _("Yes: the person is excluded"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    as_read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    field_order = ["accepted", "because", "as_read"]

    def __init__(self, *args, match: ExclusionMatch, **kwargs):
        super().__init__(*args, initial={"as_read": seal(match)}, **kwargs)


class BirthField(DayField):
    """The day on which somebody was born."""

    earliest = date(1900, 1, 1)

    def clean(self, value):
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("That day is still to come."))
        return day


class ParticularsForm(forms.Form):
    """What tells somebody from another of the same name."""

    born_on = BirthField(label=_("Date of birth"), required=False)
    npi = forms.CharField(label=_("NPI"), max_length=10, required=False, help_text=_("Ten digits, where there is one."))

    def __init__(self, *args, particulars=None, tells_birth: bool, **kwargs):
        said = {"born_on": particulars.born_on, "npi": particulars.npi} if particulars else {}
        super().__init__(*args, initial=said, **kwargs)
        self.fields["born_on"].widget.attrs["autocomplete"] = "off"
        if not tells_birth:
            del self.fields["born_on"]

    def clean_npi(self) -> str:
        npi = self.cleaned_data["npi"]
        if TEN_DIGITS.fullmatch(npi) and not is_an_npi(npi):
            raise forms.ValidationError(_("This is no NPI: its last digit does not go with the others."))
        return npi


def is_an_npi(ten: str) -> bool:
    """Whether the last of ten digits is the check digit of the others (Luhn, with 80840 before; 45 CFR 162.406)."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(f"80840{ten}"), start=1)]
    return sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0
