"""Why a deficiency stands: a sentence made from stored facts, at the edge, so that it can be said in any language.

Local times are those of the record's facility. Nothing here names a patient.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.completeness.models import Deficiency, Expected, Requirement

Kind, Status = Deficiency.Kind, Deficiency.Status


def headline(deficiency: Deficiency) -> str:
    """What is wrong, in a few words: "Discharge summary is missing"."""
    words = {
        Kind.MISSING: _("%(document)s is missing"),
        Kind.UNSIGNED: _("%(document)s is unsigned"),
        Kind.UNCOSIGNED: _("%(document)s is not co-signed"),
        Kind.UNDATED: _("%(document)s lacks its %(element)s"),
        Kind.MISSING_ELEMENT: _("%(document)s lacks: %(element)s"),
        Kind.LATE: _("%(document)s was late"),
    }
    return words[deficiency.kind] % {
        "document": deficiency.document_type.title,
        "element": element(deficiency),
    }


def sentence(deficiency: Deficiency) -> str:
    """Why: what was due when by which rule, and what the record holds instead."""
    zone = deficiency.record.encounter.facility.zone
    parts = [rule(deficiency, zone), finding(deficiency, zone)]
    if deficiency.status == Status.WAIVED:
        parts.append(
            _("Waived on %(day)s: %(reason)s")
            % {"day": day(deficiency.waived_at, zone), "reason": deficiency.waived_because}
        )
    elif deficiency.status == Status.VOID:
        parts.append(_("It is void: %(cause)s.") % {"cause": deficiency.get_cause_display()})
    return " ".join(part for part in parts if part)


def awaited(expected: Expected) -> str:
    """What is asked for and not yet past due, by when and by which rule."""
    return rule(expected, expected.record.encounter.facility.zone)


def rule(occasion: Deficiency | Expected, zone: ZoneInfo) -> str:
    requirement = occasion.requirement
    if requirement is None:  # added by hand
        return due(occasion, zone) and _("Due %(by)s.") % {"by": due(occasion, zone)}
    source = _("%(basis)s, %(profile)s") % {"basis": requirement.basis, "profile": requirement.profile.title}
    if occasion.due_at is None:
        return _("Every such entry must carry its date and time (%(source)s).") % {"source": source}
    return _("Due %(by)s, %(limit)s (%(source)s).") % {
        "by": due(occasion, zone),
        "limit": limit(requirement),
        "source": source,
    }


def due(occasion: Deficiency | Expected, zone: ZoneInfo) -> str:
    """A limit in days ends with its last day, and nobody thinks of that as the next day's midnight."""
    if occasion.due_at is None:
        return ""
    requirement = occasion.requirement
    if requirement is not None and requirement.due_after_days is not None:
        return _("by the end of %(day)s") % {"day": day(occasion.due_at - timedelta(microseconds=1), zone)}
    return _("by %(time)s") % {"time": minute(occasion.due_at, zone)}


def limit(requirement: Requirement) -> str:
    """How long after what: "24 hours after admission"."""
    after = {
        Requirement.Trigger.ADMISSION: _("admission"),
        Requirement.Trigger.DISCHARGE: _("discharge"),
        Requirement.Trigger.PROCEDURE_START: _("the start of the procedure"),
        Requirement.Trigger.PROCEDURE_END: _("the end of the procedure"),
        Requirement.Trigger.RESTRAINT_START: _("the start of the restraint"),
        Requirement.Trigger.ORDER: _("it was given"),
        Requirement.Trigger.DOCUMENT: _("it was written"),
    }.get(requirement.trigger, requirement.get_trigger_display())
    if requirement.due_after_days == 0:
        return _("on the day of %(event)s") % {"event": after}
    return _("%(span)s after %(event)s") % {"span": span(requirement), "event": after}


def span(requirement: Requirement) -> str:
    if requirement.due_after_days is not None:
        days = requirement.due_after_days
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    hours = requirement.due_after_hours or Decimal(0)
    if hours == 0:
        return _("at once")
    if hours == hours.to_integral_value():
        return ngettext("%(n)s hour", "%(n)s hours", int(hours)) % {"n": int(hours)}
    minutes = round(hours * 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def finding(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """What the record holds. The document that serves, or the entry itself, is named by when it was written."""
    document = deficiency.served_by or deficiency.document
    written = document and moment(document.authored_first, document.authored_last, zone)
    match deficiency.kind:
        case Kind.MISSING:
            return _("No document of this type is on the record.")
        case Kind.UNSIGNED if written:
            return _("Written %(time)s; nobody has signed it.") % {"time": written}
        case Kind.UNSIGNED:
            return _("Nobody has signed it.")
        case Kind.UNCOSIGNED:
            return _("It still needs its second signature.")
        case Kind.UNDATED if deficiency.status == Status.OPEN:
            return _("This one lacks its %(element)s. A signed addendum that says when it was written mends it.") % {
                "element": element(deficiency)
            }
        case Kind.UNDATED:
            return _("This one lacked its %(element)s.") % {"element": element(deficiency)}
        case Kind.MISSING_ELEMENT if written:
            return _("The one written %(time)s lacks: %(element)s.") % {
                "time": written,
                "element": element(deficiency),
            }
        case Kind.MISSING_ELEMENT:
            return _("It lacks: %(element)s.") % {"element": element(deficiency)}
        case Kind.LATE if deficiency.resolved_at and deficiency.due_at:
            return _("Complete %(time)s, %(span)s late.") % {
                "time": minute(deficiency.resolved_at, zone),
                "span": lateness(deficiency.resolved_at - deficiency.due_at),
            }
    return ""


def element(deficiency: Deficiency) -> str:
    """A missing part by its name: of an entry its date or time, of a document one of its sections."""
    known = {
        "date": _("date"),
        "time": _("time"),
        "signature_date": _("date of signature"),
        "signature_time": _("time of signature"),
    }
    return known.get(deficiency.element, deficiency.element.replace("_", " "))


def lateness(late: timedelta) -> str:
    """How late, in the unit a person would use: minutes, hours up to two days, else days."""
    minutes = int(late.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": max(minutes, 1)}
    if minutes < 48 * 60:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s day", "%(n)s days", late.days) % {"n": late.days}


def moment(first: datetime | None, last: datetime | None, zone: ZoneInfo) -> str:
    """A clinical moment: with its minute, or only its day when that is all that is known."""
    if first is None:
        return ""
    return minute(first, zone) if first == last else day(first, zone)


def minute(at: datetime, zone: ZoneInfo) -> str:
    return date_format(at.astimezone(zone), "j M Y H:i")


def day(at: datetime, zone: ZoneInfo) -> str:
    return date_format(at.astimezone(zone), "j M Y")
