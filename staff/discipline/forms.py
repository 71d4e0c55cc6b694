"""The forms of a corrective action: the case itself, the few fields of its moves, and the person's answer."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.discipline.actions import TERMS
from staff.discipline.models import LOOKED_AT_FIRST, CaseFile
from staff.discipline.offences import Offence, Step
from staff.employment.models import Employee
from staff.personnel.choices import PersonChoice

MOST_FOLLOW_UPS = 3


def _day(label, **options):
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def _words(name: str, **options):
    field = CaseFile._meta.get_field(name)
    widget = forms.Textarea(attrs={"rows": 3})
    label = field.verbose_name.capitalize()
    return forms.CharField(label=label, widget=widget, help_text=field.help_text, **options)


class CaseForm(forms.Form):
    """What a case says. A step that is left open is the table's; its last day, as long as such a step counts."""

    def __init__(self, *args, employee: Employee, case: CaseFile | None = None, **options):
        self.employee, self.kept = employee, case
        super().__init__(*args, label_suffix="", initial=self._as_kept(case) if case else None, **options)
        self.fields |= {
            "offence": forms.ChoiceField(label=_("Offence"), choices=[("", "---------"), *Offence.choices]),
            "happened_on": _day(_("Happened on")),
            "facts": _words("facts"),
            "policy": _words("policy"),
            **{name: _words(name, required=False) for name in LOOKED_AT_FIRST},
            "step": forms.ChoiceField(
                label=_("Step"), required=False, choices=[("", _("As the table suggests")), *Step.choices]
            ),
            "deviates_because": _words("deviates_because", required=False),
            "expectation": _words("expectation"),
            "active_until": _day(
                _("Active until"),
                required=False,
                help_text=_("Left empty: as long as such a step counts, from today on; a discharge for good."),
            ),
        }
        for number in range(1, MOST_FOLLOW_UPS + 1):
            self.fields[f"follow_up_{number}"] = _day(_("Follow-up %(n)d on") % {"n": number}, required=False)
            self.fields[f"what_{number}"] = forms.CharField(
                label=_("What is looked at then (%(n)d)") % {"n": number}, max_length=200, required=False
            )

    def _as_kept(self, case: CaseFile) -> dict:
        said = {name: getattr(case, name) for name in TERMS}
        for number, row in enumerate(case.follow_ups.all()[:MOST_FOLLOW_UPS], 1):
            said |= {f"follow_up_{number}": row.due, f"what_{number}": row.what}
        return said

    @classmethod
    def of_draft(cls, case: CaseFile) -> "CaseForm":
        """The form filled in with what a draft says, to show beside its fields what is refused of it."""
        kept = cls(employee=case.employee, case=case)
        return cls(kept.initial, employee=case.employee, case=case)

    def clean(self):
        said = super().clean()
        for number in range(1, MOST_FOLLOW_UPS + 1):
            due, what = said.get(f"follow_up_{number}"), said.get(f"what_{number}")
            if due and not what:
                self.add_error(f"what_{number}", _("Say what is looked at then."))
            if what and not due and f"follow_up_{number}" not in self.errors:
                self.add_error(f"follow_up_{number}", _("Say when."))
            if due and due < timezone.localdate():
                self.add_error(f"follow_up_{number}", _("That day has passed."))
        return said

    def case(self) -> CaseFile:
        """The case that the form describes; nothing is kept yet."""
        case = self.kept or CaseFile(employee=self.employee)
        for name in TERMS:
            setattr(case, name, self.cleaned_data[name])
        return case

    def follow_ups(self) -> list[tuple[date, str]]:
        said = (
            (self.cleaned_data[f"follow_up_{n}"], self.cleaned_data[f"what_{n}"]) for n in range(1, MOST_FOLLOW_UPS + 1)
        )
        return [(due, what) for due, what in said if due]


class MoveForm(forms.Form):
    """Of a move just what it asks: why, a witness, or what a follow-up found."""

    def __init__(self, *args, case: CaseFile, move: str, reasoned: bool, user, **options):
        super().__init__(*args, label_suffix="", **options)
        if reasoned:
            self.fields["because"] = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))
        if move == "decline":
            others = Employee.objects.seated().exclude(pk=case.employee_id).exclude(user=user)
            self.fields["witness"] = PersonChoice(label=_("Witness"), queryset=others, empty_label=None)
            self.fields["witness"].help_text = _("By staff number: somebody who saw that they would not sign.")
        if move == "follow_up":
            self.fields["row"] = forms.ModelChoiceField(
                label=_("Follow-up"), queryset=case.follow_ups.filter(done_at=None), empty_label=None
            )
            self.fields["row"].label_from_instance = lambda row: f"{row.due}: {row.what}"
            self.fields["found"] = forms.CharField(label=_("Found"), widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """What the person says to it, and that they were given it."""

    reply = forms.CharField(
        label=_("Your reply"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It stands in the case as you write it, and cannot be changed afterwards. You may leave it empty."),
    )
    signs = forms.BooleanField(
        label=_("I was given this"), required=False, help_text=_("It does not say that you agree.")
    )

    def __init__(self, *args, case: CaseFile, **options):
        super().__init__(*args, label_suffix="", **options)
        if case.reply:
            del self.fields["reply"]
        if case.answer:
            del self.fields["signs"]

    def clean(self):
        said = super().clean()
        if not any(said.values()):
            self.add_error(None, _("Write a reply, sign, or do both."))
        return said
