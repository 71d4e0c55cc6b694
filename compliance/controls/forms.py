"""What is asked for about recurring controls."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.controls.models import Control, ControlOccurrence
from compliance.evidence import forms as evidence
from compliance.evidence.models import Kind
from compliance.evidence.queries import owners
from compliance.standards import library
from compliance.standards.models import Element
from staff.credentials.forms import DayField
from staff.models import Facility
from staff.qualifications.forms import ReasonForm


class ControlForm(forms.Form):
    """What a control is. Its first time and its rhythm are asked for once."""

    title = forms.CharField(label=_("What is done"), max_length=160)
    basis = forms.CharField(label=_("The rule that asks for it"), max_length=200, required=False)
    owner = forms.ModelChoiceField(label=_("Who answers for it"), queryset=None)
    elements = forms.ModelMultipleChoiceField(
        label=_("It supports"),
        queryset=None,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Several with Ctrl or ⌘. Each time that it is done, its evidence supports them."),
    )

    def __init__(self, *args, facility: Facility, day: date, control: Control | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners(facility)
        field = self.fields["elements"]
        kept = control.elements.values("pk") if control else []
        found = Element.objects.filter(edition__in=library.in_force(facility, day)) | Element.objects.filter(
            pk__in=kept
        )
        field.queryset = found.order_by("edition__framework__title", "chapter__ordinal", "ordinal")
        field.label_from_instance = lambda element: f"{element.code} · {element.asks[:80]}"

    def clean(self):
        said = super().clean()
        if "elements" in said:
            said["elements"] = list(said["elements"])
        return said


class NewControlForm(ControlForm):
    anchor = DayField(
        label=_("First time"),
        help_text=_(
            "All others are counted from this day; of a month that is too short for it, the last day. Of times before "
            "today only the one that is still open is asked for, and none is called missed."
        ),
    )
    every_months = forms.IntegerField(
        label=_("Every so many months"),
        min_value=1,
        max_value=60,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Every 1 to 60 months.")),
    )
    field_order = ["title", "basis", "anchor", "every_months", "owner", "elements"]


class MoveForm(ReasonForm):
    due_on = DayField(label=_("Due by"))
    field_order = ["due_on", "because"]


def doing(kind: str, *args, occurrence: ControlOccurrence, **kwargs) -> forms.Form:
    """The form of the evidence of one time: its period, owner and end are those of the control."""
    form = evidence.FORMS[kind](*args, facility=occurrence.control.facility, **kwargs)
    for name in ("covers_from", "covers_until", "claimed_for", "owner", "review_by", "expires_on"):
        del form.fields[name]
    form.fields["done_on"] = DayField(label=_("Done on"))
    form.order_fields(["done_on"])
    return form


KINDS = (Kind.FILE, Kind.LINK, Kind.RECORDS, Kind.POLICY)  # a reading has a time of its own
