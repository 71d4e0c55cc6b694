"""What an occasion asks, in words: which document or act, by which rule, within which limit, from which moment on.

Local times are those of the record's facility; nothing here asks the database.
"""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from himdept.common import spoken
from records.completeness import terms, wording
from records.completeness.models import Deficiency, Expected, Profile, Requirement
from records.inventory.models import Document

Trigger = Requirement.Trigger


def awaited(expected: Expected) -> str:
    """What is asked for and not yet past due: by when, by which rule, and what is still to be done."""
    entry, requirement = expected.document, expected.requirement
    if entry is not None:
        still = awaited_of(entry, requirement)
    elif requirement is not None and (requirement.not_before_hours or 0) < 0:
        still = _("One from %(opening)s or later will do.") % {"opening": opening(requirement)}
    else:
        still = ""
    return wording.join(asked(expected, wording.zone_of(expected)), still)


def awaited_of(entry: Document, requirement: Requirement | None) -> str:
    """What an entry is waiting for; one that is signed and not co-signed may lack no section, and then no more."""
    if not entry.signed:
        return _("It waits for its signature.")
    if requirement is not None and requirement.cosignature and not entry.cosigned:
        return _("It is signed and waits for its second signature.")
    return _("It is signed and still lacks a section.")


def asked(occasion: Deficiency | Expected, zone: ZoneInfo) -> str:
    requirement = occasion.requirement
    if requirement is None:
        due = _("Due %(by)s.") % {"by": spoken.by(occasion.due_at, zone)} if occasion.due_at else ""
        return wording.join(_("Added by hand."), due)
    words = {"source": source(requirement)}
    if occasion.due_at is None and requirement.entry_must_have:
        words["parts"] = get_text_list(
            [str(terms.ENTRY_PARTS.get(p, p)) for p in requirement.entry_must_have], _("and")
        )
        if requirement.trigger == Trigger.ORDER:
            return _("Every verbal order must carry %(parts)s (%(source)s).") % words
        return _("Every entry must carry %(parts)s (%(source)s).") % words
    if occasion.due_at is None:
        return _("Required by %(source)s.") % words
    words |= {"by": spoken.by(occasion.due_at, zone), "limit": limit(occasion, requirement, zone)}
    return wording.join(_("Due %(by)s, %(limit)s (%(source)s).") % words, precondition(requirement))


def source(requirement: Requirement) -> str:
    """The rule's origin; a federal citation says itself whose it is."""
    parts = [requirement.basis]
    if requirement.profile.kind != Profile.Kind.FEDERAL:
        parts.insert(0, requirement.profile.title)
    if requirement.tag:
        parts.append(_("tag %(tag)s") % {"tag": requirement.tag})
    return ", ".join(parts)


def precondition(requirement: Requirement) -> str:
    """How an update note follows an early history and physical."""
    if not requirement.only_if_met:
        return ""
    return _("Asked for because the %(topic)s is from before %(event)s.") % {
        "topic": requirement.only_if_met.replace("-", " ").replace("_", " "),
        "event": event(requirement),
    }


def limit(occasion: Deficiency | Expected, requirement: Requirement, zone: ZoneInfo) -> str:
    """How long after what: "24 hours after admission", and honest about what is known only to the day."""
    if requirement.due_after_days is not None:
        days = requirement.due_after_days
        words = {"n": days, "event": since(occasion, requirement)}
        if days == 0:
            return _("the day of %(event)s") % words
        return ngettext("%(n)s day after %(event)s", "%(n)s days after %(event)s", days) % words
    if requirement.recurs:
        return turn(occasion, requirement)
    hours = requirement.due_after_hours or Decimal(0)
    words = {"span": spoken.hours_long(abs(hours)), "event": since(occasion, requirement)}
    first, last = trigger_moment(occasion, requirement)
    # A moment that the source has changed since the audit is not the one that the due time was counted from.
    counted_from_it = last is not None and last + timedelta(hours=float(hours)) == occasion.due_at
    if counted_from_it and first != last:
        if hours == 0:
            return _("as the hour of %(event)s is not known") % words
        words["day"] = spoken.day(first, zone)
        if hours > 0:
            return _("%(span)s after the end of %(day)s, as the hour of %(event)s is not known") % words
    if counted_from_it and occasion.episode is not None and hours:
        words["event"] = _("%(event)s on %(time)s") % {"event": words["event"], "time": spoken.minute(last, zone)}
    if hours == 0:
        return words["event"]
    if hours < 0:
        return _("%(span)s before %(event)s") % words
    return _("%(span)s after %(event)s") % words


def turn(occasion: Deficiency | Expected, requirement: Requirement) -> str:
    """When the next of a series is due: so long after the one before, or by the end of its block of days."""
    if requirement.every_hours is None:
        return often(requirement)
    words = {"span": spoken.hours_long(requirement.every_hours), "event": event(requirement)}
    _first, last = trigger_moment(occasion, requirement)
    if last is not None and last + timedelta(hours=float(requirement.every_hours)) == occasion.due_at:
        return _("%(span)s after %(event)s") % words
    return _("%(span)s after the one before it") % words


def often(requirement: Requirement) -> str:
    """ "one each day", "at least 3 in each 7 days"."""
    days, number = requirement.every_days, requirement.at_least
    if days == 1:
        return ngettext("one each day", "at least %(number)s each day", number) % {"number": number}
    words = ngettext("one in each %(days)s days", "at least %(number)s in each %(days)s days", number)
    return words % {"number": number, "days": days}


def days_of(deficiency: Deficiency) -> str:
    """The days of a block in which too little was written: "3 Oct 2026", "3 Oct 2026 to 9 Oct 2026"."""
    requirement, zone = deficiency.requirement, wording.zone_of(deficiency)
    if requirement is None or requirement.every_days is None or deficiency.due_at is None or deficiency.block is None:
        return ""
    begun = trigger_moment(deficiency, requirement)[0]
    last = (deficiency.due_at - timedelta(microseconds=1)).astimezone(zone).date()
    first = begun.astimezone(zone).date() + timedelta(days=deficiency.block) if begun is not None else last
    if first >= last:
        return spoken.date_of(last)
    return _("%(first)s to %(last)s") % {"first": spoken.date_of(first), "last": spoken.date_of(last)}


def event(requirement: Requirement) -> str:
    return str(terms.EVENTS[requirement.trigger])


def since(occasion: Deficiency | Expected, requirement: Requirement) -> str:
    """The event that a limit counts from. An entry without its date counts from the start of the stay."""
    entry = occasion.document
    if requirement.judges_entries and entry is not None and entry.authored_first is None:
        return _("the start of the stay, because the entry carries no date")
    return event(requirement)


def trigger_moment(occasion: Deficiency | Expected, requirement: Requirement) -> tuple:
    """The bounds of the moment that a limit counts from, or nothing when it is not among the facts at hand."""
    stay, episode, entry = occasion.record.encounter, occasion.episode, occasion.document
    if requirement.judges_entries and entry is not None and entry.authored_first is not None:
        return entry.authored_first, entry.authored_last
    match requirement.trigger:
        case Trigger.DISCHARGE:
            return stay.end_first, stay.end_last
        case Trigger.PROCEDURE_START | Trigger.RESTRAINT_START if episode is not None:
            return episode.start_first, episode.start_last
        case Trigger.PROCEDURE_END if episode is not None:
            return episode.end_first, episode.end_last
        case Trigger.ADMISSION | Trigger.BIRTH | Trigger.ORDER | Trigger.DOCUMENT:
            return stay.start_first, stay.start_last
    return None, None


def opening(requirement: Requirement) -> str:
    """From when on a document may serve: "30 days before admission"."""
    hours = requirement.not_before_hours
    if not hours:
        return event(requirement)
    words = {"span": spoken.hours_long(abs(hours), in_days=True), "event": event(requirement)}
    return (_("%(span)s before %(event)s") if hours < 0 else _("%(span)s after %(event)s")) % words
