"""Why a deficiency stands, and what would close it: sentences made from stored facts, at the edge, in any language.

Local times are those of the record's facility. Nothing here names a patient, and nothing here asks the database:
`with_names()` fetches what is read. What the record holds is told as the last audit found it.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from himdept.common import spoken
from records.completeness import acts, terms
from records.completeness.acts import Act
from records.completeness.models import Deficiency, Expected, Profile, Requirement
from records.inventory.models import Document

Kind, Status, Cause, Trigger = Deficiency.Kind, Deficiency.Status, Deficiency.Cause, Requirement.Trigger


def headline(deficiency: Deficiency) -> str:
    """What is wrong, in a few words: "Discharge summary is missing"."""
    words = terms.HEADLINES[deficiency.kind]
    if deficiency.kind == Kind.MISSING and (days := days_of(deficiency)):
        return _("%(document)s is missing for %(days)s") % {"document": name(deficiency), "days": days}
    if deficiency.kind == Kind.LATE and deficiency.document is not None:
        words = _("%(document)s was signed late")
        if (done := acts.at(deficiency.document, deficiency.resolved_at)) and done.act == Act.COSIGNED:
            words = _("%(document)s was co-signed late")
    return words % {"document": name(deficiency), "element": element(deficiency)}


def sentence(deficiency: Deficiency) -> str:
    """Why: what was due when by which rule, and what the record holds instead or what became of it."""
    zone = zone_of(deficiency)
    found = outcome(deficiency, zone) or finding(deficiency, zone)
    return join(asked(deficiency, zone), found, reassigned(deficiency, zone))


def would_satisfy(deficiency: Deficiency) -> str:
    """What would close an open deficiency; nothing for one that is closed."""
    if deficiency.status != Status.OPEN:
        return ""
    words = {"who": deficiency.owed_by or _("its author"), "element": element(deficiency)}
    late = _("Completed now, it counts as late.") if deficiency.due_at else ""
    match deficiency.kind:
        case Kind.MISSING:
            asked_of = _("%(who)s is responsible.") % words if deficiency.owed_by else ""
            return join(ended(wanted(deficiency)), asked_of, late)
        case Kind.UNSIGNED if is_verbal(deficiency):
            return join(ended(_("The signature under the verbal order, by %(who)s") % words), late)
        case Kind.UNSIGNED:
            return join(ended(_("The signature of %(who)s") % words), late)
        case Kind.UNCOSIGNED:
            return join(ended(_("A second signature beside the author's, by %(who)s") % words), late)
        case Kind.UNDATED if deficiency.element.startswith("signature"):
            return _("A signed addendum by %(who)s, dated and timed, that says when the entry was signed.") % words
        case Kind.UNDATED:
            return _("A signed addendum by %(who)s, dated and timed, that says when the entry was made.") % words
        case Kind.MISSING_ELEMENT:
            return _("A new version of the document by %(who)s that has the section “%(element)s”.") % words
    return ""


def is_verbal(deficiency: Deficiency) -> bool:
    document = deficiency.served_by or deficiency.document
    return document is not None and document.verbal


def awaited(expected: Expected) -> str:
    """What is asked for and not yet past due: by when, by which rule, and what is still to be done."""
    entry, requirement = expected.document, expected.requirement
    if entry is not None:
        still = awaited_of(entry, requirement)
    elif requirement is not None and (requirement.not_before_hours or 0) < 0:
        still = _("One from %(opening)s or later will do.") % {"opening": opening(requirement)}
    else:
        still = ""
    return join(asked(expected, zone_of(expected)), still)


def awaited_of(entry: Document, requirement: Requirement | None) -> str:
    """What an entry is waiting for; one that is signed and not co-signed may lack no section, and then no more."""
    if not entry.signed:
        return _("It waits for its signature.")
    if requirement is not None and requirement.cosignature and not entry.cosigned:
        return _("It is signed and waits for its second signature.")
    return _("It is signed and still lacks a section.")


# -- What is asked: by when, counted from what, by which rule --------------------------------------------------------


def asked(occasion: Deficiency | Expected, zone: ZoneInfo) -> str:
    requirement = occasion.requirement
    if requirement is None:
        by_hand = _("Added by hand.")
        return (
            join(by_hand, _("Due %(by)s.") % {"by": spoken.by(occasion.due_at, zone)}) if occasion.due_at else by_hand
        )
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
    return join(_("Due %(by)s, %(limit)s (%(source)s).") % words, precondition(requirement))


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
    requirement, zone = deficiency.requirement, zone_of(deficiency)
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


# -- What the record holds, and what became of it --------------------------------------------------------------------


def finding(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """What the record holds. The document that serves, or the entry itself, is named by when it was written."""
    document = deficiency.served_by or deficiency.document
    words = {"written": written(document, zone), "element": element(deficiency)}
    match deficiency.kind:
        case Kind.MISSING:
            return absence(deficiency)
        case Kind.UNSIGNED if document is not None and document.verbal:
            return _("It was given verbally, and no practitioner has authenticated it.")
        case Kind.UNSIGNED:
            return _("%(written)s; nobody has signed it.") % words
        case Kind.UNCOSIGNED:
            return _("%(written)s; it lacks its second signature.") % words
        case Kind.UNDATED:
            return without(deficiency, zone)
        case Kind.MISSING_ELEMENT:
            return _("%(written)s; it has no section “%(element)s”.") % words
    return ""


def absence(deficiency: Deficiency) -> str:
    """That there is none. One without a date, or from before its time, may well be there and does not serve."""
    where = terms.PLACES[deficiency.episode.kind] if deficiency.episode is not None else _("on the record")
    requirement = deficiency.requirement
    if requirement is not None and requirement.recurs:
        return _("No other with a date is %(where)s since.") % {"where": where}
    if requirement is not None and requirement.not_before_hours is not None:
        return _("No such document from %(opening)s or later is %(where)s.") % {
            "opening": opening(requirement),
            "where": where,
        }
    return _("No such document with a date is %(where)s.") % {"where": where}


def written(document, zone: ZoneInfo) -> str:
    if document is None or document.authored_first is None:
        return _("It does not say when it was written")
    exact = document.authored_first == document.authored_last
    at = document.authored_first
    return _("Written %(time)s") % {"time": spoken.minute(at, zone) if exact else day_alone(at, zone)}


def without(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """What an undated entry lacks. Only the first thing that it lacks is told: one addendum mends it."""
    entry = deficiency.document
    match deficiency.element:
        case "date":
            return _("This one does not say when it was written.")
        case "time" if entry is not None and entry.authored_first:
            return _("Written on %(day)s without a time.") % {"day": spoken.day(entry.authored_first, zone)}
        case "signature_date":
            return _("It is signed, and does not say when.")
        case "signature_time" if entry is not None and entry.signed_first:
            return _("Signed on %(day)s without a time.") % {"day": spoken.day(entry.signed_first, zone)}
    return _("This one lacks its %(element)s.") % {"element": element(deficiency)}


def outcome(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """What became of one that is no longer open."""
    if deficiency.status == Status.WAIVED:
        return _("Waived on %(day)s by %(who)s: %(reason)s") % {
            "day": spoken.day(deficiency.waived_at, zone) if deficiency.waived_at else _("an unknown day"),
            "who": deficiency.waived_by or _("somebody"),
            "reason": deficiency.waived_because,
        }
    if deficiency.status == Status.VOID:
        return str(terms.VOID.get(deficiency.cause, terms.VOID[Cause.WITHDRAWN]))
    if deficiency.status != Status.RESOLVED:
        return ""
    if deficiency.is_past_mending:
        return past_mending(deficiency, zone)
    if deficiency.slot != "verdict" or deficiency.resolved_at is None:
        return _("It has been put right.")
    words = {"done": done(deficiency, zone)}
    if deficiency.due_at is not None and deficiency.kind == Kind.LATE:
        words["late"] = lateness(deficiency, zone)
        return _("%(done)s, %(late)s late.") % words
    if deficiency.due_at is not None and deficiency.resolved_at <= deficiency.due_at:
        return _("%(done)s: it was in time after all.") % words
    return _("%(done)s.") % words


def past_mending(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """That a gap stays, and why nothing closes it."""
    for_good = _("What is written now does not fill the gap: nobody owes it any more, and it stays on record.")
    if deficiency.resolved_at is not None and deficiency.due_at != deficiency.resolved_at:
        ended = _("None was written by %(time)s, when it ended.")
        return join(ended % {"time": spoken.minute(deficiency.resolved_at, zone)}, for_good)
    of = deficiency.requirement
    several = of is not None and of.at_least > 1
    return join(_("Fewer were written by then.") if several else _("None was written by then."), for_good)


def reassigned(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """That a person named somebody else than the rule does: from whom, to whom, when, by whom and why."""
    if deficiency.reassigned_at is None:
        return ""
    words = {
        "before": deficiency.reassigned_from or _("nobody known"),
        "now": deficiency.owed_by or _("nobody known"),
        "day": spoken.day(deficiency.reassigned_at, zone),
        "who": deficiency.reassigned_by or _("somebody"),
        "reason": ended(deficiency.reassigned_because),
    }
    return _("Reassigned from %(before)s to %(now)s on %(day)s by %(who)s: %(reason)s") % words


def done(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """When it was complete, and by which act; where only the day is known, the day alone is told."""
    act, to_the_day = act_that_completed(deficiency)
    at = deficiency.resolved_at
    return act % {"time": day_alone(at, zone) if to_the_day else spoken.minute(at, zone)}


def day_alone(at: datetime, zone: ZoneInfo) -> str:
    return _("on %(day)s (the hour is not known)") % {"day": spoken.day(at, zone)}


def act_that_completed(deficiency: Deficiency) -> tuple[str, bool]:
    """What was done at `resolved_at`, and whether that is known only to the day."""
    document = deficiency.served_by or deficiency.document
    done = acts.at(document, deficiency.resolved_at) if document is not None else None
    match done and done.act:
        case None:
            return _("Complete %(time)s"), False
        case Act.SIGNED:
            words = _("Signed %(time)s")
        case Act.COSIGNED:
            words = _("Co-signed %(time)s")
        case Act.WRITTEN if document.signed and document.signed_first is None:
            words = _("Written %(time)s, signed at an unknown time")
        case _act:
            words = _("Written %(time)s")
    return words, not done.moment.exact


def lateness(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """How late: where the limit is in days, days on the calendar; else elapsed time."""
    if deficiency.requirement is not None and deficiency.requirement.due_after_days is not None:
        last = (deficiency.due_at - timedelta(microseconds=1)).astimezone(zone).date()
        return spoken.days_long((deficiency.resolved_at.astimezone(zone).date() - last).days)
    late = spoken.lateness(deficiency.resolved_at - deficiency.due_at)
    to_the_day = act_that_completed(deficiency)[1]
    return _("at least %(late)s") % {"late": late} if to_the_day else late


# -- What is wanted --------------------------------------------------------------------------------------------------


def wanted(deficiency: Deficiency) -> str:
    """The document that is missing, with all that the rule asks of it."""
    requirement, document = deficiency.requirement, deficiency.document_type.title
    if requirement is None:
        return document
    if len(requirement.document_types) > 1:
        document = _("%(document)s, or another document that the rule accepts") % {"document": document}
    parts = [document, _("documented and signed") if requirement.authentication_required else _("documented")]
    if requirement.cosignature:
        parts.append(_("co-signed %(when)s") % {"when": requirement.get_cosignature_display()})
    if requirement.not_before_hours is not None:
        parts.append(_("from %(opening)s or later") % {"opening": opening(requirement)})
    if requirement.sections_required:
        names = [section(code) for code in requirement.sections_required]
        words = ngettext("with the section %(names)s", "with the sections %(names)s", len(names))
        parts.append(words % {"names": get_text_list(names, _("and"))})
    return ", ".join(parts)


# -- Words -----------------------------------------------------------------------------------------------------------


def name(deficiency: Deficiency) -> str:
    """The document by its type; an entry also by when it was written, because there are several of a type."""
    entry, title = deficiency.document, deficiency.document_type.title
    if entry is None:
        return title
    words = {"document": title, "time": spoken.moment(entry.authored_first, entry.authored_last, zone_of(deficiency))}
    if entry.authored_first is None:
        return (_("%(document)s (verbal)") if entry.verbal else "%(document)s") % words
    return (_("%(document)s (verbal) of %(time)s") if entry.verbal else _("%(document)s of %(time)s")) % words


def element(deficiency: Deficiency) -> str:
    """A missing part by its name: of an entry its date or time, of a document one of its sections."""
    return str(terms.ELEMENTS.get(deficiency.element) or section(deficiency.element))


def section(code: str) -> str:
    """A section by its name: those of the federal baseline can be translated, a hospital's own are as it wrote them."""
    return str(terms.SECTIONS.get(code) or code.replace("_", " "))


def join(*sentences: str) -> str:
    return " ".join(words for words in sentences if words)


def ended(words) -> str:
    """A sentence with one full stop, also after "Vance, T."."""
    words = str(words)
    return words if words.endswith(".") else f"{words}."


def zone_of(occasion: Deficiency | Expected) -> ZoneInfo:
    return occasion.record.encounter.facility.zone
