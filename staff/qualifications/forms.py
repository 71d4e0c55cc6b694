"""What is asked for about somebody's background."""

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.credentials.forms import WHY, DayField
from staff.qualifications.models import Experience, Schooling


class SchoolingForm(forms.ModelForm):
    """A school that was finished."""

    finished_on = DayField(label=_("Finished on"))

    class Meta:
        model = Schooling
        fields = ("level", "subject", "finished_on", "proof")


class ExperienceForm(forms.ModelForm):
    """Work elsewhere."""

    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))

    class Meta:
        model = Experience
        fields = ("title", "employer", "first_day", "last_day", "in_field", "supervising", "proof")

    def clean(self):
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        return super().clean()


class ReasonForm(forms.Form):
    because = forms.CharField(
        label=_("Why"),
        help_text=_("Kept in the trail under your name."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=WHY,
    )
