"""What was given to oneself, to be read, replied to and signed; and for those above, the same on paper's terms."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.filling import filled
from staff.discipline import actions, telling
from staff.discipline.forms import AnswerForm
from staff.discipline.models import CaseFile
from staff.discipline.workflow import open_to
from staff.personnel.workflow import Part

SHOWN = 200


@require_safe
def case_list(request):
    """Corrective actions that were given to the viewer, and those of the line that the viewer decides on."""
    rows = list(CaseFile.objects.visible_to(request.user).with_names()[: SHOWN + 1])
    return render(request, "staff/case_list.html", {"cases": rows[:SHOWN], "more": len(rows) > SHOWN})


@require_safe
def case_page(request, number: int):
    """One case as the person reads it: without the way on which it was decided."""
    case = _case(request, number)
    is_own = case.employee.user_id == request.user.pk  # and was given to them, else they would not see it
    context = {
        "case": case,
        "facts": telling.facts(case),
        "came_of_it": telling.came_of_it(case, telling.zone_of(case)),
        "follow_ups": case.follow_ups.all(),
        "may_answer": is_own and open_to(frozenset({Part.SUBJECT}), case.state) and not (case.reply and case.answer),
        "is_own": is_own,
    }
    return render(request, "staff/case_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def case_answer(request, number: int):
    """The person's reply and signature."""
    case = _case(request, number)
    actions.may(request.user, "reply", case)
    form, back = AnswerForm(request.POST or None, case=case), reverse("case_page", args=[number])

    def answer():
        said = form.cleaned_data
        actions.answer(case, by=request.user, words=said.get("reply", ""), signs=bool(said.get("signs")))
        messages.success(request, _("It stands in the case."))
        return HttpResponseRedirect(back)

    return filled(request, form, answer, title=_("Answer"), lead=str(case), act=_("Put it into the case"), back=back)


def _case(request, number: int) -> CaseFile:
    return get_object_or_404(CaseFile.objects.visible_to(request.user).with_names(), pk=number)
