"""The screens of training: who owes which course, and writing down who took one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.filling import filled
from staff.employment.models import Employee
from staff.qualifications.actions import strike
from staff.qualifications.forms import ReasonForm
from staff.training import actions
from staff.training.forms import AttendForm
from staff.training.listing import TRAININGS
from staff.training.models import Attendance

MAY_KEEP = permission_required("staff.keep_credential", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def training_list(request):
    """What the people in the viewer's line, and the viewer, owe of courses in force."""
    return TRAININGS.show(request)


@require_safe
def person_training(request, number: int):
    """One person's courses: what is due, and all that were taken."""
    person = get_object_or_404(Employee.objects.visible_to(request.user), pk=number)
    context = {
        "person": person,
        "trainings": person.trainings.select_related("course"),
        "attendances": person.attendances.select_related("course", "struck_by", "written_by"),
        "may_keep": request.user.has_perm("staff.keep_credential") and person.user_id != request.user.pk,
    }
    return render(request, "staff/person_training.html", context)


@ASKED
@MAY_KEEP
def training_attend(request):
    """Write down who of the line took a course."""
    form = AttendForm(request.POST or None, by=request.user, initial={"done_on": timezone.localdate()})

    def attend():
        took = actions.attend(by=request.user, **form.cleaned_data)
        words = ngettext("%(n)d attendance is recorded.", "%(n)d attendances are recorded.", len(took))
        messages.success(request, words % {"n": len(took)})
        return HttpResponseRedirect(TRAININGS.url)

    title, act = _("Record a course that was taken"), _("Record it")
    return filled(request, form, attend, title=title, act=act, back=TRAININGS.url)


@ASKED
@MAY_KEEP
def attendance_strike(request, number: int):
    """Take out an attendance that was entered in error."""
    rows = Attendance.objects.led_by(request.user).select_related("employee", "course")
    attendance, form = get_object_or_404(rows, pk=number), ReasonForm(request.POST or None)
    back = reverse("person_training", args=[attendance.employee_id])

    def do():
        strike(attendance, by=request.user, **form.cleaned_data)
        messages.success(request, _("It is struck."))
        return HttpResponseRedirect(back)

    lead = f"{attendance.employee} · {attendance.course}"
    return filled(request, form, do, title=_("Strike an attendance"), lead=lead, act=_("Strike it"), back=back)
