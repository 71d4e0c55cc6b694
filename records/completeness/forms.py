"""What is asked for before an act on deficiencies: the reason, and who is to owe it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from himdept.common.errors import DomainError
from records.completeness.deficiencies import LONGEST_REASON, reason_to_waive
from records.inventory.models import Practitioner

MOST_FOUND = 20


class ReasonForm(forms.Form):
    """Why, in the person's own words: it is kept with each deficiency."""

    because = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the reason is kept with the deficiency.")},
    )


class WaiveForm(ReasonForm):
    """Why it can no longer be made good."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["because"].label = _("Why it can no longer be made good")
        self.fields["because"].help_text = _(
            "Kept with each deficiency under your name. It stays waived whatever the audit finds later."
        )

    def clean_because(self):
        try:
            return reason_to_waive(self.cleaned_data["because"])
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class ReassignForm(ReasonForm):
    """Who is to owe it, found by name, and why."""

    who = forms.CharField(label=_("Find a practitioner by name"), max_length=100, required=False)
    to = forms.ModelChoiceField(
        label=_("Who is to owe it"),
        queryset=Practitioner.objects.filter(is_active=True),
        error_messages={
            "required": _("Choose who is to owe it."),
            "invalid_choice": _(
                "There is no such practitioner, or they no longer practise here: choose somebody else."
            ),
        },
    )

    field_order = ["who", "to", "because"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["because"].label = _("Why somebody else is to owe it")
        self.fields["because"].help_text = _(
            "Kept with each deficiency under your name. The audit keeps whom you name until it is closed."
        )


def practitioners_named(words: str):
    """Those who practise here whose name begins like this: "vance", "vance, t" or "t vance"."""
    family, comma, given = (part.strip() for part in words.replace("\x00", "").partition(","))
    if not comma and " " in family:
        given, _space, family = family.rpartition(" ")
    found = Practitioner.objects.filter(is_active=True, family_name__istartswith=family)
    if given:
        found = found.filter(given_name__istartswith=given)
    return found.order_by("family_name", "given_name", "pk")[:MOST_FOUND]
