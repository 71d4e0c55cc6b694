"""What is found in a chart under some rules at a moment: docs/completeness.md, sections 1 to 11, clause by clause."""

from calendar import isleap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from . import series
from .model import (
    ADULT,
    ENTRY_ELEMENTS,
    NEWBORN,
    SUPERSEDED,
    UNDATED,
    VERDICT,
    VOID_STATUSES,
    Chart,
    Document,
    Episode,
    Expected,
    Finding,
    Key,
    Moment,
    Rule,
    element_slot,
    midnight,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """The instant by which a thing is due; `inclusive` when that instant itself is already too late (clause 5.4)."""

    at: datetime
    inclusive: bool

    def is_past(self, instant: datetime) -> bool:
        return instant >= self.at if self.inclusive else instant > self.at


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that happened to the patient and calls for a document.

    `others` are the further episodes of its kind: what belongs to one of them does not serve this one.
    """

    moment: Moment
    episode: str | None = None
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says of one occasion or entry, before rules of the same topic are compared."""

    rule: Rule
    key: Key
    findings: tuple[Finding, ...] = ()
    expected: Expected | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """All that is known of a chart at one moment; where several rules speak of one thing, the strictest."""

    findings: tuple[Finding, ...]
    expected: tuple[Expected, ...]
    judged: frozenset[Key]
    completions: tuple[datetime, ...]
    pending: tuple[datetime, ...]  # every limit not yet past, also those that a stricter rule hides


def judge(chart: Chart, rules: Iterable[Rule], as_of: datetime) -> list[Finding]:
    """What is found in the chart at `as_of`: open deficiencies, and those made good late."""
    return list(examine(chart, rules, as_of).findings)


def examine(chart: Chart, rules: Iterable[Rule], as_of: datetime) -> Examination:
    rulings = list(_rulings(chart, tuple(rules), as_of))
    findings: dict[tuple, Finding] = {}
    found = [(ruling.rule, finding) for ruling in rulings for finding in ruling.findings]
    for _, finding in sorted(found, key=_strictest_first):
        findings.setdefault((finding.key, finding.block, finding.slot), finding)
    in_the_open = {finding.key for finding in findings.values() if finding.is_open and finding.slot != UNDATED}
    expected: dict[Key, Expected] = {}
    awaited = [(ruling.rule, ruling.expected) for ruling in rulings if ruling.expected]
    for _, awaiting in sorted(awaited, key=_strictest_first):
        if awaiting.key not in in_the_open:
            expected.setdefault(awaiting.key, awaiting)
    return Examination(
        findings=tuple(findings.values()),
        expected=tuple(expected.values()),
        judged=frozenset(ruling.key for ruling in rulings),
        completions=tuple(ruling.completed_at for ruling in rulings if ruling.completed_at),
        pending=tuple(awaiting.due_at for _, awaiting in awaited),
    )


def _strictest_first(pair: tuple[Rule, Finding | Expected]) -> tuple:
    """What is open, what can no longer be met, what was met late; then by due date, none last; by rank; by code."""
    rule, found = pair
    met_late = isinstance(found, Finding) and found.kind == "late"
    is_gap = isinstance(found, Finding) and not found.mendable
    return met_late, is_gap, found.due_at is None, found.due_at, rule.profile_rank, rule.code


def _rulings(chart: Chart, rules: tuple[Rule, ...], as_of: datetime) -> Iterator[Ruling]:
    if not chart.is_judged or chart.start.first > as_of:
        return
    documents = documents_as_of(chart, as_of)
    for rule in rules:
        if not is_meant_for(chart, rule, as_of):
            continue
        if rule.judges_entries:
            for document in entries(chart, rule, documents):
                if is_of_age(chart, rule, reckoned_from(chart, document)) and not _is_exempt(
                    chart, rules, rule, document.episode, as_of
                ):
                    yield _rule_on_entry(chart, rule, document, documents, as_of)
            continue
        for occasion in occasions(chart, rule, as_of):
            if not is_of_age(chart, rule, occasion.moment):
                continue
            if _is_exempt(chart, rules, rule, occasion.episode, as_of):
                continue
            if rule.recurs:
                yield _rule_on_series(chart, rule, occasion, documents, as_of)
            elif _condition_holds(chart, rules, rule, occasion, documents, as_of):
                yield _rule_on_occasion(chart, rule, occasion, documents, as_of)


def is_meant_for(chart: Chart, rule: Rule, as_of: datetime) -> bool:
    """Whether the rule is meant for such an encounter (clauses 3.1, 3.7 and 3.8)."""
    if rule.classes and chart.klass not in rule.classes:
        return False
    if rule.services and chart.service not in rule.services:
        return False
    if rule.dispositions and chart.disposition not in rule.dispositions:
        return False
    if chart.disposition in rule.dispositions_excepted:
        return False
    least, below = rule.stay_at_least_hours, rule.stay_less_than_hours
    if least is None and below is None:
        return True
    if chart.end is None or chart.end.first > as_of:
        return False
    length = chart.end.last - chart.start.first
    return (least is None or length >= timedelta(hours=least)) and (below is None or length < timedelta(hours=below))


def is_of_age(chart: Chart, rule: Rule, moment: Moment) -> bool:
    """Whether the patient was of the age that the rule is meant for, on the day of the occasion (clause 3.9)."""
    age = ADULT if chart.born is None else years_between(chart.born, moment.day(chart.tz))
    least, below = rule.age_from_years, rule.age_below_years
    return (least is None or least <= age) and (below is None or age < below)


def years_between(born: date, day: date) -> int:
    """How old somebody is; who was born on 29 February has the birthday on the 28th where there is no 29th."""
    birthday = (born.month, born.day)
    if birthday == (2, 29) and not isleap(day.year):
        birthday = (2, 28)
    return day.year - born.year - ((day.month, day.day) < birthday)


def _is_exempt(chart: Chart, rules: tuple[Rule, ...], rule: Rule, episode: str | None, as_of: datetime) -> bool:
    """Whether an exception has taken the topic off the whole record, or off this episode (clauses 4.7 and 4.8)."""
    return any(
        None in (episode, occasion.episode) or occasion.episode == episode
        for exception in rules
        if rule.topic in exception.exempts and is_meant_for(chart, exception, as_of)
        for occasion in occasions(chart, exception, as_of)
        if is_of_age(chart, exception, occasion.moment)
    )


def documents_as_of(chart: Chart, as_of: datetime) -> tuple[Document, ...]:
    """The documents that count, as they stood at `as_of`, in the order of the file."""
    standing = []
    for document in sorted(chart.documents, key=attrgetter("place")):
        if document.status in VOID_STATUSES or (document.authored and document.authored.first > as_of):
            continue
        if document.signature and document.signature.first > as_of:
            document = replace(document, signed=False, signature=None)
        if document.cosignature and document.cosignature.first > as_of:
            document = replace(document, cosigned=False, cosignature=None)
        standing.append(document)
    return tuple(standing)


# Occasions and limits


def occasions(chart: Chart, rule: Rule, as_of: datetime) -> Iterator[Occasion]:
    """The occasions of a rule that have begun by `as_of`, on days when this version of it was in force."""
    match rule.trigger:
        case "admission":
            found = [(chart.start, None)]
        case "birth":
            found = [(chart.start, None)] if chart.klass == NEWBORN else []
        case "discharge":
            found = [(chart.end, None)]
        case "restraint_start":
            found = [(episode.start, episode.id) for episode in _episodes(chart, "restraint")]
        case "procedure_start" | "procedure_end":
            side = attrgetter(rule.trigger.removeprefix("procedure_"))
            found = [
                (side(episode), episode.id)
                for episode in _episodes(chart, "procedure")
                if (episode.anesthesia or not rule.anesthesia_only)
                and (not rule.procedure_codes or episode.code in rule.procedure_codes)
            ]
        case _:
            found = []
    kind = {episode.id: episode.kind for episode in chart.episodes}
    for moment, episode in found:
        if moment and moment.first <= as_of and rule.in_force_on(moment.day(chart.tz)):
            others = {one for one in kind if episode and one != episode and kind[one] == kind[episode]}
            yield Occasion(moment, episode, frozenset(others))


def _episodes(chart: Chart, kind: str) -> list[Episode]:
    return [episode for episode in chart.episodes if episode.kind == kind and episode.took_place]


def limit(rule: Rule, moment: Moment, zone: ZoneInfo) -> Limit | None:
    """When what follows from `moment` is due; None for a rule without a limit."""
    if rule.due_after_days is not None:
        return Limit(midnight(moment.day(zone) + timedelta(days=rule.due_after_days + 1), zone), inclusive=True)
    if rule.due_after_hours is not None:
        return Limit(moment.last + timedelta(hours=rule.due_after_hours), inclusive=not moment.exact)
    return None


def earliest(rule: Rule, occasion: Occasion) -> datetime | None:
    """The instant before which a document is too old to serve the occasion; None when any age will do."""
    if rule.not_before_hours is None:
        return None
    return occasion.moment.first + timedelta(hours=rule.not_before_hours)


# Documents for an occasion


def candidates(rule: Rule, occasion: Occasion, documents: tuple[Document, ...]) -> Iterator[Document]:
    """The documents that may serve an occasion, blank forms included."""
    opens = earliest(rule, occasion)
    for document in documents:
        if document.type not in rule.document_types:
            continue
        if document.episode in occasion.others:
            continue
        if document.authored and opens:
            # The last instant of a day is just before the midnight that ends it.
            if document.authored.exact and document.authored.first < opens:
                continue
            if not document.authored.exact and document.authored.last <= opens:
                continue
        yield document


def lacking(rule: Rule, document: Document) -> tuple[str, ...]:
    return tuple(section for section in rule.sections_required if section not in document.sections)


def complete_at(chart: Chart, rule: Rule, document: Document) -> datetime | None:
    """When the document became all that the rule asks for; None while it is not."""
    if not document.authored or lacking(rule, document):
        return None
    done = [document.authored]
    if rule.authentication_required:
        if not document.signed:
            return None
        done.append(document.signature)
    if is_to_be_cosigned(chart, rule, document):
        if not document.cosigned:
            return None
        done.append(document.cosignature)
    return max(moment.first for moment in done if moment)


def is_to_be_cosigned(chart: Chart, rule: Rule, document: Document) -> bool:
    """Whether the rule asks for a co-signature under this document (clause 7.8)."""
    match rule.cosignature:
        case "always":
            return True
        case "named":
            return document.cosigner is not None
        case "in_training":
            return document.cosigner is not None or chart.is_in_training(
                document.author, reckoned_from(chart, document).day(chart.tz)
            )
    return False


def was_cosigned_last(chart: Chart, rule: Rule, document: Document) -> bool:
    """Whether the co-signature that the rule asks for came after all else that it asks for (clause 11.4)."""
    if not (is_to_be_cosigned(chart, rule, document) and document.cosignature):
        return False
    before = [] if rule.judges_entries else [document.authored]
    before += [document.signature] if rule.authentication_required or rule.trigger == "order" else []
    return all(moment.first < document.cosignature.first for moment in before if moment)


def _condition_holds(chart, rules, rule: Rule, occasion: Occasion, documents, as_of: datetime) -> bool:
    if rule.only_if_met is None:
        return True
    for other in rules:
        if other.topic != rule.only_if_met or other.recurs:
            continue
        for prior in occasions(chart, other, as_of):
            if other.trigger == rule.trigger and prior.episode != occasion.episode:
                continue
            for document in candidates(other, prior, documents):
                if complete_at(chart, other, document) and document.authored.first < occasion.moment.first:
                    return True
    return False


def _best(chart: Chart, rule: Rule, documents: list[Document]) -> Document | None:
    """The document that serves best; `min` keeps the first of equals, and the documents come in file order."""
    authored = [document for document in documents if document.authored]
    if complete := [document for document in authored if complete_at(chart, rule, document)]:
        return min(complete, key=lambda document: complete_at(chart, rule, document))
    whole = [document for document in authored if not lacking(rule, document)]
    signed = [document for document in whole if document.signed or not rule.authentication_required]
    if whole:
        return min(signed or whole, key=lambda document: document.authored.first)
    return min(authored, key=lambda document: len(lacking(rule, document)), default=None)


# Verdicts


def _rule_on_occasion(chart: Chart, rule: Rule, occasion: Occasion, documents, as_of: datetime) -> Ruling:
    key = Key(rule.topic, occasion.episode, None)
    due = limit(rule, occasion.moment, chart.tz)
    best = _best(chart, rule, list(candidates(rule, occasion, documents)))
    finding = _finder(chart, rule, key, best)
    if best and (done := complete_at(chart, rule, best)):
        late = (finding("late", due_at=due.at, resolved_at=done),) if due.is_past(done) else ()
        return Ruling(rule, key, findings=late, completed_at=done)
    kind = _what_lacks(rule, best)
    if not due.is_past(as_of):
        return Ruling(rule, key, expected=_expected(chart, rule, key, due, best, kind))
    if kind == "missing_element":
        found = tuple(finding(kind, due_at=due.at, element=name) for name in lacking(rule, best))
        return Ruling(rule, key, found)
    return Ruling(rule, key, (finding(kind, due_at=due.at),))


def _rule_on_series(chart: Chart, rule: Rule, occasion: Occasion, documents, as_of: datetime) -> Ruling:
    key = Key(rule.topic, occasion.episode, None)
    serving = [document for document in candidates(rule, occasion, documents) if document.authored]
    seen = series.series(chart, rule, occasion, serving, as_of)
    found, completions = [], []
    for gap in seen.gaps:
        finding = _finder(chart, rule, key, gap.ended_by, block=gap.block)
        if gap.ended_by is not None:
            found.append(finding("late", due_at=gap.due_at, resolved_at=gap.until))
            completions.append(gap.until)
        else:
            found.append(finding("missing", due_at=gap.due_at, resolved_at=gap.until, mendable=gap.until is None))
    expected = None
    if seen.next is not None:
        owed_by = _owed_by(chart, rule, key, None, "missing")
        expected = Expected(
            **key._asdict(), rule=rule.code, due_at=seen.next.due_at, owed_by=owed_by, block=seen.next.block
        )
    return Ruling(rule, key, tuple(found), expected, max(completions, default=None))


def _what_lacks(rule: Rule, best: Document | None) -> str:
    """The kind of what is found where the best document is not complete."""
    if best is None:
        return "missing"
    if lacking(rule, best):
        return "missing_element"
    return "unsigned" if rule.authentication_required and not best.signed else "uncosigned"


def entries(chart: Chart, rule: Rule, documents: tuple[Document, ...]) -> Iterator[Document]:
    """The documents that a rule on entries judges, each for itself."""
    for document in documents:
        if document.type not in rule.document_types or document.status == SUPERSEDED:
            continue
        if rule.trigger == "order" and not document.verbal:
            continue
        if rule.in_force_on(reckoned_from(chart, document).day(chart.tz)):
            yield document


def reckoned_from(chart: Chart, entry: Document) -> Moment:
    """The moment from which an entry's limit counts."""
    return entry.authored or chart.start


def _rule_on_entry(chart: Chart, rule: Rule, entry: Document, documents, as_of: datetime) -> Ruling:
    key = Key(rule.topic, entry.episode, entry.id)
    finding = _finder(chart, rule, key, entry)
    due = limit(rule, reckoned_from(chart, entry), chart.tz)
    found = []
    expected = None
    if due:
        must_be_signed = rule.authentication_required or rule.trigger == "order"
        unsigned = must_be_signed and not entry.signed
        uncosigned = is_to_be_cosigned(chart, rule, entry) and not entry.cosigned
        lacks = ["unsigned"] if unsigned else ["uncosigned"] if uncosigned else []
        absent = lacking(rule, entry)
        if due.is_past(as_of):
            found += [finding(kind, due_at=due.at) for kind in lacks]
            found += [finding("missing_element", due_at=due.at, element=name) for name in absent]
        elif lacks or absent:
            expected = _expected(chart, rule, key, due, entry, lacks[0] if lacks else "missing_element")
        last = max([moment.first for moment in _asked_signatures(chart, rule, entry)], default=None)
        if last and due.is_past(last) and not lacks:
            found.append(finding("late", due_at=due.at, resolved_at=last))
    unknown = _unknown_elements(rule, entry)
    if unknown and not _mended_by_addendum(entry, documents):
        found.append(finding("undated", element=unknown[0]))
    signatures = _asked_signatures(chart, rule, entry) or [entry.signature or reckoned_from(chart, entry)]
    return Ruling(rule, key, tuple(found), expected, max(moment.first for moment in signatures))


def _asked_signatures(chart: Chart, rule: Rule, entry: Document) -> list[Moment]:
    """The known moments of the signatures under an entry that the rule asks for."""
    asked = [entry.signature] if rule.authentication_required or rule.trigger == "order" else []
    asked += [entry.cosignature] if is_to_be_cosigned(chart, rule, entry) else []
    return [moment for moment in asked if moment]


def _unknown_elements(rule: Rule, entry: Document) -> list[str]:
    known = {
        "date": entry.authored is not None,
        "time": entry.authored is not None and entry.authored.exact,
        "signature_date": not entry.signed or entry.signature is not None,
        "signature_time": not entry.signed or (entry.signature is not None and entry.signature.exact),
    }
    return [element for element in ENTRY_ELEMENTS if element in rule.entry_must_have and not known[element]]


def _mended_by_addendum(entry: Document, documents: tuple[Document, ...]) -> bool:
    # `documents` are as they stood: what was written or signed after `as_of` is not among them, or not signed.
    return any(
        other.addendum_to == entry.id and other.signed and other.authored and other.authored.exact
        for other in documents
    )


# What a finding says


def _finder(chart: Chart, rule: Rule, key: Key, document: Document | None, block: int | None = None):
    def finding(kind, *, due_at=None, resolved_at=None, element=None, mendable=True) -> Finding:
        slot = {"undated": UNDATED, "missing_element": element_slot(element)}.get(kind, VERDICT)
        return Finding(
            **key._asdict(),
            rule=rule.code,
            slot=slot,
            kind=kind,
            due_at=due_at,
            resolved_at=resolved_at,
            document=document.id if document else None,
            element=element,
            owed_by=_owed_by(chart, rule, key, document, kind),
            counts_toward_delinquency=rule.counts_toward_delinquency,
            block=block,
            mendable=mendable,
        )

    return finding


def _expected(chart: Chart, rule: Rule, key: Key, due: Limit, document: Document | None, kind: str) -> Expected:
    """What is to come, owed by whoever would owe it as a finding of this kind."""
    owed_by = _owed_by(chart, rule, key, document, kind)
    return Expected(**key._asdict(), rule=rule.code, due_at=due.at, owed_by=owed_by)


def _owed_by(chart: Chart, rule: Rule, key: Key, document: Document | None, kind: str) -> str | None:
    if document and (kind == "uncosigned" or (kind == "late" and was_cosigned_last(chart, rule, document))):
        return document.cosigner or chart.attending
    if document and document.author:
        return document.author
    episode = chart.episode(key.episode)
    if rule.responsible == "surgeon" and episode and episode.took_place and episode.performer:
        return episode.performer
    return chart.attending
