"""The facts of one chart and the rules it is held to, as plain values.

Nothing here knows of Django or of the audit engine: the reference evaluator must not be able to share a mistake with
the SQL that it checks. Identifiers are plain strings. The clauses cited are those of docs/completeness.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

NEWBORN = "newborn"
ADULT = 18  # years
CLASSES_NOT_JUDGED = ("virtual", "pre_admission")
VOID_STATUSES = ("entered_in_error", "retracted")
SUPERSEDED = "superseded"

OCCASION_TRIGGERS = ("admission", "discharge", "procedure_start", "procedure_end", "restraint_start", "birth")
ENTRY_TRIGGERS = ("document", "order")
SERIES_TRIGGERS = ("admission", "birth", "procedure_start", "restraint_start")
ENTRY_ELEMENTS = ("date", "time", "signature_date", "signature_time")  # in the order in which they are asked for

VERDICT = "verdict"
UNDATED = "undated"


def element_slot(name: str) -> str:
    return f"element:{name}"


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a local day begins; of a midnight that happens twice, the first (clause 2.3)."""
    return datetime.combine(day, time(fold=0), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: an instant, or a local day of which the hour is not known (clause 2.1)."""

    first: datetime
    last: datetime

    def __post_init__(self):
        for name in ("first", "last"):
            bound = getattr(self, name)
            if bound.tzinfo is None:
                raise ValueError(f"{bound} has no offset")
            # Only UTC is compared: Python compares two local times of one zone by the clock on the wall.
            object.__setattr__(self, name, bound.astimezone(UTC))
        if self.last < self.first:
            raise ValueError(f"a moment that ends ({self.last}) before it begins ({self.first})")

    @classmethod
    def at(cls, instant: datetime) -> "Moment":
        return cls(instant, instant)

    @classmethod
    def sometime_on(cls, day: date, zone: ZoneInfo) -> "Moment":
        return cls(midnight(day, zone), midnight(day + timedelta(days=1), zone))

    @property
    def exact(self) -> bool:
        return self.first == self.last

    def day(self, zone: ZoneInfo) -> date:
        return self.first.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Episode:
    """A procedure, or a period in restraint."""

    id: str
    kind: str  # "procedure" or "restraint"
    start: Moment | None = None
    end: Moment | None = None
    anesthesia: bool = False
    took_place: bool = True  # neither left undone nor entered in error
    performer: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document, or an entry, of the chart: the facts about it, not its text."""

    id: str
    type: str
    ordinal: int | None = None
    status: str = "final"
    author: str | None = None
    episode: str | None = None
    authored: Moment | None = None
    signed: bool = False
    signature: Moment | None = None
    cosigner: str | None = None
    cosigned: bool = False
    cosignature: Moment | None = None
    verbal: bool = False
    sections: tuple[str, ...] = ()
    addendum_to: str | None = None
    replaces: str | None = None  # the other side of `superseded`: it is the status that is judged (clause 1.4)

    def __post_init__(self):
        if (self.signature and not self.signed) or (self.cosignature and not self.cosigned):
            raise ValueError(f"document {self.id}: the time of a signature, but no signature")

    @property
    def place(self) -> tuple[bool, int, str]:
        """Its place in the file: the source's own order, else by identifier (clause 7.4)."""
        return self.ordinal is None, self.ordinal or 0, self.id


@dataclass(frozen=True, slots=True)
class Chart:
    """One encounter with its episodes and all documents that are filed in its record."""

    zone: str
    klass: str
    start: Moment
    end: Moment | None = None
    disposition: str | None = None
    cancelled: bool = False  # or entered in error
    attending: str | None = None
    service: str | None = None
    born: date | None = None
    training: tuple[tuple[str, date, date | None], ...] = ()  # who is in training, from and until but not on which day
    episodes: tuple[Episode, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def is_judged(self) -> bool:
        """Whether anything is asked of it at all (clause 1.1)."""
        return not self.cancelled and self.klass not in CLASSES_NOT_JUDGED

    def is_in_training(self, name: str | None, day: date) -> bool:
        return any(
            name == trainee and begins <= day and (ends is None or day < ends)
            for trainee, begins, ends in self.training
        )

    def episode(self, wanted: str | None) -> Episode | None:
        return next((episode for episode in self.episodes if episode.id == wanted), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a documentation requirement."""

    code: str
    document_types: tuple[str, ...]
    trigger: str
    topic: str = ""  # its own code, unless it names one
    profile_rank: int = 0
    not_before_hours: float | None = None
    due_after_hours: float | None = None
    due_after_days: int | None = None
    every_hours: float | None = None
    every_days: int | None = None
    at_least: int = 1
    begins_after_days: int = 0
    ends_after_days: int | None = None
    authentication_required: bool = False
    cosignature: str = ""  # "", "named", "in_training" or "always"
    sections_required: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    dispositions: tuple[str, ...] = ()
    dispositions_excepted: tuple[str, ...] = ()
    stay_at_least_hours: float | None = None
    stay_less_than_hours: float | None = None
    age_from_years: int | None = None
    age_below_years: int | None = None
    procedure_codes: tuple[str, ...] = ()
    anesthesia_only: bool = False
    only_if_met: str | None = None  # a topic
    exempts: tuple[str, ...] = ()  # topics
    entry_must_have: tuple[str, ...] = ()
    effective: tuple[date | None, date | None] = (None, None)
    counts_toward_delinquency: bool = True
    responsible: str = "attending"  # or "surgeon", "author"

    def __post_init__(self):
        if not self.topic:
            object.__setattr__(self, "topic", self.code)
        for fault in self.faults():
            raise ValueError(f"rule {self.code}: {fault}")

    def faults(self) -> Iterable[str]:
        if self.trigger not in OCCASION_TRIGGERS + ENTRY_TRIGGERS:
            yield f"no such trigger as {self.trigger!r}"
        if not self.document_types:
            yield "no document type"
        if set(self.entry_must_have) - set(ENTRY_ELEMENTS):
            yield f"entry_must_have {self.entry_must_have}"
        if self.responsible not in ("attending", "surgeon", "author"):
            yield f"nobody is called {self.responsible!r}"
        if self.cosignature not in ("", "named", "in_training", "always"):
            yield f"no such co-signature as {self.cosignature!r}"
        clocks = (self.due_after_hours, self.due_after_days, self.every_hours, self.every_days)
        limits = sum(clock is not None for clock in clocks)
        asks = self.authentication_required or self.cosignature or self.sections_required
        needs_no_limit = self.trigger == "document" and not asks
        if limits != 1 and not (limits == 0 and needs_no_limit):
            yield "needs one of due_after_hours, due_after_days, every_hours and every_days"
        if self.recurs and (asks or self.only_if_met or self.exempts or self.not_before_hours is not None):
            yield "a series asks only that documents are written"
        if self.recurs and self.trigger not in SERIES_TRIGGERS:
            yield "a series begins with something that ends"
        if self.judges_entries and (self.only_if_met or self.not_before_hours is not None):
            yield "only_if_met and not_before_hours are not for entries"
        for least, below in (("stay_at_least_hours", "stay_less_than_hours"), ("age_from_years", "age_below_years")):
            if None not in (getattr(self, least), getattr(self, below)) and getattr(self, least) >= getattr(
                self, below
            ):
                yield f"{below} leaves nobody"
        if self.exempts and (self.judges_entries or self.only_if_met):
            yield "an exception is on occasions and has no condition"
        if self.topic in self.exempts:
            yield "an exception from itself"
        if self.procedure_codes and not self.trigger.startswith("procedure"):
            yield "procedure_codes are for procedures"
        if self.entry_must_have and not self.judges_entries:
            yield "entry_must_have is for entries only"

    @property
    def judges_entries(self) -> bool:
        return self.trigger in ENTRY_TRIGGERS

    @property
    def recurs(self) -> bool:
        return self.every_hours is not None or self.every_days is not None

    def in_force_on(self, day: date) -> bool:
        begins, ends = self.effective
        return (begins is None or begins <= day) and (ends is None or day < ends)


class Key(NamedTuple):
    """What one requirement is about: a topic, on an episode and an entry where it has them."""

    topic: str
    episode: str | None
    entry: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a surveyor would cite: open, or (`late`) made good after it was due."""

    topic: str
    rule: str
    episode: str | None
    entry: str | None
    slot: str  # "verdict", "undated" or "element:NAME"
    kind: str  # "missing", "unsigned", "uncosigned", "undated", "missing_element" or "late"
    due_at: datetime | None
    resolved_at: datetime | None
    document: str | None  # the one that serves, or the entry itself; None when missing
    element: str | None
    owed_by: str | None
    counts_toward_delinquency: bool
    block: int | None = None
    mendable: bool = True

    @property
    def key(self) -> Key:
        return Key(self.topic, self.episode, self.entry)

    @property
    def is_open(self) -> bool:
        return self.kind != "late" and self.mendable


@dataclass(frozen=True, slots=True)
class Expected:
    """Something that is still to come and not past due."""

    topic: str
    rule: str
    episode: str | None
    entry: str | None
    due_at: datetime
    owed_by: str | None
    block: int | None = None

    @property
    def key(self) -> Key:
        return Key(self.topic, self.episode, self.entry)
