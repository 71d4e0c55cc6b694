"""The way of a part of a survey cycle, as one table: from it come the buttons, and the test of each cell."""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy as _

from compliance.cycles.models import COORDINATES, SCORES, WRITABLE, CyclePart, State


class Role(Enum):
    """What somebody is to a part."""

    ASSIGNEE = "assignee"
    COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Move:
    """One move; it leads nowhere else where `to` is None. Where it is `reasoned`, it asks for words."""

    name: str
    title: str
    states: tuple[State, ...]
    by: Role
    to: State | None
    reasoned: bool = False


MOVES = {
    move.name: move
    for move in (
        Move("assign", _("Assign"), WRITABLE, Role.COORDINATOR, None),
        Move("score", _("Score"), WRITABLE, Role.ASSIGNEE, State.IN_PROGRESS),
        Move("submit", _("Submit"), WRITABLE, Role.ASSIGNEE, State.SUBMITTED),
        Move("review", _("Review"), (State.SUBMITTED,), Role.COORDINATOR, None),
        Move("ask", _("Request changes"), (State.SUBMITTED,), Role.COORDINATOR, State.CHANGES, reasoned=True),
        Move("close", _("Close"), (State.SUBMITTED,), Role.COORDINATOR, State.CLOSED),
    )
}


def roles_of(user, part: CyclePart) -> frozenset[Role]:
    """What `user` is to a part of a facility that they reach; nothing to one of a cycle that is over."""
    found = set()
    if user.is_active and part.cycle.facility_id in user.facility_ids and part.cycle.closed_at is None:
        if part.assignee_id == user.pk and user.has_perm(SCORES):
            found.add(Role.ASSIGNEE)
        if user.has_perm(COORDINATES):
            found.add(Role.COORDINATOR)
    return frozenset(found)


def open_to(user, part: CyclePart) -> dict[str, Move]:
    """The moves that `user` may make with a part as it is."""
    roles = roles_of(user, part)
    return {name: move for name, move in MOVES.items() if part.state in move.states and move.by in roles}
