"""What a rule consists of, in the order in which people think of it, and each part of it in words.

The form, the comparison, the files of profiles and the API are made of this table: a new field of `Requirement` is a
name in one of the sections, a label, and a sentence in `plain.py`.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from records.completeness import terms
from records.completeness.models import Requirement
from records.inventory.models import DocumentType, Encounter, Service


@dataclass(frozen=True)
class Section:
    """Some fields of a rule under one heading, in the order in which they are asked for."""

    key: str
    title: str
    fields: tuple[str, ...]


SECTIONS = (
    Section("what", gettext_lazy("What it is"), ("title", "topic", "basis", "tag", "severity")),
    Section(
        "when",
        gettext_lazy("When it is due"),
        ("trigger", "due_after_hours", "due_after_days", "not_before_hours", "only_if_met"),
    ),
    Section(
        "again",
        gettext_lazy("Again and again"),
        ("every_hours", "every_days", "at_least", "begins_after_days", "ends_after_days"),
    ),
    Section(
        "whom",
        gettext_lazy("Whom it applies to"),
        (
            "encounter_classes",
            "services",
            "dispositions",
            "dispositions_excepted",
            "stay_at_least_hours",
            "stay_less_than_hours",
            "age_from_years",
            "age_below_years",
            "anesthesia_only",
            "procedure_codes",
            "exempts",
        ),
    ),
    Section(
        "asks",
        gettext_lazy("What it asks for"),
        (
            "document_types",
            "authentication_required",
            "cosignature",
            "sections_required",
            "entry_must_have",
            "responsible",
            "counts_toward_delinquency",
        ),
    ),
)
EDITED = tuple(name for section in SECTIONS for name in section.fields)
# What the form does not ask for, and why not.
NOT_EDITED = {
    "id": "Ours.",
    "profile": "Chosen once, when the rule is new: a rule of another profile is another rule.",
    "code": "Chosen once, when the rule is new: it is what joins its versions.",
    "version": "Counted by `publish`.",
    "effective": "Asked for as the first day (`effective_from`); the last follows from its successor, or its end.",
    "published_at": "Said by the database.",
    "published_by": "Whoever publishes.",
    "published_because": "Asked for by the form as the reason, which is none of the rule's terms.",
    "dry_run": "What the dry run before it said; asked of the engine, not of the person.",
    "not_tried_because": "Asked for beside the reason, where there was no dry run.",
    "ended_at": "Said by `end`.",
    "ended_by": "Whoever ends it.",
    "ended_because": "Asked for where the rule is ended.",
    "known_from": "Said by the database.",
}
LABELS = {
    "title": gettext_lazy("Title"),
    "topic": gettext_lazy("Topic"),
    "basis": gettext_lazy("Source"),
    "tag": gettext_lazy("Surveyor's tag"),
    "severity": gettext_lazy("Severity"),
    "trigger": gettext_lazy("Counted from"),
    "due_after_hours": gettext_lazy("Due after hours"),
    "due_after_days": gettext_lazy("Due after calendar days"),
    "not_before_hours": gettext_lazy("Not before, in hours"),
    "every_hours": gettext_lazy("Again within hours"),
    "every_days": gettext_lazy("Again in each block of days"),
    "at_least": gettext_lazy("So many in each block"),
    "begins_after_days": gettext_lazy("First block after days"),
    "ends_after_days": gettext_lazy("Ends after days"),
    "only_if_met": gettext_lazy("Only if this topic was met before"),
    "encounter_classes": gettext_lazy("Classes of encounter"),
    "services": gettext_lazy("Services"),
    "dispositions": gettext_lazy("Dispositions"),
    "dispositions_excepted": gettext_lazy("Dispositions excepted"),
    "stay_at_least_hours": gettext_lazy("Stay of at least hours"),
    "stay_less_than_hours": gettext_lazy("Stay of less than hours"),
    "age_from_years": gettext_lazy("Age from years"),
    "age_below_years": gettext_lazy("Age below years"),
    "anesthesia_only": gettext_lazy("Only procedures with anesthesia"),
    "procedure_codes": gettext_lazy("Codes of procedures"),
    "exempts": gettext_lazy("Exempts these topics"),
    "document_types": gettext_lazy("Documents"),
    "authentication_required": gettext_lazy("It must be signed"),
    "cosignature": gettext_lazy("Co-signature"),
    "sections_required": gettext_lazy("Sections"),
    "entry_must_have": gettext_lazy("An entry must carry"),
    "responsible": gettext_lazy("Responsible"),
    "counts_toward_delinquency": gettext_lazy("It counts toward delinquency"),
}


def label(name: str) -> str:
    return str(LABELS.get(name) or Requirement._meta.get_field(name).verbose_name.capitalize())


@dataclass(frozen=True)
class Names:
    """The titles of document types and services by code; a code that has none stands for itself."""

    documents: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)

    def document(self, code: str) -> str:
        return self.documents.get(code, code)

    def service(self, code: str) -> str:
        return self.services.get(code, code)


def names_of(*requirements: Requirement) -> Names:
    """What these rules name: one query, and a second where one of them names a service."""
    types = {code for one in requirements for code in one.document_types}
    services = {code for one in requirements for code in one.services}
    return Names(titles(DocumentType, types), titles(Service, services) if services else {})


def titles(model, codes: set[str]) -> dict[str, str]:
    return dict(model.objects.filter(code__in=codes).values_list("code", "title"))


def topic_name(topic: str) -> str:
    return topic.replace("-", " ").replace("_", " ")


def in_sentence(title: str) -> str:
    """A title in the middle of a sentence: "Operative report" begins small there, "ED note" does not."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def any_of(words) -> str:
    return get_text_list([str(word) for word in words], _("or"))


def all_of(words) -> str:
    return get_text_list([str(word) for word in words], _("and"))


def said(requirement: Requirement, name: str, names: Names) -> str:
    """The value of one field in words; nothing for one that says nothing."""
    value = getattr(requirement, name)
    if value in (None, "", []):
        return ""
    match name:
        case "document_types":
            return any_of(names.document(code) for code in value)
        case "services":
            return any_of(names.service(code) for code in value)
        case "encounter_classes":
            return any_of(spoken.choice(Encounter.Class, code) for code in value)
        case "dispositions" | "dispositions_excepted":
            return any_of(spoken.choice(Encounter.Disposition, code) for code in value)
        case "sections_required":
            return all_of(terms.SECTIONS.get(code, code) for code in value)
        case "entry_must_have":
            return all_of(terms.ELEMENTS.get(code, code) for code in value)
        case "exempts":
            return all_of(topic_name(topic) for topic in value)
        case "topic" | "only_if_met":
            return topic_name(value)
        case _ if isinstance(value, bool):
            return _("yes") if value else _("no")
        case _ if isinstance(value, Decimal):
            return number(value)
        case _ if isinstance(value, list):
            return all_of(value)
        case _ if choices := Requirement._meta.get_field(name).choices:
            return str(dict(choices)[value])
    return str(value)


def number(value: Decimal) -> str:
    """A number without the zeros at its end."""
    return f"{value.normalize():f}"


def differing(before: Requirement, after: Requirement) -> list[str]:
    """The names of the fields in which two versions differ."""
    return [name for name in EDITED if getattr(before, name) != getattr(after, name)]


def difference(before: Requirement, after: Requirement, names: Names) -> list[tuple[str, str, str]]:
    """The fields in which two versions differ: the label, what it said before, what it says after."""
    return [(label(name), said(before, name, names), said(after, name, names)) for name in differing(before, after)]
