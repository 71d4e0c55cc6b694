from dataclasses import asdict, fields

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.cycles.marking import AS_MEASURED, Said
from compliance.cycles.models import NOT_ASSESSED, CyclePart, Likelihood, Scope
from compliance.cycles.standing import Row
from compliance.scoring.models import Result
from compliance.standards.models import Edition
from staff.models import User

DAY = {"type": "date"}
SAID = [field.name for field in fields(Said)]


class StartForm(forms.Form):
    """What a cycle is called, what it covers, and its days."""

    title = forms.CharField(label=_("Title"), max_length=100, help_text=_("Such as: Mock survey, spring 2027."))
    editions = forms.ModelMultipleChoiceField(
        label=_("It covers"), queryset=Edition.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    begins = forms.DateField(label=_("It begins"), widget=forms.DateInput(attrs=DAY))
    due = forms.DateField(label=_("It is due"), widget=forms.DateInput(attrs=DAY))

    def __init__(self, *args, editions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["editions"].queryset = editions


class AssignForm(forms.Form):
    """Who scores a part and by when; with what the person saw, so that nobody undoes what they did not see."""

    assignee = forms.TypedChoiceField(label=_("Scored by"), coerce=int, empty_value=None, required=False)
    due = forms.DateField(label=_("Due"), widget=forms.DateInput(attrs=DAY))
    seen_assignee = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_due = forms.DateField(widget=forms.HiddenInput)

    def __init__(self, *args, part: CyclePart, people: dict[int, User], **kwargs):
        self.part = part
        seen = {"assignee": part.assignee_id, "due": part.due}
        seen |= {"seen_assignee": part.assignee_id, "seen_due": part.due.isoformat()}
        super().__init__(*args, prefix=f"part-{part.pk}", initial=seen, **kwargs)
        self.known = people if part.assignee_id is None else people | {part.assignee_id: part.assignee}
        self.fields["assignee"].choices = [("", _("nobody yet")), *self.known.items()]
        for name in ("assignee", "due"):
            self.fields[name].widget.attrs["aria-label"] = f"{part.chapter}: {self.fields[name].label}"

    @property
    def seen(self) -> tuple:
        return self.cleaned_data["seen_assignee"], self.cleaned_data["seen_due"]

    @property
    def person(self) -> User | None:
        return self.known.get(self.cleaned_data["assignee"])

    @property
    def is_changed(self) -> bool:
        return (self.cleaned_data["assignee"], self.cleaned_data["due"]) != self.seen


class MarkForm(forms.Form):
    """What somebody finds of an element: the result, how bad it is where it falls short, and why."""

    result = forms.ChoiceField(label=_("It is"), widget=forms.RadioSelect)
    likelihood = forms.ChoiceField(
        label=_("Likely to harm"), choices=[("", _("not graded")), *Likelihood.choices], required=False
    )
    scope = forms.ChoiceField(
        label=_("How far it reaches"), choices=[("", _("not graded")), *Scope.choices], required=False
    )
    because = forms.CharField(
        label=_("On what this rests"),
        help_text=_("Asked for where it does not apply, or differs from what is measured or scored. Name no patient."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, row: Row, reviews: bool, **kwargs):
        """`reviews`: it is the coordinator's; who scores sees the own words also where the coordinator has spoken."""
        mark = (reviews and row.preliminary) or row.individual
        said = asdict(Said.by(mark, is_measured=row.is_measured))
        super().__init__(*args, initial=said | {"after": row.after}, **kwargs)
        last = (AS_MEASURED, _("as measured")) if row.is_measured else (NOT_ASSESSED, _("not assessed"))
        self.fields["result"].choices = [*Result.choices, last]

    @property
    def said(self) -> Said:
        return Said(**{name: self.cleaned_data[name] for name in SAID})


class AskForm(forms.Form):
    """What is to be changed in a part."""

    because = forms.CharField(
        label=_("What is to be changed"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
