"""What is asked for when a version of a rule is written, tried and published, and when a rule is ended.

The fields are those of `fields.SECTIONS`; how one is asked for follows from the model, and is said here only where a
list to choose from, or several lines, are better.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.errors import DomainError
from records.completeness import soundness, terms
from records.completeness.models import Profile, Requirement
from records.completeness.rules import fields
from records.completeness.rules.fields import EDITED, LABELS
from records.inventory.models import DocumentType, Encounter, Service
from staff.models import Facility, User

LONGEST_REASON = 2_000
LONGEST_WORD = 4_000  # of a dry run
DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
ONE_LINE = {"autocomplete": "off"}
LONG_LISTS = ("document_types", "services", "dispositions", "dispositions_excepted", "exempts")  # folded


class Ticked(forms.BoundField):
    @property
    def chosen(self) -> str:
        """What is ticked, in words: the line that stands for a list while it is folded."""
        return ", ".join(str(box.choice_label) for box in self if box.data["selected"])


class Several(forms.MultipleChoiceField):
    """Some of a list, as a row of boxes to tick."""

    widget = forms.CheckboxSelectMultiple
    bound_field_class = Ticked

    def __init__(self, choices=(), **options):
        super().__init__(choices=choices, required=False, **options)


class Lines(forms.CharField):
    """A list of words, one a line."""

    def __init__(self, *, longest: int, **options):
        self.longest = longest
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}), **options)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        lines = [line.strip() for line in super().clean(value).splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        if any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(_("A line has at most %(n)s characters.") % {"n": self.longest})
        return lines


@dataclass(frozen=True)
class Part:
    """A section of the form with its fields. What few rules have is folded, and open where it says something."""

    key: str
    title: str
    fields: list[forms.BoundField]
    is_folded: bool
    is_open: bool
    long_lists: tuple[str, ...] = LONG_LISTS


def of_documents() -> list[tuple[str, str]]:
    return list(DocumentType.objects.order_by("title").values_list("code", "title"))


def of_services() -> list[tuple[str, str]]:
    return list(Service.objects.order_by("title").values_list("code", "title"))


def of_topics() -> list[tuple[str, str]]:
    found = Requirement.objects.order_by("topic").values_list("topic", flat=True).distinct()
    return [(topic, fields.topic_name(topic)) for topic in found]


class Publishing(forms.Form):
    """What is asked for beside the terms: where to try them, and the reason.

    `doing` is what was pressed: only what that needs is asked for.
    """

    facility = forms.ModelChoiceField(label=_("At"), queryset=Facility.objects.none(), required=False, empty_label=None)
    since = forms.DateField(
        label=_("As if in force since"),
        help_text=_("Left empty: since it begins, or where that is to come, for 90 days."),
        required=False,
        **DAY,
    )
    because = forms.CharField(
        label=_("Why"),
        help_text=_("Kept with the version, under your name."),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    not_tried_because = forms.CharField(
        label=_("Without a dry run, because"),
        help_text=_("Only where these values were not tried."),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.TextInput(attrs=ONE_LINE),
    )
    as_read = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    tried = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_WORD)

    def __init__(self, *args, person: User, doing: str = "", **options):
        super().__init__(*args, **options)
        self.person, self.doing = person, doing
        self.fields["facility"].queryset = person.facilities.order_by("name")
        self.fields["facility"].initial = min((place.pk for place in person.reached), default=None)

    def clean(self):
        cleaned = super().clean()
        if self.doing == "publish" and not self.cleaned_data.get("because"):
            self.add_error("because", _("Say why: the reason is kept under your name."))
        if self.doing == "try" and not self.cleaned_data.get("facility") and "facility" not in self.errors:
            self.add_error("facility", _("Choose where to try it."))
        return cleaned

    def refuse(self, refusal: DomainError):
        """Put a refusal beside the field that it is about."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, refusal.message)


class RuleForm(Publishing, forms.ModelForm):
    """The terms of a version: those of `base` until they are changed."""

    effective_from = forms.DateField(
        label=_("In force from"),
        help_text=_("The local day of the first occasion that it judges. What happened before is judged as before."),
        **DAY,
    )
    asked_for = forms.ChoiceField(label=_("Document"), help_text=_("What is asked for, and named where it is missing."))
    document_types = Several(label=_("Or one of these serves too"))
    encounter_classes = Several(
        Encounter.Class.choices, label=LABELS["encounter_classes"], help_text=_("None ticked: all.")
    )
    services = Several(label=LABELS["services"], help_text=_("None ticked: all."))
    dispositions = Several(
        Encounter.Disposition.choices, label=LABELS["dispositions"], help_text=_("None ticked: all.")
    )
    dispositions_excepted = Several(Encounter.Disposition.choices, label=LABELS["dispositions_excepted"])
    entry_must_have = Several(
        list(terms.ELEMENTS.items()),
        label=LABELS["entry_must_have"],
        help_text=_("Only for a rule on each entry."),
    )
    exempts = Several(
        label=LABELS["exempts"],
        help_text=_("An exception: wherever this rule applies, nothing is asked for about these."),
    )
    only_if_met = forms.ChoiceField(
        label=LABELS["only_if_met"],
        help_text=Requirement._meta.get_field("only_if_met").help_text,
        required=False,
    )
    sections_required = Lines(
        longest=100, label=LABELS["sections_required"], help_text=_("That the document must have; one a line.")
    )
    procedure_codes = Lines(
        longest=50, label=LABELS["procedure_codes"], help_text=_("One a line. None: all procedures.")
    )

    class Meta:
        model = Requirement
        fields = EDITED
        labels = LABELS

    def __init__(self, *args, base: Requirement | None = None, **options):
        self.base = base
        super().__init__(*args, **options)
        # Each list is read once, though two fields choose from it.
        documents, topics = of_documents(), of_topics()
        self.fields["asked_for"].choices = [("", "---------"), *documents]
        self.fields["document_types"].choices = documents
        self.fields["services"].choices = of_services()
        self.fields["only_if_met"].choices = [("", _("no condition")), *topics]
        self.fields["exempts"].choices = topics
        self.fields["cosignature"].choices = [("", _("none")), *Requirement.Cosignature.choices]
        for name in ("at_least", "begins_after_days"):
            self.fields[name].required = False
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.initial = self.initial | {"effective_from": tomorrow, "as_read": 0} | (terms_of(base) if base else {})
        if base is not None:
            first, *others = base.document_types
            self.initial |= {"asked_for": first, "document_types": others, "as_read": base.version}

    def of_section(self, section: fields.Section) -> list[forms.BoundField]:
        """The fields of a section as they are asked for: the document that is meant before those that serve too."""
        names = [*section.fields]
        if "document_types" in names:
            names.insert(names.index("document_types"), "asked_for")
        if "trigger" in names:
            names.insert(0, "effective_from")
        return [self[name] for name in names]

    @property
    def sections(self) -> list[Part]:
        return [self.part(section) for section in fields.SECTIONS]

    def part(self, section: fields.Section) -> Part:
        bound = self.of_section(section)
        is_said = any(self[name].value() not in (None, "") for name in ("every_hours", "every_days"))
        return Part(
            section.key,
            section.title,
            bound,
            is_folded=section.key == "again",
            is_open=is_said or any(field.errors for field in bound),
        )

    def clean_at_least(self):
        return self.usual("at_least")

    def clean_begins_after_days(self):
        return self.usual("begins_after_days")

    def usual(self, name: str):
        value = self.cleaned_data[name]
        return Requirement._meta.get_field(name).default if value is None else value

    def clean(self):
        """What is ticked keeps the order of the version before it, so that order alone changes nothing."""
        cleaned = super().clean()
        for name, field in self.fields.items():
            if isinstance(field, Several) and name in self.cleaned_data:
                before = getattr(self.base, name) if self.base else []
                ticked = self.cleaned_data[name]
                self.cleaned_data[name] = list(dict.fromkeys([*(one for one in before if one in ticked), *ticked]))
        if first := self.cleaned_data.get("asked_for"):
            self.cleaned_data["document_types"] = list(dict.fromkeys([first, *self.cleaned_data["document_types"]]))
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.doing in ("try", "publish"):
            self.find_faults()

    def validate_constraints(self):
        """`find_faults` says which field each promise of the database is about."""

    def find_faults(self):
        """What a rule may not say, beside its field; one fault of each field is enough to begin with."""
        for name, sentence in soundness.faults(self.instance):
            field = "asked_for" if name == "document_types" else name
            if field not in self.errors:
                self.add_error(field, sentence)

    @property
    def profile(self) -> Profile | None:
        return self.base.profile if self.base else self.cleaned_data.get("profile")

    @property
    def code(self) -> str:
        return self.base.code if self.base else self.cleaned_data.get("code", "")

    @property
    def terms(self) -> dict:
        """The rule's terms as they were filled in."""
        return {name: self.cleaned_data[name] for name in EDITED}

    def drafted(self) -> Requirement:
        """The version as it stands in the form, as far as it can be understood. It is not saved."""
        draft = self.instance
        if self.base is not None:
            for name in EDITED:
                if name in self.errors:
                    setattr(draft, name, getattr(self.base, name))
        draft.profile = self.profile or Profile(kind=Profile.Kind.FEDERAL)
        draft.effective = (self.cleaned_data.get("effective_from"), None)
        return draft


class NewRuleForm(RuleForm):
    """A rule that is not there yet."""

    profile = forms.ModelChoiceField(label=_("Profile"), queryset=Profile.objects.order_by("rank", "code"))
    code = forms.RegexField(
        r"^[A-Za-z0-9._-]+\Z",
        label=_("Code"),
        help_text=_("A short name that stays the same in all its versions, such as HP-24H."),
        max_length=40,
        widget=forms.TextInput(attrs=ONE_LINE | {"spellcheck": "false"}),
        error_messages={"invalid": _("A code has letters, digits, dots, hyphens and underscores.")},
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["effective_from"].required = False
        self.fields["effective_from"].help_text = _(
            "The local day of the first occasion that it judges. Empty: from the beginning."
        )

    def of_section(self, section: fields.Section):
        found = super().of_section(section)
        return [self["profile"], self["code"], *found] if section.key == "what" else found


class EndForm(Publishing):
    """From which day on a rule asks nothing any more."""

    on = forms.DateField(
        label=_("It ends on"), help_text=_("The first local day on which it is no longer in force."), **DAY
    )

    field_order = ["on", "facility", "since", "not_tried_because", "because"]

    def __init__(self, *args, base: Requirement, **options):
        super().__init__(*args, **options)
        self.initial |= {"as_read": base.version, "on": timezone.localdate() + timedelta(days=1)}


def terms_of(requirement: Requirement) -> dict:
    """The terms as a form shows them: a number without the zeros at its end."""
    values = {name: getattr(requirement, name) for name in EDITED}
    return {name: fields.number(value) if isinstance(value, Decimal) else value for name, value in values.items()}
