"""Why a deficiency stands, and what would close it: sentences made from stored facts, at the edge, in any language.

Local times are those of the record's facility. Nothing here names a patient, and nothing here asks the database:
`with_names()` fetches what is read. What the record holds is told as the last audit found it.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from himdept.common import spoken
from records.completeness import acts, asking, terms, wording
from records.completeness.acts import Act
from records.completeness.models import Deficiency

Kind, Status, Cause = Deficiency.Kind, Deficiency.Status, Deficiency.Cause


def headline(deficiency: Deficiency) -> str:
    """What is wrong, in a few words: "Discharge summary is missing"."""
    words = terms.HEADLINES[deficiency.kind]
    if deficiency.kind == Kind.MISSING and (days := asking.days_of(deficiency)):
        return _("%(document)s is missing for %(days)s") % {"document": wording.name(deficiency), "days": days}
    if deficiency.kind == Kind.LATE and deficiency.document is not None:
        words = _("%(document)s was signed late")
        if (done := acts.at(deficiency.document, deficiency.resolved_at)) and done.act == Act.COSIGNED:
            words = _("%(document)s was co-signed late")
    return words % {"document": wording.name(deficiency), "element": wording.element(deficiency)}


def sentence(deficiency: Deficiency) -> str:
    """Why: what was due when by which rule, and what the record holds instead or what became of it."""
    zone = wording.zone_of(deficiency)
    found = outcome(deficiency, zone) or finding(deficiency, zone)
    return wording.join(asking.asked(deficiency, zone), found, reassigned(deficiency, zone))


def would_satisfy(deficiency: Deficiency) -> str:
    """What would close an open deficiency; nothing for one that is closed."""
    if deficiency.status != Status.OPEN:
        return ""
    words = {"who": deficiency.owed_by or _("its author"), "element": wording.element(deficiency)}
    late = _("Completed now, it counts as late.") if deficiency.due_at else ""
    match deficiency.kind:
        case Kind.MISSING:
            asked_of = _("%(who)s is responsible.") % words if deficiency.owed_by else ""
            return wording.join(wording.ended(wanted(deficiency)), asked_of, late)
        case Kind.UNSIGNED if is_verbal(deficiency):
            return wording.join(wording.ended(_("The signature under the verbal order, by %(who)s") % words), late)
        case Kind.UNSIGNED:
            return wording.join(wording.ended(_("The signature of %(who)s") % words), late)
        case Kind.UNCOSIGNED:
            return wording.join(wording.ended(_("A second signature beside the author's, by %(who)s") % words), late)
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


def finding(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """What the record holds. The document that serves, or the entry itself, is named by when it was written."""
    document = deficiency.served_by or deficiency.document
    words = {"written": written(document, zone), "element": wording.element(deficiency)}
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
            "opening": asking.opening(requirement),
            "where": where,
        }
    return _("No such document with a date is %(where)s.") % {"where": where}


def written(document, zone: ZoneInfo) -> str:
    if document is None or document.authored_first is None:
        return _("It does not say when it was written")
    exact = document.authored_first == document.authored_last
    at = document.authored_first
    return _("Written %(time)s") % {"time": spoken.minute(at, zone) if exact else wording.day_alone(at, zone)}


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
    return _("This one lacks its %(element)s.") % {"element": wording.element(deficiency)}


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
        return wording.join(ended % {"time": spoken.minute(deficiency.resolved_at, zone)}, for_good)
    of = deficiency.requirement
    several = of is not None and of.at_least > 1
    return wording.join(_("Fewer were written by then.") if several else _("None was written by then."), for_good)


def reassigned(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """That a person named somebody else than the rule does: from whom, to whom, when, by whom and why."""
    if deficiency.reassigned_at is None:
        return ""
    words = {
        "before": deficiency.reassigned_from or _("nobody known"),
        "now": deficiency.owed_by or _("nobody known"),
        "day": spoken.day(deficiency.reassigned_at, zone),
        "who": deficiency.reassigned_by or _("somebody"),
        "reason": wording.ended(deficiency.reassigned_because),
    }
    return _("Reassigned from %(before)s to %(now)s on %(day)s by %(who)s: %(reason)s") % words


def done(deficiency: Deficiency, zone: ZoneInfo) -> str:
    """When it was complete, and by which act; where only the day is known, the day alone is told."""
    act, to_the_day = act_that_completed(deficiency)
    at = deficiency.resolved_at
    return act % {"time": wording.day_alone(at, zone) if to_the_day else spoken.minute(at, zone)}


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
        parts.append(_("from %(opening)s or later") % {"opening": asking.opening(requirement)})
    if requirement.sections_required:
        names = [wording.section(code) for code in requirement.sections_required]
        words = ngettext("with the section %(names)s", "with the sections %(names)s", len(names))
        parts.append(words % {"names": get_text_list(names, _("and"))})
    return ", ".join(parts)
