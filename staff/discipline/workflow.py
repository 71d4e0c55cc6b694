"""The way of a corrective action, as one table: from it come the buttons, the docs, and the test of each cell."""

from django.utils.translation import gettext_lazy as _

from staff.discipline.models import IN_FORCE, CaseFile, CaseState
from staff.personnel import authority
from staff.personnel.models import PersonnelAction
from staff.personnel.workflow import ABOVE, BY_AUTHOR_OR_DECIDER, Move, Part

S = CaseState
BEFORE_APPROVAL = (S.DRAFT, S.RETURNED, S.SUBMITTED, S.AGREED)

MOVES = {
    move.name: move
    for move in (
        Move("write", _("Write"), (S.DRAFT, S.RETURNED), (Part.AUTHOR,), S.DRAFT),
        Move("submit", _("Submit"), (S.DRAFT, S.RETURNED), (Part.AUTHOR,), S.SUBMITTED),
        # To `agreed` where a second approver is asked for, and to `approved` by that other person.
        Move("approve", _("Approve"), (S.SUBMITTED, S.AGREED), (Part.DECIDER,), S.APPROVED),
        Move("return", _("Return"), (S.SUBMITTED, S.AGREED), (Part.DECIDER,), S.RETURNED, reasoned=True),
        Move("withdraw", _("Withdraw"), BEFORE_APPROVAL, BY_AUTHOR_OR_DECIDER, S.WITHDRAWN, reasoned=True),
        Move("give", _("Give"), (S.APPROVED,), ABOVE, S.GIVEN),
        Move("reply", _("Reply"), (S.GIVEN,), (Part.SUBJECT,), S.GIVEN),
        Move("sign", _("Sign"), (S.GIVEN,), (Part.SUBJECT,), S.GIVEN),
        Move("decline", _("Declined to sign"), (S.GIVEN,), ABOVE, S.GIVEN),
        Move("follow_up", _("Follow up"), (S.GIVEN,), ABOVE, S.GIVEN),
        Move("close", _("Close"), (S.GIVEN,), ABOVE, S.CLOSED),
        Move("rescind", _("Rescind"), IN_FORCE, (Part.DECIDER,), S.RESCINDED, reasoned=True),
    )
}


def open_to(parts: frozenset[Part], state: str) -> list[Move]:
    """The moves that somebody who is these parts may make with a case in this state, in the order of the table."""
    return [move for move in MOVES.values() if state in move.states and parts & frozenset(move.parts)]


def parts_of(user, case: CaseFile) -> frozenset[Part]:
    """What `user` is to a case: as to a personnel action about the same person; or that person, once it was given."""
    if user.is_active and case.given_at and case.employee.user_id == user.pk:
        return frozenset({Part.SUBJECT})
    return authority.parts_of(user, PersonnelAction(employee=case.employee, written_by_id=case.written_by_id))
