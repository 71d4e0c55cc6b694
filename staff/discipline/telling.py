"""A case in words: for the pages of those above, for the page of the person, and for the form on paper."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from himdept.common import spoken
from staff.discipline import precedents
from staff.discipline.models import LOOKED_AT_FIRST, CaseFile
from staff.discipline.offences import Step
from staff.personnel.days import zone_of as zone_of_action
from staff.personnel.models import PersonnelAction


def zone_of(case: CaseFile) -> ZoneInfo:
    return zone_of_action(PersonnelAction(employee=case.employee))


def facts(case: CaseFile) -> list[tuple[str, str]]:
    """What a case says, as label and words; a question that nobody has answered yet says so."""
    said = [
        (_("Person"), f"{case.employee} · {case.employee.number}"),
        (_("Offence"), case.get_offence_display()),
        (_("Happened on"), spoken.date_of(case.happened_on)),
        (_("Facts"), case.facts),
        (_("Policy"), case.policy),
    ]
    said += [
        (CaseFile._meta.get_field(name).verbose_name.capitalize(), _answer(case, name)) for name in LOOKED_AT_FIRST
    ]
    said += [(_("Step"), case.get_step_display())]
    if case.deviates_because:
        said.append((_("Not the table's step because"), case.deviates_because))
    said += [
        (_("Expectation"), case.expectation),
        (_("Active until"), spoken.date_of(case.active_until) if case.active_until else _("for good")),
    ]
    return said


def _answer(case: CaseFile, name: str) -> str:
    """What was asked and what was found: the answer alone would not tell the person what it is about."""
    return f"{CaseFile._meta.get_field(name).help_text} {getattr(case, name) or _('Not looked at yet.')}"


def came_of_it(case: CaseFile, zone: ZoneInfo) -> list[tuple[str, str]]:
    """What happened once it was given: the reply, the signature or the witness."""
    said = []
    if case.given_at:
        said.append((_("Given"), spoken.minute(case.given_at, zone)))
        said.append((_("Reply"), case.reply or _("None so far.")))
        said.append((_("Signature"), _signature(case, zone)))
    return said


def _signature(case: CaseFile, zone: ZoneInfo) -> str:
    if not case.answer:
        return _("None so far.")
    words = f"{case.get_answer_display()}, {spoken.minute(case.answered_at, zone)}"
    return f"{words}. {_('Witness')}: {case.witness}" if case.witness else words


def earlier(case: CaseFile) -> list[tuple[str, str]]:
    """The steps that count toward this one, and what the table makes of them."""
    found = precedents.suggestion(case)
    rows = [(str(one), _("%(step)s, happened on %(day)s, active until %(until)s") % _of(one)) for one in found.earlier]
    said = {"n": found.occurrence, "step": Step(found.step).label}
    return [*rows, (_("The table says"), _("Occurrence %(n)d: %(step)s") % said)]


def _of(one: CaseFile) -> dict[str, str]:
    until = spoken.date_of(one.active_until) if one.active_until else _("for good")
    return {"step": one.get_step_display(), "day": spoken.date_of(one.happened_on), "until": until}
