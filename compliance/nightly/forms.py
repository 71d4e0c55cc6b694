"""What is asked for about the nights."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HourForm(forms.Form):
    """When the night of a facility begins."""

    begins_at = forms.TimeField(
        label=_("Begins at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In the facility's local time. Choose an hour at which little is written."),
    )
