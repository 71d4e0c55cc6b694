"""What is asked for when somebody was assessed."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.credentials.forms import DayField
from staff.employment.models import Employee
from staff.fitness.models import Competency, Method


class AssessForm(forms.Form):
    """Somebody showed that they can do something, or did not."""

    competency = forms.ModelChoiceField(label=_("Competency"), queryset=Competency.objects.exclude(from_day=None))
    assessed_on = DayField(label=_("Day"))
    method = forms.ChoiceField(label=_("Method"), choices=Method)
    assessor = forms.ModelChoiceField(
        label=_("Assessor"),
        queryset=Employee.objects.none(),
        to_field_name="number",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The staff number of somebody who holds it; as long as nobody does, your own."),
        error_messages={"invalid_choice": _("Nobody employed has that staff number.")},
    )
    passed = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("Passed")), ("no", _("Failed: off that work until assessed anew"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    proof = forms.CharField(
        label=_("Proof"), max_length=200, help_text=_("The sheet of the assessment, and where it is kept.")
    )

    def __init__(self, *args, person: Employee, **kwargs):
        super().__init__(*args, initial={"assessed_on": timezone.localdate()}, **kwargs)
        self.fields["assessor"].queryset = Employee.objects.employed().exclude(pk=person.pk)
