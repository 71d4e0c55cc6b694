"""The screens of who may work what: one person's, writing down an assessment, striking one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.filling import filled
from staff.employment.models import Employee
from staff.fitness import actions
from staff.fitness.check import may_work
from staff.fitness.facts import competences_of, facts_of, words
from staff.fitness.forms import AssessForm
from staff.fitness.listing import COMPETENCES
from staff.fitness.models import Assessment, Queue
from staff.qualifications.actions import strike
from staff.qualifications.forms import ReasonForm

MAY_KEEP = permission_required("staff.keep_credential", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def competence_list(request):
    """What the people in the viewer's line, and the viewer, must show of competencies in force."""
    return COMPETENCES.show(request)


@require_safe
def person_fitness(request, number: int):
    """What one person may work today and what stands against it; their competencies and assessments."""
    person = get_object_or_404(Employee.objects.visible_to(request.user), pk=number)
    competences, today = competences_of(person), timezone.localdate()
    facts = facts_of(person, competences)
    of_job = may_work(facts, today)
    context = {
        "person": person,
        "work": [(_("The job as a whole"), [words(reason) for reason in of_job])]
        + [
            (queue.label, [words(reason) for reason in may_work(facts, today, queue) if reason not in of_job])
            for queue in Queue
        ],
        "is_off": bool(of_job),
        "competences": competences,
        "assessments": person.assessments.select_related("competency", "assessor", "struck_by"),
        "may_keep": request.user.has_perm("staff.keep_credential") and person.user_id != request.user.pk,
    }
    return render(request, "staff/person_fitness.html", context)


@ASKED
@MAY_KEEP
def assessment_record(request, number: int):
    """Write down that somebody was assessed."""
    person = get_object_or_404(Employee.objects.led_by(request.user), pk=number)
    form = AssessForm(request.POST or None, person=person)

    def do():
        actions.assess(person, by=request.user, **form.cleaned_data)
        return done(request, person.pk, _("The assessment is recorded."))

    title, act = _("Record an assessment"), _("Record it")
    return filled(request, form, do, title=title, lead=person, act=act, back=page_of(person.pk))


@ASKED
@MAY_KEEP
def assessment_strike(request, number: int):
    """Take out an assessment that was entered in error."""
    rows = Assessment.objects.led_by(request.user).select_related("employee", "competency")
    row, form = get_object_or_404(rows, pk=number), ReasonForm(request.POST or None)

    def do():
        strike(row, by=request.user, **form.cleaned_data)
        return done(request, row.employee_id, _("It is struck."))

    lead, back = f"{row.employee} · {row.competency}", page_of(row.employee_id)
    return filled(request, form, do, title=_("Strike an assessment"), lead=lead, act=_("Strike it"), back=back)


def page_of(person: int) -> str:
    return reverse("person_fitness", args=[person])


def done(request, person: int, words: str) -> HttpResponseRedirect:
    messages.success(request, words)
    return HttpResponseRedirect(page_of(person))
