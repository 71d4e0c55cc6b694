"""What is asked for when people took a course."""

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.credentials.forms import DayField
from staff.employment.models import Employee
from staff.training.models import Course


class AttendForm(forms.Form):
    """A course, and who of one's line took it on a day."""

    course = forms.ModelChoiceField(label=_("Course"), queryset=Course.objects.exclude(from_day=None))
    done_on = DayField(label=_("Day"))
    proof = forms.CharField(
        label=_("Proof"),
        help_text=_("The list of who was there, or the certificate, and where it is kept."),
        max_length=200,
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Who took it"),
        help_text=_("Everybody who reports to you."),
        queryset=Employee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = Employee.objects.led_by(by).employed()
