"""The personnel action form: what changes, from what to what, since when, who approved it, and why."""

from auditlog.models import LogEntry
from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import forms_on_paper, spoken
from himdept.common.audit import address_of_request
from himdept.common.errors import DomainError
from himdept.common.forms_on_paper import Section
from staff.people.models import User
from staff.personnel import actions, handover, telling, timeline
from staff.personnel.days import zone_of
from staff.personnel.kinds import Kind
from staff.personnel.models import IN_FORCE, PENDING, PersonnelAction
from staff.personnel.timeline import Preview

PAY = frozenset({"pays"})


def form(action: PersonnelAction, *, by: User, with_pay: bool) -> bytes:
    """The form as PDF. Who may open the action may see its pay; without it is for whoever may not."""
    zone = zone_of(action)
    sections = [
        Section(action.get_state_display(), telling.facts(action, zone, with_pay=with_pay)),
        *_changes(action, zone, with_pay=with_pay),
        Section(_("Who decided"), _steps(action, zone), (_("When"), _("What"), _("By"), _("Why"))),
    ]
    signatures = [_("Employee %(number)s") % {"number": action.employee.number}, _("For the department")]
    title = _("Personnel action: %(what)s") % {"what": action.get_kind_display()}
    made = forms_on_paper.pdf(title, sections, signatures=signatures, by=by, at=timezone.now(), zone=zone)
    note(action, by=by, what="form" if with_pay else "form without pay")
    return made


def checklist(action: PersonnelAction, *, by: User) -> bytes:
    """What is to be done around an action, and of a separation what is to be handed over, to be ticked off by hand."""
    zone = zone_of(action)
    items = [
        (
            spoken.date_of(item.due),
            item.title + (f" ({_('blocking')})" if item.is_blocking else ""),
            f"{item.done_by}, {spoken.minute(item.done_at, zone)}" if item.done_at else "",
        )
        for item in action.checklist.select_related("done_by")
    ]
    sections = [
        Section(action.get_state_display(), telling.facts(action, zone, with_pay=False)),
        Section(_("To be done"), items, (_("By"), _("What"), _("Done"))),
    ]
    if action.kind == Kind.SEPARATION:
        left = [(str(line.title), str(line.count)) for line in handover.manifest(action.employee)]
        sections.append(Section(_("To be handed over"), left))
    title = _("Checklist: %(what)s") % {"what": action.get_kind_display()}
    signatures = [_("Employee %(number)s") % {"number": action.employee.number}, _("For the department")]
    made = forms_on_paper.pdf(title, sections, signatures=signatures, by=by, at=timezone.now(), zone=zone)
    note(action, by=by, what="checklist")
    return made


def note(action: PersonnelAction, *, by: User, what: str):
    """Write into the trail who took something of an action out on paper."""
    LogEntry.objects.log_create(
        action,
        force_log=True,
        action=LogEntry.Action.ACCESS,
        changes={},
        actor=by,
        remote_addr=address_of_request(),
        additional_data={"printed": what},
    )


def _changes(action: PersonnelAction, zone, *, with_pay: bool) -> list[Section]:
    """From and to, track by track; nothing of what is not in force and never will be."""
    try:
        seen = _seen(action)
    except DomainError:
        return []
    if seen is None:
        return []
    without = frozenset() if with_pay else PAY
    rows = telling.differences(seen, action.effective, zone, without=without)
    changed = [(row.title, row.before or "–", row.after or "–") for row in rows if row.changes]
    sections = [Section(_("What it changes"), changed, (_("Of what"), _("So far"), _("From then on")))]
    if with_pay and seen.pay_unknown:
        nothing = _("What the pay was is not known, so there is nothing to compare.")
        sections.append(Section(_("Cost"), [(_("Of a year"), nothing)]))
    if with_pay and seen.budget is not None:
        sections.append(Section(_("Cost"), [(_("Of a year"), f"{seen.budget:+,.2f}")]))
    return sections


def _seen(action: PersonnelAction) -> Preview | None:
    if action.state in PENDING:
        return actions.look_ahead(action)
    return timeline.as_it_came(action) if action.state in IN_FORCE else None


def _steps(action: PersonnelAction, zone) -> list[tuple[str, str, str, str]]:
    return [
        (
            spoken.minute(step.at, zone),
            str(step.get_move_display()),
            f"{step.by or '–'}" + (f" ({_('for')} {step.in_place_of})" if step.in_place_of else ""),
            step.because,
        )
        for step in action.steps.select_related("by", "in_place_of").order_by("pk")
    ]
