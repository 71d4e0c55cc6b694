"""One fact on its way in, the door it comes through, and what became of it."""

from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from himdept.common.errors import DomainError
from records.inventory.intake.facts import Facts, Ref, Row


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    WAITING = "waiting"  # for something that it refers to and that is not there (yet)


class Refused(DomainError):
    """This fact cannot be taken in. `field` names the fact's own field, `numbers:2` its third number."""

    def __init__(self, message: str, *, field: str = "", status: int = 422):
        super().__init__(message, field=field)
        self.status = status


class Key(Struct):
    """What a source calls a row, and what it last said of it."""

    id: int
    external_id: str
    row: int
    content_hash: bytes | None
    version: int


class Door(Struct):
    """Who brings the facts, and where they may go.

    `facility` takes the encounters of which nobody says where they belong. `facilities` are those that the bringer
    reaches; None: all. `zone` is for days that belong to no facility, such as that of a death. `named` grows with
    what the message has told so far.
    """

    source: int
    zones: dict[int, ZoneInfo]
    zone: ZoneInfo
    facility: int | None = None
    facilities: frozenset[int] | None = None
    named: dict[tuple[str, str], int] = field(default_factory=dict)

    def lets_into(self, facility: int) -> bool:
        return self.facilities is None or facility in self.facilities


class Item(Struct):
    """A fact with the id that its source gives it.

    Without an id of its own it is the row that shares one of its numbers, else a new one; a new one is called
    `offered` where that is free, and where that is taken by the very same content, it is that one: a message that is
    sent twice enters nothing twice. A source that tells of one kind in several ways keeps the ids of each apart by a
    word, `space`, before a slash.
    """

    facts: Facts
    external_id: str | None
    offered: str = ""
    space: str = ""
    names: tuple[str, ...] = ()
    place: object = None
    only_if_version: int | None = None
    only_if_new: bool = False

    name: str = ""  # what the source calls the row: its own id, else the one that was given
    row: int | None = None
    key: int | None = None
    known_hash: bytes | None = None
    version: int = 0
    namesake: Key | None = None
    values: Row = field(default_factory=dict)
    content_hash: bytes = b""
    outcome: Outcome | None = None
    problem: Refused | None = None
    missing: tuple[str, str, Ref] | None = None
    touched: set[int] = field(default_factory=set)

    def refuse(self, problem: Refused) -> None:
        self.outcome, self.problem = Outcome.REFUSED, problem

    def start_over(self) -> None:
        """Forget what an attempt found that was rolled back."""
        self.row = self.key = self.known_hash = self.outcome = self.problem = self.missing = self.namesake = None
        self.name, self.version, self.values, self.content_hash, self.touched = "", 0, {}, b"", set()

    @property
    def is_open(self) -> bool:
        return self.outcome is None
