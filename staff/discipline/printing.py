"""The corrective action form: the case as it stands, with lines to sign on."""

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import forms_on_paper, spoken
from himdept.common.forms_on_paper import Section
from staff.discipline import telling
from staff.discipline.models import CaseFile
from staff.people.models import User


def form(case: CaseFile, *, by: User) -> bytes:
    """The form as PDF. Who signed in the program, or declined, stands in it; the lines are for a copy on paper."""
    zone = telling.zone_of(case)
    planned = [(spoken.date_of(row.due), row.what, row.found) for row in case.follow_ups.all()]
    steps = [
        (spoken.minute(step.at, zone), str(step.get_move_display()), str(step.by or "–"), step.because)
        for step in case.steps.exclude(move="print").select_related("by").order_by("pk")
    ]
    sections = [
        Section(case.get_state_display(), telling.facts(case)),
        Section(_("What went before"), telling.earlier(case)),
        Section(_("Follow-ups"), planned, (_("On"), _("What"), _("Found"))),
        *([Section(_("What came of it"), told)] if (told := telling.came_of_it(case, zone)) else []),
        Section(_("Who decided"), steps, (_("When"), _("What"), _("By"), _("Why"))),
    ]
    signatures = [
        _("Employee %(number)s: I was given this; that is not to agree with it") % {"number": case.employee.number},
        _("Supervisor"),
        _("Witness, if the employee declines to sign"),
    ]
    title = _("Corrective action: %(step)s") % {"step": case.get_step_display()}
    return forms_on_paper.pdf(title, sections, signatures=signatures, by=by, at=timezone.now(), zone=zone)
