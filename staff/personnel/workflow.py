"""The way of a personnel action, as one table: from it come the buttons, the docs, and the test of each cell."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from staff.personnel.models import State


class Part(StrEnum):
    """What somebody is to an action. `authority.part_of` says which of these a person is, or none."""

    AUTHOR = "author"  # wrote it
    PROPOSER = "proposer"  # is in the line above, and their role proposes
    DECIDER = "decider"  # is in the line above, and their role decides
    CLOCK = "clock"  # nobody: the moment has come
    SUBJECT = "subject"  # is whom it is about; only a corrective action that was given has moves for them


@dataclass(frozen=True)
class Move:
    """A step that these parts may take in these states. `reasoned`: it asks why. `tells`: who is told of it, a decider
    while it waits for a decision."""

    name: str
    label: str
    states: tuple[str, ...]
    parts: tuple[Part, ...]
    to: str
    tells: tuple[Part, ...] = ()
    reasoned: bool = False


BY_AUTHOR_OR_DECIDER = (Part.AUTHOR, Part.DECIDER)
ABOVE = (Part.PROPOSER, Part.DECIDER)
TAKEN_BACK_BEFORE = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.AGREED)
WAITING = (State.SUBMITTED, State.AGREED)
IN_FORCE = (State.APPROVED, State.EFFECTIVE, State.RECORDED)

MOVES = {
    move.name: move
    for move in (
        Move("write", _("Write"), (State.DRAFT, State.RETURNED), (Part.AUTHOR,), State.DRAFT),
        Move("submit", _("Submit"), (State.DRAFT, State.RETURNED), (Part.AUTHOR,), State.SUBMITTED, (Part.DECIDER,)),
        # To `agreed` where a second approver is asked for, and to `approved` by that other person.
        Move("approve", _("Approve"), WAITING, (Part.DECIDER,), State.APPROVED, BY_AUTHOR_OR_DECIDER),
        Move("return", _("Return"), WAITING, (Part.DECIDER,), State.RETURNED, (Part.AUTHOR,), reasoned=True),
        Move(
            *("withdraw", _("Withdraw"), TAKEN_BACK_BEFORE, BY_AUTHOR_OR_DECIDER, State.WITHDRAWN, (Part.AUTHOR,)),
            reasoned=True,
        ),
        Move("correct", _("Correct"), IN_FORCE, ABOVE, State.CORRECTED, (Part.AUTHOR,), reasoned=True),
        Move(
            *("rescind", _("Rescind"), IN_FORCE, (Part.DECIDER,), State.RESCINDED, BY_AUTHOR_OR_DECIDER),
            reasoned=True,
        ),
        Move("take_effect", _("Take effect"), (State.APPROVED,), (Part.CLOCK,), State.EFFECTIVE, (Part.AUTHOR,)),
        Move("record", _("Record"), (State.EFFECTIVE,), (Part.CLOCK,), State.RECORDED),
    )
}


def open_to(parts: frozenset[Part], state: str) -> list[Move]:
    """The moves that somebody who is these parts may make with an action in this state, in the order of the table."""
    return [move for move in MOVES.values() if state in move.states and parts & frozenset(move.parts)]
