"""The catalogue: every part that screens are made of, in every state and both themes. Its people are invented."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from himdept.common import pictures
from himdept.common.chips import Chip
from himdept.common.confidentiality import Confidentiality
from himdept.common.errors import Unreadable
from himdept.common.paging import Page, Sort
from records.inventory.filters import RecordFilter
from records.inventory.models import Patient, Record

THEMES = {"light": _("Light"), "dark": _("Dark")}
TONES = ("bad", "watch", "good", "info", "special", "quiet")


class Sample(forms.Form):
    """A form of one field of each kind."""

    name = forms.CharField(label=_("Name"), max_length=20, help_text=_("As it stands in the line of the report."))
    due = forms.DateField(label=_("Due on"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", _("Letter")), ("b", _("Telephone call"))])
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)


@dataclass(frozen=True)
class Shown:
    """One theme with the parts that need names of their own in it."""

    name: str
    label: str
    fresh: forms.Form
    refused: forms.Form
    filters: RecordFilter
    misunderstood: list[Chip]


@require_safe
def catalogue(request):
    """Every part in every state, both themes side by side or the one asked for. It shows nobody's record."""
    asked = request.GET.get("theme", "")
    if asked and asked not in THEMES:
        raise Unreadable(_("The catalogue is shown in one of: light, dark."), field="theme")
    patient = Patient(family_name="Lindqvist", given_name="Amara", birth_date=date(1961, 3, 14), sex=Patient.Sex.FEMALE)
    context = {
        "themes": [shown(name, request) for name in THEMES if asked in {"", name}],
        "tones": TONES,
        "patient": patient,
        "record": Record(confidentiality=Confidentiality.RESTRICTED, legal_hold=True),
        "now": timezone.now(),
        "page": Page([], Sort("name", "pk"), descending=False, previous="earlier", next="later"),
        "bands": [
            {"tone": "info", "start": 0, "length": 40},
            {"tone": "watch", "start": 40, "length": 25},
            {"tone": "bad", "start": 65, "length": 20},
        ],
        "week": pictures.barred(
            [(12, 0), (18, 2), (0, 0), (9, 0), (24, 6), (15, 0), (11, 1)], width=112, height=22, words=_("A week")
        ),
    }
    return render(request, "dashboard/catalogue.html", context)


def shown(theme: str, request) -> Shown:
    wrong = {"name": "x" * 30, "due": "yesterday week", "kind": "c"}
    return Shown(
        theme,
        str(THEMES[theme]),
        Sample(prefix=f"{theme}-fresh"),
        Sample({f"{theme}-refused-{name}": value for name, value in wrong.items()}, prefix=f"{theme}-refused"),
        filters("status=delinquent&discharged=30", request),
        [chip for chip in filters("status=lost", request).chips if chip.field.errors],
    )


def filters(query: str, request) -> RecordFilter:
    found = RecordFilter(QueryDict(query), Record.objects.none(), request=request)
    found.form.is_valid()
    return found
