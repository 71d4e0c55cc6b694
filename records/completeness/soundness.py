"""What a rule may not say: things that nobody could be held to, or that nobody could ever do. The field is named."""

from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Q

from himdept.common.errors import DomainError
from records.completeness.models import Requirement
from records.inventory.models import DocumentType, Encounter

Trigger = Requirement.Trigger
A_LONG_DAY = 25  # hours: no day of any time zone has more
LONGEST_DAYS = 36_525  # a hundred years: beyond it a limit is a slip of the pen, and no clock can tell it
LONGEST_HOURS = LONGEST_DAYS * 24

# The field that each promise of the database is about.
FIELD_OF = {
    "requirement_names_a_document": "document_types",
    "requirement_has_one_clock": "due_after_hours",
    "requirement_series_ask_for_documents_alone": "trigger",
    "requirement_blocks_are_of_days": "every_days",
    "requirement_series_goes_on": "every_hours",
    "requirement_entries_stand_alone": "trigger",
    "requirement_exceptions_have_no_condition": "only_if_met",
}


def refuse(requirement: Requirement):
    """Raises DomainError for the first thing that is wrong with a rule that is to be published."""
    for field, sentence in faults(requirement):
        raise DomainError(f"{requirement.code}: {sentence}", field=field)


def faults(of: Requirement, *, also: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Each field with a sentence that says what is wrong with it. `also` are topics that are published with it."""
    known = set(DocumentType.objects.filter(code__in=of.document_types).values_list("code", flat=True))
    if not of.document_types:
        yield "document_types", "A rule names a document at least."
    for code in of.document_types:
        if code not in known:
            yield "document_types", f"The catalogue has no document type {code!r}."
    for name in of.entry_must_have:
        if name not in Requirement.ENTRY_ELEMENTS:
            yield "entry_must_have", f"An entry cannot be asked for {name!r}."
    if of.entry_must_have and not of.judges_entries:
        yield "entry_must_have", "Only a rule on entries asks what an entry carries."
    yield from faults_of_topics(of, also)
    yield from faults_of_spans(of)
    yield from faults_of_series(of)
    yield from faults_of_whom(of)
    yield from faults_of_promises(of)


def faults_of_promises(of: Requirement) -> Iterator[tuple[str, str]]:
    """What the database would refuse, with the field that is to be mended."""
    promises = [promise for promise in Requirement._meta.constraints if promise.name in FIELD_OF]
    try:
        # Each promise is a question to the database: a sound rule asks one.
        CheckConstraint(condition=Q(*(promise.condition for promise in promises)), name="all").validate(Requirement, of)
    except ValidationError:
        for promise in promises:
            try:
                promise.validate(Requirement, of)
            except ValidationError as broken:
                yield FIELD_OF[promise.name], str(broken.messages[0])


def faults_of_topics(of: Requirement, also: Iterable[str]) -> Iterator[tuple[str, str]]:
    topics = {*Requirement.objects.values_list("topic", flat=True), *also}
    if of.only_if_met and (of.only_if_met == of.topic or of.only_if_met not in topics):
        yield "only_if_met", f"No other rule has the topic {of.only_if_met!r}."
    for topic in of.exempts:
        if topic == of.topic or topic not in topics:
            yield "exempts", f"No other rule has the topic {topic!r}."


def faults_of_spans(of: Requirement) -> Iterator[tuple[str, str]]:
    opens = of.not_before_hours
    closes = of.due_after_hours if of.due_after_days is None else (of.due_after_days + 1) * A_LONG_DAY
    if opens is not None and closes is not None and opens > closes:
        yield "not_before_hours", "The window ends before it begins."
    for field in ("not_before_hours", "due_after_hours", "every_hours"):
        if (hours := getattr(of, field)) is not None and abs(hours) > LONGEST_HOURS:
            yield field, "Nothing is due after more than a hundred years."
    if of.due_after_days is not None and of.due_after_days > LONGEST_DAYS:
        yield "due_after_days", "Nothing is due after more than a hundred years."
    if of.stay_less_than_hours is not None and of.stay_less_than_hours <= 0:
        yield "stay_less_than_hours", "No stay is shorter than that."
    if of.age_below_years == 0:
        yield "age_below_years", "Nobody is younger than that."
    for least, below, sentence in (
        ("stay_at_least_hours", "stay_less_than_hours", "No stay is at least as long and shorter."),
        ("age_from_years", "age_below_years", "Nobody is at least as old and younger."),
    ):
        if None not in (getattr(of, least), getattr(of, below)) and getattr(of, least) >= getattr(of, below):
            yield below, sentence


def faults_of_series(of: Requirement) -> Iterator[tuple[str, str]]:
    if of.every_hours is not None and of.every_hours <= 0:
        yield "every_hours", "A series goes on by more than no time."
    if of.every_days == 0:
        yield "every_days", "A block has a day at least."
    if of.at_least == 0:
        yield "at_least", "A block asks for one document at least."
    if of.ends_after_days is not None and of.ends_after_days <= of.begins_after_days:
        yield "ends_after_days", "The series ends before it begins."
    if of.recurs and of.trigger not in Requirement.SERIES_TRIGGERS:
        yield "trigger", "A series begins with an admission, a birth, a procedure or a restraint."
    if of.every_days is None:
        for field, usual in (("at_least", 1), ("begins_after_days", 0), ("ends_after_days", None)):
            if getattr(of, field) != usual:
                yield field, "Only for a series by days."
    if of.recurs:
        for field in ("not_before_hours", "only_if_met", "exempts", "cosignature", "sections_required"):
            if getattr(of, field) not in (None, "", []):
                yield field, "Not for a series, which asks only that documents are written."
        if of.authentication_required:
            yield "authentication_required", "Not for a series: a rule on each document asks for its signature."


def faults_of_whom(of: Requirement) -> Iterator[tuple[str, str]]:
    for field in ("dispositions", "dispositions_excepted"):
        for code in getattr(of, field):
            if code not in Encounter.Disposition.values:
                yield field, f"Nobody leaves by {code!r}."
    if of.dispositions and set(of.dispositions) <= set(of.dispositions_excepted):
        yield "dispositions_excepted", "All that it is meant for are excepted."
    if of.trigger == Trigger.BIRTH and of.encounter_classes and Encounter.Class.NEWBORN not in of.encounter_classes:
        yield "encounter_classes", "Only a newborn's own encounter begins with a birth."
    if of.procedure_codes and of.trigger not in (Trigger.PROCEDURE_START, Trigger.PROCEDURE_END):
        yield "procedure_codes", "Only a rule on procedures can name some of them."
