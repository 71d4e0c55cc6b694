"""What people decide about deficiencies: to waive one that can no longer be made good, to name somebody else who owes
it, and to take either back.

Each act locks the record before its deficiency, as every writer does, and judges the record again as of the moment
that the facility was last judged for: its flags follow at once, and by the same clauses as those of all others. The
acts on many at once are in `bulk.py`, and use the same statements.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.errors import Conflict, DomainError
from himdept.common.reasons import A_WORD
from records.completeness import decisions
from records.completeness.models import Decision, Deficiency
from records.inventory.models import Practitioner
from staff.models import User

LONGEST_REASON = 2_000  # characters
Act = Decision.Act


def waive(deficiency: Deficiency, *, by: User, because: str) -> Deficiency:
    """Close a deficiency that can no longer be made good, e.g. its physician has died.

    It stays waived whatever the audit finds later. Raises DomainError without a reason that says something, and
    Conflict when it is no longer open: two clerks clearing the same list make one waiver, never two entries for one
    act.
    """
    return decide(deficiency, Act.WAIVED, decisions.WAIVE, still_open, by=by, because=reason_to_waive(because))


def reinstate(deficiency: Deficiency, *, by: User, because: str) -> Deficiency:
    """Take a waiver back: the deficiency stands as the record says, which may be that it has been met by now.

    Raises DomainError without a reason, and Conflict when it is not waived.
    """
    return decide(deficiency, Act.REINSTATED, decisions.REINSTATE, still_waived, by=by, because=because)


def reassign(deficiency: Deficiency, *, to: Practitioner, by: User, because: str) -> Deficiency:
    """Let somebody else owe an open deficiency than the rule names, e.g. because the attending has left.

    It stays with that practitioner until it is closed or taken back, whoever the rule names meanwhile. Raises
    DomainError without a reason and for the practitioner who owes it already, and Conflict when it is no longer open.
    """

    def can_be_reassigned(deficiency: Deficiency):
        still_open(deficiency)
        if deficiency.owed_by_id == to.pk:
            raise DomainError(_("%(who)s owes it already.") % {"who": to}, field="to")

    can_owe(to)

    return decide(deficiency, Act.REASSIGNED, decisions.REASSIGN, can_be_reassigned, by=by, because=because, to=to)


def give_back(deficiency: Deficiency, *, by: User, because: str) -> Deficiency:
    """Take a reassignment back: it is owed by whom the rule names.

    Raises DomainError without a reason, and Conflict when it is not open or not reassigned.
    """
    return decide(deficiency, Act.RETURNED, decisions.RETURN, still_reassigned, by=by, because=because)


def decide(deficiency: Deficiency, act: Act, statement: str, check, *, by: User, because: str, to=None) -> Deficiency:
    because = reason(because)
    with transaction.atomic():
        (now,) = decisions.lock([deficiency.pk])
        check(now)
        decision = Decision.objects.create(act=act, at=timezone.now(), by=by, because=because, to=to)
        decisions.carry_out(decision, statement, [now])
        decided = Deficiency.objects.select_related("record__facility").get(pk=now.pk)
        decided.decision = decision
        return decided


def can_owe(practitioner: Practitioner):
    if not practitioner.is_active:
        raise DomainError(
            _("%(who)s no longer practises here: choose somebody else.") % {"who": practitioner}, field="to"
        )


def still_open(deficiency: Deficiency):
    if not deficiency.is_open:
        raise Conflict(
            _("This deficiency is already closed: it is %(status)s.") % {"status": deficiency.get_status_display()}
        )


def still_waived(deficiency: Deficiency):
    if deficiency.status != Deficiency.Status.WAIVED:
        raise Conflict(
            _("This deficiency is not waived: it is %(status)s.") % {"status": deficiency.get_status_display()}
        )


def still_reassigned(deficiency: Deficiency):
    still_open(deficiency)
    if deficiency.reassigned_at is None:
        raise Conflict(_("This deficiency is not reassigned."))


def reason_to_waive(because: str) -> str:
    """The reason for a waiver as it is kept: two words at least, for a surveyor will read it in a year.

    Raises DomainError for what says less, and for what `reason` does not take.
    """
    because = reason(because)
    if len(A_WORD.findall(because)) < 2:
        raise DomainError(
            _("Say why in a few words, such as: Dr Vance has died. It is kept with the deficiency."), field="because"
        )
    return because


def reason(because: str) -> str:
    """The reason as it is kept. Raises DomainError for none and for one that is too long."""
    because = because.strip()
    if not because:
        raise DomainError(_("Say why: the reason is kept with the deficiency."), field="because")
    if len(because) > LONGEST_REASON:
        raise DomainError(
            _("A reason has at most %(n)s characters, and this one %(length)s.")
            % {"n": LONGEST_REASON, "length": len(because)},
            field="because",
        )
    return because
