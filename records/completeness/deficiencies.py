"""What people decide about deficiencies: to waive one that can no longer be made good, and to take that back.

Each act locks the record before its deficiency, as every writer does, and judges the record again as of the moment
that the facility was last judged for: its flags follow at once, and by the same clauses as those of all others.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError
from records.completeness import due
from records.completeness.engine import shard as engine
from records.completeness.models import AuditRun, Deficiency, DeficiencyEvent
from records.completeness.models.runs import State
from records.inventory.models import Record
from staff.models import User

LONGEST_REASON = 2_000  # characters


def waive(deficiency: Deficiency, *, by: User, because: str) -> Deficiency:
    """Close a deficiency that can no longer be made good, e.g. its physician has died.

    It stays waived whatever the audit finds later. Raises DomainError without a reason, and Conflict when it is no
    longer open: two clerks clearing the same list make one waiver, never two entries for one act.
    """
    because = reason(because)
    with transaction.atomic(), acting_as(by, because=because):
        deficiency = locked(deficiency)
        if not deficiency.is_open:
            raise Conflict(
                _("This deficiency is already closed: it is %(status)s.") % {"status": deficiency.get_status_display()}
            )
        deficiency.status, deficiency.cause = Deficiency.Status.WAIVED, Deficiency.Cause.WAIVED
        deficiency.waived_at, deficiency.waived_by, deficiency.waived_because = timezone.now(), by, because
        return settled(deficiency, by=by, because=because)


def reinstate(deficiency: Deficiency, *, by: User, because: str) -> Deficiency:
    """Take a waiver back: the deficiency stands as the record says, which may be that it has been met by now.

    Raises DomainError without a reason, and Conflict when it is not waived.
    """
    because = reason(because)
    with transaction.atomic(), acting_as(by, because=because):
        deficiency = locked(deficiency)
        if deficiency.status != Deficiency.Status.WAIVED:
            raise Conflict(
                _("This deficiency is not waived: it is %(status)s.") % {"status": deficiency.get_status_display()}
            )
        deficiency.status, deficiency.cause = Deficiency.Status.OPEN, Deficiency.Cause.FOUND
        deficiency.waived_at, deficiency.waived_by, deficiency.waived_because = None, None, ""
        return settled(deficiency, by=by, because=because)


def reason(because: str) -> str:
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


def locked(deficiency: Deficiency) -> Deficiency:
    """The deficiency as it is now, ours until the transaction ends; its record is locked first."""
    Record.objects.select_for_update(no_key=True).get(pk=deficiency.record_id)
    rows = Deficiency.objects.select_related("record__facility").select_for_update(no_key=True, of=["self"])
    return rows.get(pk=deficiency.pk)


def settled(deficiency: Deficiency, *, by: User, because: str) -> Deficiency:
    """Write what was decided with its history, and judge the record again."""
    deficiency.save(update_fields=["status", "cause", "waived_at", "waived_by", "waived_because"])
    DeficiencyEvent.objects.create(
        deficiency=deficiency,
        as_of=timezone.now(),
        by=by,
        because=because,
        **{
            name: getattr(deficiency, name)
            for name in ("status", "kind", "cause", "due_at", "resolved_at", "owed_by_id", "requirement_id")
        },
    )
    judge_again(deficiency.record)
    deficiency.refresh_from_db()
    return deficiency


def judge_again(record: Record):
    """Judge one record again as of the moment of its facility's last audit, as a part of that audit.

    It goes on the list of due records first: where there has been no audit yet, the next one finds it there.
    """
    due.append([record.pk])
    begun = AuditRun.objects.filter(written=True).exclude(state=State.QUEUED)
    last = begun.filter(Q(facility=None) | Q(facility=record.facility)).order_by("-as_of", "-pk").first()
    if last is not None:
        engine.audit(last, record.facility, record.pk, record.pk)
