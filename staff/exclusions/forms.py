"""What is asked for about exclusion lists."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.credentials.forms import DayField
from staff.exclusions.actions import seal
from staff.exclusions.models import ExclusionList, ExclusionMatch
from staff.qualifications.forms import ReasonForm


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


class ParticularsForm(forms.Form):
    """What tells somebody from another of the same name."""

    born_on = DayField(label=_("Date of birth"), required=False)
    npi = forms.CharField(label=_("NPI"), max_length=10, required=False, help_text=_("Ten digits, where there is one."))

    def __init__(self, *args, particulars=None, tells_birth: bool, **kwargs):
        said = {"born_on": particulars.born_on, "npi": particulars.npi} if particulars else {}
        super().__init__(*args, initial=said, **kwargs)
        self.fields["born_on"].widget.attrs["autocomplete"] = "off"
        if not tells_birth:
            del self.fields["born_on"]
