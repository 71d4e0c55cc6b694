"""A rule in plain language: sentences that a physician understands, made from its fields, in any language.

Nothing here asks the database: `fields.names_of` gives the titles of what a rule names. docs/completeness.md says
exactly what each field means; tests/records/completeness/rules/plain.txt is what was reviewed.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from himdept.common import spoken
from records.completeness import asking, terms
from records.completeness.models import Requirement
from records.completeness.rules.fields import Names, all_of, any_of, in_sentence, topic_name
from records.inventory.models import Encounter

Trigger, Responsible, Cosignature = Requirement.Trigger, Requirement.Responsible, Requirement.Cosignature

OWED_BY = {
    Responsible.ATTENDING: gettext_lazy("If nothing is written, the attending owes it."),
    Responsible.SURGEON: gettext_lazy("If nothing is written, the surgeon owes it."),
    Responsible.AUTHOR: gettext_lazy("If nothing is written, its author owes it, and so the attending."),
}
COSIGNED = {
    Cosignature.NAMED: gettext_lazy("Where it names who is to co-sign it, it must be co-signed by then."),
    Cosignature.IN_TRAINING: gettext_lazy(
        "Where its author is in training, or it names who is to co-sign it, it must be co-signed by then."
    ),
    Cosignature.ALWAYS: gettext_lazy("It must be co-signed by then."),
}


def paragraph(requirement: Requirement, names: Names) -> str:
    """What the rule asks for, when, of whom, and where it comes from."""
    return " ".join(sentences(requirement, names))


def sentences(of: Requirement, names: Names) -> list[str]:
    """The sentences of the paragraph, one after the other."""
    parts = (asked(of, names), *conditions(of), *whom(of, names), *contents(of), *consequences(of))
    return [str(part) for part in parts if part]


def in_force(requirement: Requirement) -> str:
    """From which day to which it judges what happens."""
    effective = requirement.effective
    first = spoken.date_of(effective.lower) if effective.lower else ""
    last = spoken.date_of(effective.upper) if effective.upper else ""
    words = {"first": first, "last": last}
    match bool(first), bool(last):
        case True, True:
            return _("It judges what happens from %(first)s on, up to but not on %(last)s.") % words
        case True, False:
            return _("It judges what happens from %(first)s on.") % words
        case False, True:
            return _("It judges what happened before %(last)s.") % words
    return _("It judges what happens on any day.")


# -- What is asked for, by when --------------------------------------------------------------------------------------


def asked(of: Requirement, names: Names) -> str:
    first, *others = [names.document(code) for code in of.document_types]
    others = [in_sentence(title) for title in others]
    words = {"limit": limit(of)}
    if of.recurs:
        return again(of, any_of([first, *others]))
    if not of.judges_entries:
        words["documents"] = any_of([first, *others])
        return _("%(documents)s must be on the record %(limit)s.") % words
    words["documents"] = any_of([in_sentence(first), *others])
    if of.trigger == Trigger.ORDER:
        return _("Each verbal or telephone order (%(documents)s) must be signed %(limit)s.") % words
    if of.authentication_required:
        return _("Each of these entries must be signed %(limit)s: %(documents)s.") % words
    if words["limit"]:
        return _("Each of these entries must be complete %(limit)s: %(documents)s.") % words
    return _("Each of these entries is looked at: %(documents)s.") % words


def again(of: Requirement, documents: str) -> str:
    """What a series asks for."""
    words = {"documents": documents, "event": terms.EVENTS[of.trigger], "limit": limit(of)}
    if of.every_hours is not None:
        return _("%(documents)s must be written %(limit)s, and again within as long of the one before.") % words
    return _("%(documents)s must be written again and again: %(limit)s.") % words


def limit(of: Requirement) -> str:
    """By when: "within 24 hours after admission", "one each day"; nothing where the rule has no limit."""
    words = {"event": terms.EVENTS[of.trigger]}
    if of.every_days is not None:
        return asking.often(of)
    if of.due_after_days is not None:
        words["n"] = of.due_after_days
        if not of.due_after_days:
            return _("by the end of the day of %(event)s") % words
        return (
            ngettext(
                "within %(n)s calendar day after %(event)s",
                "within %(n)s calendar days after %(event)s",
                of.due_after_days,
            )
            % words
        )
    hours = of.due_after_hours if of.every_hours is None else of.every_hours
    if hours is None:
        return ""
    if hours == 0:
        return _("by %(event)s") % words
    words["span"] = spoken.hours_long(abs(hours))
    return (_("within %(span)s after %(event)s") if hours > 0 else _("at least %(span)s before %(event)s")) % words


def conditions(of: Requirement) -> Iterator[str]:
    """How early it may be, and what must have been there before."""
    if of.asks_once:
        yield window(of)
    if of.recurs:
        yield from span(of)
    if of.only_if_met:
        yield _("It is asked for only where the %(topic)s was met by a document from before %(event)s.") % {
            "topic": topic_name(of.only_if_met),
            "event": terms.EVENTS[of.trigger],
        }


def window(of: Requirement) -> str:
    hours = of.not_before_hours
    if hours is None:
        return _("However early it was written, it serves.")
    if hours < 0:
        return _("One that was written no earlier than %(opening)s serves.") % {"opening": asking.opening(of)}
    if hours == 0:
        return _("One that was written before %(event)s does not serve.") % {"event": terms.EVENTS[of.trigger]}
    return _("One that was written sooner than %(opening)s does not serve.") % {"opening": asking.opening(of)}


def span(of: Requirement) -> Iterator[str]:
    """From when to when a series goes on."""
    words = {"event": terms.EVENTS[of.trigger], "begin": of.begins_after_days, "end": of.ends_after_days}
    if of.every_days is not None and not of.begins_after_days:
        yield _("It begins with the day of %(event)s.") % words
    elif of.every_days is not None:
        after = ngettext(
            "It begins %(begin)s day after that of %(event)s.",
            "It begins %(begin)s days after that of %(event)s.",
            of.begins_after_days,
        )
        yield after % words
    yield {
        Trigger.PROCEDURE_START: _("It goes on until the procedure or the stay ends."),
        Trigger.RESTRAINT_START: _("It goes on until the restraint or the stay ends."),
    }.get(of.trigger, _("It goes on until the stay ends."))
    if of.ends_after_days is not None:
        after = ngettext(
            "It ends by itself %(end)s day after %(event)s.",
            "It ends by itself %(end)s days after %(event)s.",
            of.ends_after_days,
        )
        yield after % words
    yield _("A gap that has passed is not filled by what is written later.")


# -- Whom it applies to ----------------------------------------------------------------------------------------------


def whom(of: Requirement, names: Names) -> Iterator[str]:
    if of.encounter_classes:
        classes = [in_sentence(spoken.choice(Encounter.Class, code)) for code in of.encounter_classes]
        yield _("It applies to these classes of encounter: %(classes)s.") % {"classes": all_of(classes)}
    else:
        yield _("It applies to every class of encounter.")
    if of.services:
        services = any_of(names.service(code) for code in of.services)
        yield _("Only on these services: %(services)s.") % {"services": services}
    if of.dispositions:
        yield _("Only where the patient's disposition is: %(ways)s.") % {"ways": ways(of.dispositions)}
    if of.dispositions_excepted:
        yield _("Not where the patient's disposition is: %(ways)s.") % {"ways": ways(of.dispositions_excepted)}
    yield stay(of)
    yield age(of)
    if of.anesthesia_only:
        yield _("Only for procedures with anesthesia.")
    if of.procedure_codes:
        yield _("Only for procedures of these codes: %(codes)s.") % {"codes": any_of(of.procedure_codes)}
    if of.exempts:
        yield _("It is an exception: wherever it applies, nothing is asked for about %(topics)s.") % {
            "topics": all_of(f"“{topic_name(topic)}”" for topic in of.exempts)
        }


def ways(codes: list[str]) -> str:
    return any_of(in_sentence(spoken.choice(Encounter.Disposition, code)) for code in codes)


def stay(of: Requirement) -> str:
    least, below = of.stay_at_least_hours, of.stay_less_than_hours
    words = {
        "least": spoken.hours_long(least) if least is not None else "",
        "below": spoken.hours_long(below) if below is not None else "",
    }
    if least is not None and below is not None:
        return _("Only for stays of at least %(least)s and less than %(below)s.") % words
    if least is not None:
        return _("Only for stays of at least %(least)s.") % words
    return _("Only for stays of less than %(below)s.") % words if below is not None else ""


def age(of: Requirement) -> str:
    words = {"least": of.age_from_years, "below": of.age_below_years}
    if None not in words.values():
        return _("Only for patients of %(least)s years or more and below %(below)s.") % words
    if of.age_from_years is not None:
        return _("Only for patients of %(least)s years or more.") % words
    return _("Only for patients below %(below)s years.") % words if of.age_below_years is not None else ""


# -- What it must contain, and what follows --------------------------------------------------------------------------


def contents(of: Requirement) -> Iterator[str]:
    if of.authentication_required and not of.judges_entries:
        yield _("It must be signed by then.")
    if of.cosignature:
        yield COSIGNED[of.cosignature]
    if of.sections_required:
        sections = all_of(f"“{terms.SECTIONS.get(code, code)}”" for code in of.sections_required)
        yield ngettext(
            "It must have the section %(sections)s.",
            "It must have the sections %(sections)s.",
            len(of.sections_required),
        ) % {"sections": sections}
    if of.entry_must_have:
        parts = all_of(terms.ENTRY_PARTS.get(part, part) for part in of.entry_must_have)
        yield _("From the first moment on it must carry %(parts)s.") % {"parts": parts}


def consequences(of: Requirement) -> Iterator[str]:
    if not of.judges_entries:
        yield OWED_BY[of.responsible]
        if of.asks_once:
            yield _("What was written and lacks something, its author owes.")
    elif of.responsible == Responsible.SURGEON:
        yield _("Its author owes it; where none is known, the surgeon.")
    else:
        yield _("Its author owes it; where none is known, the attending.")
    if of.counts_toward_delinquency:
        yield _("It counts toward the delinquency of the record.")
    else:
        yield _("It does not count toward the delinquency of the record.")
    yield _("A finding is of the severity “%(severity)s”.") % {
        "severity": spoken.choice(Requirement.Severity, of.severity)
    }
    if of.basis:
        yield _("Source: %(source)s.") % {"source": asking.source(of)}
