"""What was done about somebody's credentials, by whom and why, from the trail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from auditlog.models import LogEntry
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.credentials.models import Credential
from staff.employment.models import Employee

MOST = 50
FIELDS = {
    "number": gettext_lazy("number"),
    "first_day": gettext_lazy("first day"),
    "last_day": gettext_lazy("last day"),
}


@dataclass(frozen=True)
class Event:
    at: datetime
    who: str
    because: str
    words: str


def of(person: Employee, credentials: Iterable[Credential]) -> list[Event]:
    """The latest acts, latest first; each printing of the packet among them."""
    by_number = {str(credential.pk): credential for credential in credentials}
    entries = LogEntry.objects.filter(
        Q(content_type__model="credential", object_pk__in=by_number)
        | Q(content_type__model="employee", object_pk=str(person.pk), action=LogEntry.Action.ACCESS),
        content_type__app_label="staff",
    )
    return [
        Event(
            entry.timestamp,
            str(entry.actor or ""),
            "" if entry.action == LogEntry.Action.ACCESS else (entry.additional_data or {}).get("because", ""),
            _("The personnel file was printed")
            if entry.action == LogEntry.Action.ACCESS
            else f"{by_number[entry.object_pk].certification.code}: {told(entry)}",
        )
        for entry in entries.select_related("actor").order_by("-pk")[:MOST]
    ]


def told(entry: LogEntry) -> str:
    """What one entry of the trail says, in words."""
    if entry.action == LogEntry.Action.CREATE:
        return _("recorded")
    if "struck_because" in entry.changes:
        return _("struck")
    changes = [
        _("%(field)s %(new)s, before %(old)s") % {"field": FIELDS[name], "new": new, "old": old}
        for name, (old, new) in entry.changes.items()
        if name in FIELDS
    ]
    return "; ".join(changes) or _("confirmed as it was")
