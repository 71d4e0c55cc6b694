"""What became of one deficiency, step by step, in words: for its page and the panel beside the list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from himdept.common import spoken
from records.completeness import terms
from records.completeness.models import Decision, Deficiency, DeficiencyEvent

Act, Status, Kind = Decision.Act, Deficiency.Status, Deficiency.Kind


@dataclass(frozen=True)
class Step:
    """One step: when it was written down (UTC), what happened, and the reason that a person gave."""

    at: datetime
    words: str
    because: str = ""


def steps(deficiency: Deficiency, zone: ZoneInfo) -> list[Step]:
    """Its history, latest first. One query."""
    events = deficiency.history.select_related("by", "owed_by", "reassigned_from", "decision__undoes").order_by("pk")
    return list(reversed(list(worded(events, zone))))


def worded(events: Iterable[DeficiencyEvent], zone: ZoneInfo):
    before = None
    for event in events:
        words = decided(event) if event.by is not None else found(event, before, zone)
        yield Step(event.at, words, event.because)
        before = event


def decided(event: DeficiencyEvent) -> str:
    """What a person did."""
    words = {"who": event.by, "from": event.reassigned_from or _("nobody known"), "to": event.owed_by}
    decision = event.decision
    if decision is None:
        said = _("Waived by %(who)s") if event.status == Status.WAIVED else _("Changed by %(who)s")
        return said % words
    match decision.act:
        case Act.WAIVED:
            return _("Waived by %(who)s") % words
        case Act.REINSTATED:
            return _("Waiver taken back by %(who)s") % words
        case Act.REASSIGNED:
            return _("Reassigned from %(from)s to %(to)s by %(who)s") % words
        case Act.RETURNED:
            return _("Reassignment taken back by %(who)s") % words
    if decision.undoes is not None and decision.undoes.act == Act.WAIVED:
        return _("Waiver undone by %(who)s") % words
    return _("Reassignment undone by %(who)s") % words


def found(event: DeficiencyEvent, before: DeficiencyEvent | None, zone: ZoneInfo) -> str:
    """What an audit found, against what stood before."""
    words = {"kind": event.get_kind_display(), "to": event.owed_by or _("nobody known")}
    if event.status == Status.VOID:
        return str(terms.VOID.get(event.cause, terms.VOID[Deficiency.Cause.WITHDRAWN]))
    if event.status == Status.RESOLVED:
        if event.resolved_at is None:
            return _("Put right")
        words["time"] = spoken.minute(event.resolved_at, zone)
        if event.cause == Deficiency.Cause.GAP:
            return _("Past mending since %(time)s") % words
        said = _("Met late, %(time)s") if event.kind == Kind.LATE else _("Put right, %(time)s")
        return said % words
    if before is None:
        return _("Opened by the audit: %(kind)s") % words
    if before.status != Status.OPEN:
        return _("Opened again by the audit: %(kind)s") % words
    if before.kind != event.kind:
        words["was"] = before.get_kind_display()
        return _("Now %(kind)s, was %(was)s") % words
    if before.owed_by_id != event.owed_by_id:
        return _("Owed by %(to)s, as the rule says") % words
    if before.due_at != event.due_at and event.due_at is not None:
        return _("Due by %(time)s now") % {"time": spoken.minute(event.due_at, zone)}
    return _("Judged again by the audit")
