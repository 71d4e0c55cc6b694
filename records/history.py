"""What happened to a record, latest first: the stay, its documents, and every change of what was found wanting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef
from django.utils.translation import gettext as _

from himdept.common import spoken
from himdept.common.db.nested import nested, unnested
from records.completeness import terms, wording
from records.completeness.models import Deficiency, DeficiencyEvent
from records.completeness.models.deficiencies import Decision
from records.inventory.models import Document, Practitioner, Record
from staff.models import User

Status, Cause = Deficiency.Status, Deficiency.Cause
FIRST_SHOWN = 8


@dataclass(frozen=True)
class Event:
    """One thing that happened, with its moment (a day when `last` is later than `first`; UTC) and its words."""

    first: datetime
    last: datetime
    words: str
    cause: str = ""


WHO = {"by": User, "owed_by": Practitioner, "decision": Decision}
OF_DEFICIENCY = nested(DeficiencyEvent.objects.filter(deficiency=OuterRef("pk")).order_by("pk"), **WHO)


def of_record(record: Record, deficiencies: list[Deficiency], documents: list[Document]) -> list[Event]:
    """All events of a record, latest first. `deficiencies` have their own as `its_events`: OF_DEFICIENCY."""
    events = [*of_stay(record), *of_documents(documents), *of_deficiencies(deficiencies, record.facility.zone)]
    return sorted(events, key=lambda event: event.first, reverse=True)


def of_stay(record: Record) -> Iterator[Event]:
    stay = record.encounter
    yield Event(stay.start_first, stay.start_last, _("The stay began"))
    if stay.end_first is not None:
        yield Event(stay.end_first, stay.end_last, _("The stay ended"))
    if record.closed_at is not None:
        words = _("The record was closed by %(who)s") % {"who": record.closed_by}
        yield Event(record.closed_at, record.closed_at, words, record.closed_because)


def of_documents(documents: list[Document]) -> Iterator[Event]:
    acts = (
        ("dictated", _("%(document)s: dictated")),
        ("transcribed", _("%(document)s: transcribed")),
        ("authored", _("%(document)s: written")),
        ("signed", _("%(document)s: signed")),
        ("cosigned", _("%(document)s: signed a second time")),
    )
    for document in documents:
        people = {"authored": document.author, "signed": document.authenticator, "cosigned": document.cosigner}
        for name, words in acts:
            first = getattr(document, f"{name}_first")
            if first is not None:
                who = people.get(name)
                yield Event(
                    first,
                    getattr(document, f"{name}_last"),
                    words % {"document": document.document_type.title},
                    _("by %(who)s") % {"who": who} if who else "",
                )


def of_deficiencies(deficiencies: list[Deficiency], zone: ZoneInfo) -> Iterator[Event]:
    for deficiency in deficiencies:
        for row in unnested(DeficiencyEvent, deficiency.its_events, **WHO):
            row.deficiency = deficiency
            yield Event(row.at, row.at, headline(row), cause(row, zone))


def headline(event: DeficiencyEvent) -> str:
    """What was wrong at that time: the kind moves while the deficiency stays the same."""
    name = wording.name(event.deficiency)
    words = terms.HEADLINES[event.kind] % {"document": name, "element": wording.element(event.deficiency)}
    if event.decision is not None and event.decision.act != Decision.Act.WAIVED:
        act = event.decision.get_act_display()
        if event.decision.act == Decision.Act.REASSIGNED and event.owed_by is not None:
            act = _("reassigned to %(who)s") % {"who": event.owed_by}
        return f"{words}: {act}"
    match event.status:
        case Status.OPEN:
            return words
        case Status.WAIVED:
            return _("Waived: %(what)s") % {"what": words}
        case Status.VOID:
            return _("No longer held against it: %(what)s") % {"what": words}
    if event.cause == Cause.GAP:
        return _("Past mending: %(what)s") % {"what": words}
    return words if event.kind == Deficiency.Kind.LATE else _("Put right: %(what)s") % {"what": words}


def cause(event: DeficiencyEvent, zone: ZoneInfo) -> str:
    """Why it changed, and by whom."""
    if event.by is not None:
        return (
            _("%(who)s: %(because)s") % {"who": event.by, "because": event.because} if event.because else str(event.by)
        )
    parts = []
    if event.status == Status.VOID:
        parts.append(str(terms.VOID.get(event.cause, terms.VOID[Cause.WITHDRAWN])))
    else:
        parts.append(_("by the audit as of %(time)s") % {"time": spoken.minute(event.as_of, zone)})
    if event.status == Status.OPEN and event.owed_by is not None:
        parts.append(_("owed by %(who)s") % {"who": event.owed_by})
    return ", ".join(parts)
