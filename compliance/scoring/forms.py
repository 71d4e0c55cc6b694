from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.scoring.models import Result


class AssessForm(forms.Form):
    """What a person judges of an element."""

    result = forms.ChoiceField(label=_("It is"), choices=Result, widget=forms.RadioSelect)
    because = forms.CharField(
        label=_("On what this rests"),
        help_text=_("The document, the sample or the test that shows it, and its day. Name no patient."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class AimForm(forms.Form):
    """What a measure is to aim at."""

    percent = forms.DecimalField(
        label=_("Met from, in percent"), min_value=Decimal("0.1"), max_value=100, max_digits=4, decimal_places=1
    )
    since = forms.DateField(
        label=_("From this day on"),
        help_text=_("What was read keeps its aim: from today means from the next night’s reading on."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    because = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
