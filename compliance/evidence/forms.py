"""What is asked for about evidence."""

from dataclasses import fields

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.evidence import files
from compliance.evidence.models import EvidenceRevision, Kind
from compliance.evidence.periods import Period
from compliance.evidence.queries import owners
from compliance.scoring import readings
from compliance.scoring.models import Reading
from compliance.standards import library
from compliance.standards.models import Element
from himdept.common import metrics
from himdept.common.errors import DomainError
from staff.credentials.forms import DayField
from staff.models import Facility
from staff.qualifications.forms import ReasonForm

PERIOD = tuple(one.name for one in fields(Period))


class EvidenceForm(forms.Form):
    """What all evidence says. What it is, is asked for by the form of its kind."""

    title = forms.CharField(label=_("Title"), help_text=_("What it is. Name no patient."), max_length=160)
    covers_from = DayField(label=_("It tells of the time from"))
    covers_until = DayField(label=_("To"), help_text=_("Both days included; today at the latest."))
    claimed_for = DayField(
        label=_("Claimed for"),
        help_text=_("A day for which it is laid before somebody, if there is one; the time above must cover it."),
        required=False,
    )
    owner = forms.ModelChoiceField(label=_("Who answers for it"), queryset=None)
    review_by = DayField(label=_("Look at it again by"), required=False)
    expires_on = DayField(
        label=_("Good until"),
        help_text=_("The last day on which it counts. Empty: it does not expire."),
        required=False,
    )

    def __init__(self, *args, facility: Facility, **kwargs):
        super().__init__(*args, **kwargs)
        self.facility = facility
        self.fields["owner"].queryset = owners(facility)

    def clean(self):
        """Gather the days into one period."""
        said = super().clean()
        if not self.errors:
            said["period"] = Period(**{name: said.pop(name, None) for name in PERIOD})
        return said


class FileForm(EvidenceForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG, JPEG, DOCX, XLSX, CSV or TXT; at most 20 MB. It holds no patient’s name."),
    )
    field_order = ["title", "file"]

    def clean_file(self):
        """Said beside what else is wrong, and not when all of that is mended."""
        upload = self.cleaned_data["file"]
        try:
            if upload:
                files.taken(upload)
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return upload

    def clean(self):
        said = super().clean()
        if upload := said.pop("file", None):
            said["upload"] = upload
            if self.errors:
                self.add_error("file", _("Choose the file again: a form that is refused keeps everything else."))
        return said


class LinkForm(EvidenceForm):
    link = forms.CharField(
        label=_("Address"), help_text=_("It begins with https://"), max_length=500, widget=forms.URLInput
    )
    field_order = ["title", "link"]


class ReadingForm(EvidenceForm):
    """The last reading of a measure is pinned; the time that it tells of is the measure's own."""

    covers_from = covers_until = None
    reading = forms.TypedChoiceField(label=_("The last reading of"), coerce=int)
    field_order = ["title", "reading"]

    def __init__(self, *args, facility: Facility, **kwargs):
        super().__init__(*args, facility=facility, **kwargs)
        last = readings.latest(facility)
        self.fields["reading"].choices = [
            (last[code].pk, f"{metric.title}: {last[code].numerator} / {last[code].denominator}")
            for code, metric in metrics.every().items()
            if code in last
        ]

    def clean(self):
        """The period is settled by the reading; until then it is its day."""
        said = super().clean()
        if "reading" in said:
            said["reading"] = Reading.objects.filter(facility=self.facility).defer("offenders").get(pk=said["reading"])
        return said


class PolicyForm(EvidenceForm):
    covers_until = DayField(
        label=_("To"), help_text=_("Both days included. Empty: it goes on until it is replaced."), required=False
    )
    version = forms.CharField(label=_("Version"), max_length=40)
    approved_on = DayField(label=_("Approved on"))
    field_order = ["title", "version", "approved_on"]


class RecordsForm(EvidenceForm):
    records = forms.CharField(
        label=_("Address of the list"),
        help_text=_("Open the list, narrow it down, and copy its address. A filter that names a patient is refused."),
        max_length=2000,
    )
    field_order = ["title", "records"]


FORMS: dict[str, type[EvidenceForm]] = {
    Kind.FILE: FileForm,
    Kind.LINK: LinkForm,
    Kind.READING: ReadingForm,
    Kind.POLICY: PolicyForm,
    Kind.RECORDS: RecordsForm,
}


def revising(last: EvidenceRevision, *args) -> EvidenceForm:
    """The form of what evidence says now, and why it is to say something else."""
    names = ("title", "owner", *PERIOD, "link", "records", "version", "approved_on")
    said = {name: getattr(last, name) for name in names}
    form = FORMS[last.kind](*args, facility=last.evidence.facility, initial=said | {"after": last.number})
    form.fields["because"] = ReasonForm.base_fields["because"]
    form.fields["after"] = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    if last.kind == Kind.FILE:
        form.fields["file"].required = False
        form.fields["file"].help_text = _("Left empty, the file stays as it is.")
    return form


class SupportForm(forms.Form):
    """One more element, of those in force that it does not support yet."""

    element = forms.ModelChoiceField(label=_("Element"), queryset=None)

    def __init__(self, *args, last: EvidenceRevision, day, **kwargs):
        super().__init__(*args, **kwargs)
        in_force = library.in_force(last.evidence.facility, day)
        others = Element.objects.filter(edition__in=in_force).exclude(supported_by__evidence=last.evidence_id)
        field = self.fields["element"]
        field.queryset = others.order_by("edition__framework__title", "chapter__ordinal", "ordinal")
        field.label_from_instance = lambda element: f"{element.code} · {element.asks[:90]}"
