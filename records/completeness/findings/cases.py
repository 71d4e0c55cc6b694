"""A case: one chart, the policy that it is held to, and what a surveyor found in it; read from its JSON file.

The form is that of the survey findings (their README states it): a moment is a date-time with offset, or a bare date
where only the day is known.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct, field

from himdept.common import moments, shapes
from himdept.common.errors import Unreadable
from himdept.common.moments import Moment
from records.completeness.models import Requirement
from records.inventory.models import Encounter

CLASSES = {
    "IMP": Encounter.Class.INPATIENT,
    "OBSENC": Encounter.Class.OBSERVATION,
    "EMER": Encounter.Class.EMERGENCY,
    "AMB": Encounter.Class.AMBULATORY,
    "SWB": Encounter.Class.SWING_BED,
    "PSY": Encounter.Class.PSYCHIATRIC,
    "NEWB": Encounter.Class.NEWBORN,
}
ENTRIES = ("document", "order")

Class = Literal["IMP", "OBSENC", "EMER", "AMB", "SWB", "PSY", "NEWB"]
Trigger = Literal["admission", "discharge", "procedure_start", "procedure_end", "restraint_start", "document", "order"]
Element = Literal["date", "time", "signature_date", "signature_time"]
Name = Annotated[str, Meta(min_length=1)]
Code = Annotated[str, Meta(min_length=1, max_length=50)]  # of a document type
Section = Annotated[str, Meta(min_length=1, max_length=100)]
Disposition = Annotated[str, Meta(max_length=20)]
Hours = Annotated[float, Meta(ge=-1_000_000, le=1_000_000)]
Days = Annotated[int, Meta(ge=0, le=36_500)]


class Policy(Struct, forbid_unknown_fields=True):
    """One rule of the chart's own policy."""

    code: Name
    document_types: Annotated[list[Code], Meta(min_length=1)]
    trigger: Trigger
    label: str = ""
    basis: str = ""
    not_before_hours: Hours | None = None
    due_after_hours: Hours | None = None
    due_after_days: Days | None = None
    authentication_required: bool = False
    sections_required: list[Section] = []
    encounter_classes: list[Class] = []
    dispositions: list[Disposition] = []
    anesthesia_only: bool = False
    only_if_met_before_trigger: str | None = None
    entry_must_have: list[Element] = []

    @property
    def needs_no_clock(self) -> bool:
        return self.trigger == "document" and not (self.authentication_required or self.sections_required)


class Place(Struct):
    """Where the chart is from."""

    timezone: Name
    type: str = "hospital"
    state: str | None = None


class Stay(Struct):
    klass: Class = field(name="class")
    start: Name
    end: str | None = None
    disposition: Disposition | None = None


class Happening(Struct):
    """A procedure or a restraint."""

    id: Name
    start: str | None = None
    end: str | None = None
    anesthesia: bool | None = False


class Paper(Struct, forbid_unknown_fields=True):
    """A document of the chart."""

    id: Name
    type: Code
    label: str | None = None
    procedure: str | None = None
    restraint: str | None = None
    authored_at: str | None = None
    signed_at: str | None = None
    signed: bool | None = False
    verbal_order: bool | None = False
    sections: list[Section] = []


class Expectation(Struct):
    """A finding of the surveyor's."""

    policy: Name
    kind: Name
    document_type: str | None = None
    document: str | None = None
    procedure: str | None = None
    restraint: str | None = None
    due_at: str | None = None
    resolved_at: str | None = None
    element: str | None = None


class Form(Struct):
    """The file. What only people read (source, summary, assumptions) is left alone."""

    facility: Place
    as_of: Name
    policy: Annotated[list[Policy], Meta(min_length=1)]
    encounter: Stay
    documents: list[Paper]
    expected: list[Expectation]
    procedures: list[Happening] = []
    restraints: list[Happening] = []


class Finding(Struct, frozen=True):
    """What was found, or was to be found, in a chart, by the names of its file. Times are UTC; None: not given."""

    policy: str
    document: str | None
    procedure: str | None
    restraint: str | None
    kind: str
    element: str | None
    due_at: datetime | None
    resolved_at: datetime | None


class Case(Struct):
    """A case with its moments resolved: `times` has them by their place in the file."""

    name: str
    form: Form
    zone: ZoneInfo
    as_of: datetime
    times: dict[str, Moment | None]
    expected: list[Finding]
    terms: bytes  # the policy, so that charts that are held to the same one can be told

    def bounds(self, name: str, place: str) -> dict[str, datetime]:
        """The two fields of a moment in the tables."""
        moment = self.times[place]
        return {f"{name}_first": moment.first, f"{name}_last": moment.last} if moment else {}


FORM = msgspec.json.Decoder(Form)
TERMS = msgspec.json.Encoder()


def read(path: Path) -> Case:
    """Read a file. Raises Unreadable, whose field says where in the file it breaks."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"This cannot be read: {error.strerror}.") from error
    return read_form(raw, path.name)


def read_form(raw: bytes, name: str) -> Case:
    """Read what stands in a file of this name. Raises Unreadable."""
    form = shapes.decode(raw, FORM)
    if b"\\u0000" in raw:
        raise Unreadable("A text may not contain the character NUL.")
    try:
        zone = ZoneInfo(form.facility.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable("This is not the name of a time zone.", field="facility.timezone") from None
    times = {place: read_moment(text, zone, place) for place, text in written_times(form)}
    check_policy(form.policy)
    check_order(form, times)
    check_documents(form)
    as_of = times["as_of"]
    if as_of is None or not as_of.exact:
        raise Unreadable("The visit needs a date and a time with offset.", field="as_of")
    expected = [
        Finding(
            one.policy,
            one.document,
            one.procedure,
            one.restraint,
            one.kind,
            one.element,
            *(times[f"expected[{n}].{name}"] and times[f"expected[{n}].{name}"].first for name in ENDS),
        )
        for n, one in enumerate(form.expected)
    ]
    return Case(name, form, zone, as_of.first, times, expected, TERMS.encode(form.policy))


ENDS = ("due_at", "resolved_at")


def written_times(form: Form) -> Iterator[tuple[str, str | None]]:
    """Every moment of a file with its place."""
    yield "as_of", form.as_of
    yield "encounter.start", form.encounter.start
    yield "encounter.end", form.encounter.end
    for name, names, rows in (
        ("procedures", ("start", "end"), form.procedures),
        ("restraints", ("start", "end"), form.restraints),
        ("documents", ("authored_at", "signed_at"), form.documents),
        ("expected", ENDS, form.expected),
    ):
        for n, row in enumerate(rows):
            for side in names:
                yield f"{name}[{n}].{side}", getattr(row, side)


def read_moment(text: str | None, zone: ZoneInfo, place: str) -> Moment | None:
    """A moment of a file; a time of day without its offset is refused, because nobody says which hour it means."""
    if not text:
        return None
    try:
        if not moments.DAY.fullmatch(text) and datetime.fromisoformat(text).tzinfo is None:
            raise Unreadable(f"{text!r} is a time without its offset.", field=place)
        return moments.read_moment(text, zone)
    except ValueError:
        raise Unreadable(f"{text!r} is neither a date nor a date and time with offset.", field=place) from None
    except Unreadable as problem:
        raise Unreadable(problem.message, field=place) from None


def check_policy(policy: list[Policy]):
    """Refuse rules that nobody could be held to, as publishing refuses them."""
    codes = {rule.code: rule for rule in policy}
    for n, rule in enumerate(policy):
        place = f"policy[{n}]"
        if [other.code for other in policy].count(rule.code) > 1:
            raise Unreadable(f"There are several rules {rule.code!r}.", field=f"{place}.code")
        clocks = (rule.due_after_hours is not None) + (rule.due_after_days is not None)
        if clocks != 1 and not (clocks == 0 and rule.needs_no_clock):
            raise Unreadable("It needs one of due_after_hours and due_after_days.", field=place)
        if None not in (rule.not_before_hours, rule.due_after_hours) and rule.not_before_hours > rule.due_after_hours:
            raise Unreadable("The window ends before it begins.", field=f"{place}.not_before_hours")
        if (other := rule.only_if_met_before_trigger) is None:
            continue
        if other not in codes:
            raise Unreadable(f"There is no rule {other!r}.", field=f"{place}.only_if_met_before_trigger")
        if rule.trigger in ENTRIES or codes[other].trigger in ENTRIES:
            raise Unreadable("A condition is for occasions only.", field=f"{place}.only_if_met_before_trigger")


def check_order(form: Form, times: dict[str, Moment | None]):
    """Refuse what ends before it begins."""
    spans = ["encounter"]
    spans += [f"{name}[{n}]" for name in ("procedures", "restraints") for n, _ in enumerate(getattr(form, name))]
    for place in spans:
        start, end = times[f"{place}.start"], times[f"{place}.end"]
        if start and end and end.last < start.first:
            raise Unreadable("It ends before it begins.", field=f"{place}.end")


def check_documents(form: Form):
    """Refuse ids that are given twice, and documents of a procedure or restraint that is not there."""
    for name in ("procedures", "restraints", "documents"):
        if twice := first_repeated(row.id for row in getattr(form, name)):
            raise Unreadable(f"There are several {twice!r}.", field=name)
    known = {name: {row.id for row in getattr(form, f"{name}s")} for name in ("procedure", "restraint")}
    for n, paper in enumerate(form.documents):
        for name, ids in known.items():
            if (wanted := getattr(paper, name)) is not None and wanted not in ids:
                raise Unreadable(f"There is no {name} {wanted!r}.", field=f"documents[{n}].{name}")
        if paper.procedure is not None and paper.restraint is not None:
            raise Unreadable("A document is of a procedure or of a restraint.", field=f"documents[{n}].restraint")


def first_repeated(names: Iterable[str]) -> str | None:
    seen = set()
    return next((name for name in names if name in seen or seen.add(name)), None)


def requirement(rule: Policy, codes: dict[str, str]) -> Requirement:
    """The rule as the tables have it, a topic of its own; `codes` are what the rules of the policy are called there.

    What the form lets stand on a rule on entries, and what means nothing there, is left out.
    """
    is_entry = rule.trigger in ENTRIES
    return Requirement(
        code=codes[rule.code],
        topic=codes[rule.code],
        title=(rule.label or rule.code)[:200],
        basis=(rule.basis or rule.code)[:200],
        trigger=rule.trigger,
        document_types=rule.document_types,
        encounter_classes=[CLASSES[code] for code in rule.encounter_classes],
        dispositions=rule.dispositions,
        anesthesia_only=rule.anesthesia_only,
        not_before_hours=None if is_entry else rule.not_before_hours,
        due_after_hours=rule.due_after_hours,
        due_after_days=rule.due_after_days,
        only_if_met=codes.get(rule.only_if_met_before_trigger, ""),
        authentication_required=rule.authentication_required,
        entry_must_have=rule.entry_must_have if is_entry else [],
        sections_required=rule.sections_required,
    )
