"""One record as of any day: everything that is asked of it, and how each of these things stood at that moment.

The engine judges (engine/single.py); here its verdicts get back what they are about: the moment that called for a
document, the window in which it was wanted, the document that serves. Nothing is written.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from himdept.common.moments import Moment, midnight
from records.completeness.engine import binding, single
from records.completeness.models import Deficiency, Expected, Requirement
from records.inventory.models import Document, DocumentType, Episode, Practitioner, Record

Trigger = Requirement.Trigger
VOID = (Document.Status.ENTERED_IN_ERROR, Document.Status.RETRACTED)


class State(StrEnum):
    """How something that is asked of a record stands; of several the first here is told."""

    MISSING = "missing"
    UNSIGNED = "unsigned"
    UNCOSIGNED = "uncosigned"
    MISSING_ELEMENT = "missing_element"
    UNDATED = "undated"
    EXPECTED = "expected"
    WAIVED = "waived"
    GAP = "gap"  # in a series, and nothing which is done now fills it
    LATE = "late"
    MET = "met"

    @property
    def is_open(self) -> bool:
        """Whether it counts against the record."""
        return self in (State.MISSING, State.UNSIGNED, State.UNCOSIGNED, State.MISSING_ELEMENT, State.UNDATED)


ORDER = list(State)
STATUSES = {
    State.WAIVED: Deficiency.Status.WAIVED,
    State.LATE: Deficiency.Status.RESOLVED,
    State.GAP: Deficiency.Status.RESOLVED,
}
CAUSES = {State.LATE: Deficiency.Cause.MET_LATE, State.GAP: Deficiency.Cause.GAP}


@dataclass(frozen=True)
class Flags:
    """What the inventory would have shown of the record; `status` is one of Record.Status. Times are UTC."""

    status: str
    requirements_due: int = 0
    requirements_met: int = 0
    open_deficiencies: int = 0
    oldest_due_at: datetime | None = None
    delinquent_at: datetime | None = None
    completed_at: datetime | None = None
    next_check_at: datetime | None = None

    def get_status_display(self) -> str:
        return str(Record.Status(self.status).label)


@dataclass(frozen=True)
class Verdict:
    """What the strictest of the rules says of one slot. `at` is when it was complete, or else written (UTC)."""

    state: State
    slot: str
    kind: str
    element: str
    requirement: Requirement
    document_type: DocumentType
    due_at: datetime | None
    at: datetime | None
    served_by: Document | None
    owed_by: Practitioner | None
    waiver: Deficiency | None


@dataclass(frozen=True)
class Occasion:
    """One thing that is asked of a record: a topic, on an episode or an entry where it has them, in one block.

    `moment` is what its limit counts from; `opens` the earliest that a document may be from. Both UTC.
    """

    record: Record
    topic: str
    episode: Episode | None
    entry: Document | None
    moment: Moment | None
    opens: datetime | None
    verdicts: tuple[Verdict, ...]
    block: int | None = None

    @cached_property
    def head(self) -> Verdict:
        """The verdict that says how it stands."""
        return min(self.verdicts, key=lambda verdict: ORDER.index(verdict.state))

    @property
    def state(self) -> State:
        return self.head.state

    @property
    def due_at(self) -> datetime | None:
        """The limit; an entry's missing date has none, so another of its verdicts may know it."""
        return self.head.due_at or next((verdict.due_at for verdict in self.verdicts if verdict.due_at), None)

    @property
    def document(self) -> Document | None:
        return self.head.served_by or self.entry

    def findings(self) -> list[Deficiency]:
        """What would stand against the record, as deficiencies that are in no table."""
        return [self.as_deficiency(verdict) for verdict in self.verdicts if verdict.kind not in ("met", "expected")]

    def expectation(self) -> Expected | None:
        """What is asked for and not yet past due, as a row that is in no table."""
        for verdict in self.verdicts:
            if verdict.state == State.EXPECTED:
                return Expected(**self._said(verdict))
        return None

    def _said(self, verdict: Verdict) -> dict:
        return {
            "record": self.record,
            "topic": self.topic,
            "episode": self.episode,
            "document": self.entry,
            "block": self.block,
            "requirement": verdict.requirement,
            "document_type": verdict.document_type,
            "owed_by": verdict.owed_by,
            "due_at": verdict.due_at,
        }

    def as_deficiency(self, verdict: Verdict) -> Deficiency:
        status, waived = STATUSES.get(verdict.state, Deficiency.Status.OPEN), verdict.waiver
        return Deficiency(
            **self._said(verdict),
            slot=verdict.slot,
            kind=Deficiency.Kind.MISSING if verdict.state == State.GAP else verdict.kind,
            element=verdict.element,
            status=status,
            cause=CAUSES.get(verdict.state, Deficiency.Cause.FOUND),
            served_by=verdict.served_by,
            mendable=verdict.state != State.GAP,
            resolved_at=verdict.at if status == Deficiency.Status.RESOLVED else None,
            waived_at=waived.waived_at if waived else None,
            waived_by=waived.waived_by if waived else None,
            waived_because=waived.waived_because if waived else "",
        )


@dataclass(frozen=True)
class Judgement:
    """A record as of one moment (UTC): its flags, all that is asked of it, and the rules that ask nothing of it."""

    as_of: datetime
    flags: Flags
    occasions: tuple[Occasion, ...]
    silent: tuple[Requirement, ...]

    @property
    def exempted(self) -> dict[str, Requirement]:
        """The topics that an exception has taken off the record, or off an episode of it, each with the exception."""
        asked = (verdict.requirement for occasion in self.occasions for verdict in occasion.verdicts)
        return {topic: rule for rule in asked for topic in rule.exempts}


def judge(
    record: Record,
    as_of: datetime,
    *,
    documents: list[Document],
    episodes: list[Episode],
    stored: Iterable[Deficiency],
    known_at: datetime | None = None,
) -> Judgement:
    """Judge one record as of a moment (UTC), by all that is known or by what was known at another. Two queries,
    whatever the record holds.

    `documents` (those filed here included) and `episodes` are all that the record has, with their people; `stored`
    are its deficiencies, for what people decided about them.
    """
    in_force = binding.in_force(record.facility, known_at)
    flags, asking, verdicts = single.judge(record, as_of, in_force, known_at)
    standing = {document.pk: document for document in as_they_stood(documents, as_of)}
    chart = Chart(record, as_of, standing, episodes, stored)
    requirements = {rule.requirement.pk: rule.requirement for rule in in_force}
    asked: dict[tuple, list[dict]] = {}
    for row in verdicts:
        asked.setdefault((row["topic"], row["episode_id"], row["document_id"], row["block"]), []).append(row)
    occasions = [chart.occasion(rows, requirements) for rows in asked.values()]
    asking_codes = {requirements[pk].code for pk in asking}
    silent = {code: rule for rule in requirements.values() if (code := rule.code) not in asking_codes}
    if record.closed_at is not None and record.closed_at <= as_of:
        flags |= {"status": Record.Status.CLOSED, "completed_at": None}
    return Judgement(as_of, Flags(**flags), tuple(sorted(occasions, key=in_time)), tuple(silent.values()))


def in_time(occasion: Occasion) -> tuple:
    """In the order of what happened: by the moment that called for it, then by when it was due."""
    moment, due_at = occasion.moment, occasion.due_at
    return (
        moment is None,
        moment and moment.first,
        due_at is None,
        due_at,
        occasion.head.document_type.title,
        occasion.topic,
        occasion.entry.pk if occasion.entry else 0,
    )


def as_they_stood(documents: Iterable[Document], as_of: datetime) -> list[Document]:
    """The documents that were there at a moment, each without the signatures that it got later (clauses 1.2, 1.3)."""
    standing = []
    for document in documents:
        if document.authored_first is not None and document.authored_first > as_of:
            continue
        for act in ("signed", "cosigned"):
            if (at := getattr(document, f"{act}_first")) is not None and at > as_of:
                document = copy.copy(document)
                for name, value in ((act, False), (f"{act}_first", None), (f"{act}_last", None)):
                    setattr(document, name, value)
        standing.append(document)
    return standing


class Chart:
    """The facts of a record by their numbers, to give verdicts back what they are about."""

    def __init__(self, record: Record, as_of: datetime, documents: dict[int, Document], episodes, stored):
        self.record, self.documents, self.as_of = record, documents, as_of
        self.zone = record.facility.zone
        self.episodes = {episode.pk: episode for episode in episodes}
        self.stored = {(row.topic, row.episode_id, row.document_id, row.block, row.slot): row for row in stored}
        people = [record.encounter.attending, *(episode.performer for episode in episodes)]
        people += [person for document in documents.values() for person in (document.author, document.cosigner)]
        self.people = {person.pk: person for person in people if person is not None}

    def occasion(self, rows: list[dict], requirements: dict[int, Requirement]) -> Occasion:
        first = rows[0]
        episode, entry = self.episodes.get(first["episode_id"]), self.documents.get(first["document_id"])
        verdicts = tuple(self.verdict(row, requirements[row["requirement_id"]]) for row in rows)
        occasion = Occasion(self.record, first["topic"], episode, entry, None, None, verdicts)
        requirement = occasion.head.requirement
        moment = counted_from(requirement, self.moment(requirement, episode, entry), first["block"], self.zone)
        opens = None
        if moment is not None and requirement.not_before_hours is not None:
            opens = moment.first + timedelta(hours=float(requirement.not_before_hours))
        return Occasion(self.record, first["topic"], episode, entry, moment, opens, verdicts, first["block"])

    def verdict(self, row: dict, requirement: Requirement) -> Verdict:
        about = row["topic"], row["episode_id"], row["document_id"], row["block"], row["slot"]
        stored = self.stored.get(about)
        owed_by = self.people.get(row["owed_by"])
        if stored is not None and stored.reassigned_at is not None and stored.reassigned_at <= self.as_of:
            owed_by = stored.owed_by  # a person's word goes before the rule's
        waived = row["part"] == "finding" and row["kind"] != "late" and row["waived_at"] is not None
        return Verdict(
            state=State.WAIVED if waived else State(row["kind"]),
            slot=row["slot"],
            kind=row["kind"],
            element=row["element"],
            requirement=requirement,
            document_type=DocumentType(pk=row["document_type_id"], code=row["code"], title=row["title"]),
            due_at=row["due_at"],
            at=row["at"],
            served_by=self.documents.get(row["served_by"]),
            owed_by=owed_by,
            waiver=stored if waived else None,
        )

    def moment(self, requirement: Requirement, episode: Episode | None, entry: Document | None) -> Moment | None:
        """What the limit counts from; an entry without a date counts from the start of the stay (clause 8.2)."""
        stay = self.record.encounter
        match requirement.trigger:
            case Trigger.DISCHARGE:
                return known(stay.end_first, stay.end_last)
            case Trigger.PROCEDURE_START | Trigger.RESTRAINT_START if episode is not None:
                return known(episode.start_first, episode.start_last)
            case Trigger.PROCEDURE_END if episode is not None:
                return known(episode.end_first, episode.end_last)
            case Trigger.ORDER | Trigger.DOCUMENT if entry is not None and entry.authored_first is not None:
                return known(entry.authored_first, entry.authored_last)
        return known(stay.start_first, stay.start_last)


def counted_from(requirement: Requirement, begun: Moment | None, block: int | None, zone: ZoneInfo) -> Moment | None:
    """What the limit of one block of a series counts from: the document before it, or the block's first midnight."""
    if begun is None or block is None:
        return begun
    if requirement.every_hours is not None:
        at = begun.first + timedelta(minutes=block)
    else:
        at = midnight(begun.first.astimezone(zone).date() + timedelta(days=block), zone)
    return Moment(at, at)


def known(first: datetime | None, last: datetime | None) -> Moment | None:
    return Moment(first, last) if first is not None else None
