"""What is asked for about something that was learnt."""

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.continuing.models import Learning
from staff.credentials.forms import DayField


class LearningForm(forms.ModelForm):
    """Something learnt, with what proves it."""

    done_on = DayField(label=_("Day"))

    class Meta:
        model = Learning
        fields = ("title", "done_on", "units", "domain", "from_issuer", "proof")
