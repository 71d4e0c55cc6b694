"""Why a rule asks nothing of a record, in words: what does not apply is told too, or it would look forgotten."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from records.completeness.models import Requirement
from records.inventory.models import Encounter, Episode, Record

Trigger = Requirement.Trigger
NOT_HELD = (Encounter.Status.PLANNED, Encounter.Status.CANCELLED, Encounter.Status.ENTERED_IN_ERROR)
NEVER_JUDGED = (Encounter.Class.VIRTUAL, Encounter.Class.PRE_ADMISSION)
NO_OCCASION = {
    Trigger.DISCHARGE: gettext_lazy("The patient is not discharged."),
    Trigger.PROCEDURE_START: gettext_lazy("No procedure is known to have begun."),
    Trigger.PROCEDURE_END: gettext_lazy("No procedure is known to have ended."),
    Trigger.RESTRAINT_START: gettext_lazy("No restraint is known to have begun."),
    Trigger.BIRTH: gettext_lazy("No birth is recorded here."),
    Trigger.ORDER: gettext_lazy("There is no verbal order of its kind."),
    Trigger.DOCUMENT: gettext_lazy("There is no document of its kind."),
}


def because(
    requirement: Requirement,
    record: Record,
    episodes: list[Episode],
    as_of: datetime,
    exempted: dict[str, Requirement] | None = None,
) -> str:
    """The first reason why a rule asked nothing of a record at a moment (docs/completeness.md, sections 1, 3, 4).

    `exempted` are the topics that an exception has taken off the record, each with the exception.
    """
    stay, zone = record.encounter, record.facility.zone
    if stay.status in NOT_HELD or stay.encounter_class in NEVER_JUDGED:
        return _("Nothing is asked of a stay that did not take place here.")
    if stay.start_first > as_of:
        return _("The stay had not begun.")
    if requirement.encounter_classes and stay.encounter_class not in requirement.encounter_classes:
        return _("It is for %(classes)s.") % {"classes": classes(requirement)}
    if requirement.services and (stay.service is None or stay.service.code not in requirement.services):
        return _("It is for other services.")
    if requirement.trigger == Trigger.BIRTH and stay.encounter_class != Encounter.Class.NEWBORN:
        return str(NO_OCCASION[Trigger.BIRTH])
    if requirement.trigger == Trigger.DISCHARGE and (stay.end_first is None or stay.end_first > as_of):
        return str(NO_OCCASION[Trigger.DISCHARGE])
    if requirement.dispositions and stay.disposition not in requirement.dispositions:
        return _("It is for those who left otherwise: %(dispositions)s.") % {
            "dispositions": dispositions(requirement.dispositions)
        }
    if stay.disposition in requirement.dispositions_excepted:
        return _("It is not for those who left so: %(dispositions)s.") % {
            "dispositions": dispositions(requirement.dispositions_excepted)
        }
    if words := by_length(requirement, stay, as_of):
        return words
    if requirement.trigger in NO_OCCASION and not happened(requirement, episodes, as_of):
        if requirement.procedure_codes:
            return _("No procedure that it names is recorded.")
        return _("No surgery with anesthesia is recorded.") if surgical(requirement) else words_of(requirement)
    if not in_force(requirement, as_of, zone):
        return _("It is not in force.")
    if (exception := (exempted or {}).get(requirement.topic)) is not None:
        return _("An exception takes its place: %(title)s.") % {"title": exception.title}
    if requirement.age_from_years is not None or requirement.age_below_years is not None:
        return _("It is for patients %(ages)s.") % {"ages": ages(requirement)}
    if requirement.only_if_met:
        topic = requirement.only_if_met.replace("-", " ").replace("_", " ")
        return _("It is asked only where the %(topic)s is from before.") % {"topic": topic}
    return _("Nothing here calls for it.")


def words_of(requirement: Requirement) -> str:
    return str(NO_OCCASION[requirement.trigger])


def surgical(requirement: Requirement) -> bool:
    return requirement.anesthesia_only and requirement.trigger in (Trigger.PROCEDURE_START, Trigger.PROCEDURE_END)


def classes(requirement: Requirement) -> str:
    labels = dict(Encounter.Class.choices)
    names = [str(labels.get(name, name)).lower() for name in requirement.encounter_classes]
    return get_text_list(names, _("or"))


def dispositions(codes: list[str]) -> str:
    labels = dict(Encounter.Disposition.choices)
    return get_text_list([str(labels.get(code, code)).lower() for code in codes], _("or"))


def ages(requirement: Requirement) -> str:
    least, below = requirement.age_from_years, requirement.age_below_years
    if least is None:
        return _("younger than %(below)s") % {"below": below}
    if below is None:
        return _("of %(least)s or older") % {"least": least}
    return _("of %(least)s to %(most)s") % {"least": least, "most": below - 1}


def by_length(requirement: Requirement, stay: Encounter, as_of: datetime) -> str:
    """Where the length of the stay decides, which is known once it has ended."""
    if requirement.stay_at_least_hours is None and requirement.stay_less_than_hours is None:
        return ""
    if stay.end_first is None or stay.end_first > as_of:
        return str(NO_OCCASION[Trigger.DISCHARGE])
    hours = (stay.end_last - stay.start_first).total_seconds() / 3600
    if requirement.stay_at_least_hours is not None and hours < requirement.stay_at_least_hours:
        return _("It is for stays of at least %(span)s.") % {"span": spoken.hours_long(requirement.stay_at_least_hours)}
    if requirement.stay_less_than_hours is not None and hours >= requirement.stay_less_than_hours:
        return _("It is for stays of less than %(span)s.") % {
            "span": spoken.hours_long(requirement.stay_less_than_hours)
        }
    return ""


def happened(requirement: Requirement, episodes: list[Episode], as_of: datetime) -> bool:
    """Whether something happened that calls for it; of documents and orders the engine found none."""
    side, kind = {
        Trigger.PROCEDURE_START: ("start_first", Episode.Kind.PROCEDURE),
        Trigger.PROCEDURE_END: ("end_first", Episode.Kind.PROCEDURE),
        Trigger.RESTRAINT_START: ("start_first", Episode.Kind.RESTRAINT),
    }.get(requirement.trigger, (None, None))
    if side is None:
        return requirement.trigger == Trigger.DISCHARGE
    undone = (Episode.Status.NOT_DONE, Episode.Status.ENTERED_IN_ERROR)
    return any(
        episode.kind == kind
        and episode.status not in undone
        and (episode.anesthesia or not surgical(requirement))
        and (not requirement.procedure_codes or episode.code in requirement.procedure_codes)
        and (at := getattr(episode, side)) is not None
        and at <= as_of
        for episode in episodes
    )


def in_force(requirement: Requirement, as_of: datetime, zone: ZoneInfo) -> bool:
    day, effective = as_of.astimezone(zone).date(), requirement.effective
    return (effective.lower is None or effective.lower <= day) and (effective.upper is None or day < effective.upper)
