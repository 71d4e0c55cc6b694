"""The screens of continuing education: how far a cycle has come, writing down what was learnt, striking it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.filling import filled
from staff.continuing import actions
from staff.continuing.forms import LearningForm
from staff.continuing.listing import LEARNINGS
from staff.continuing.models import Learning
from staff.credentials.models import Credential
from staff.qualifications.actions import strike
from staff.qualifications.forms import ReasonForm

MAY_KEEP = permission_required("staff.keep_credential", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def learning_list(request):
    """What the people in the viewer's line, and the viewer, learnt for the cycles of their credentials."""
    return LEARNINGS.show(request)


@require_safe
def credential_learning(request, number: int):
    """What a cycle of a credential asks, how far it has come, and by what."""
    rows = Credential.objects.visible_to(request.user).select_related("employee", "certification")
    credential = get_object_or_404(rows, pk=number)
    learnings = list(credential.learnings.select_related("struck_by", "written_by"))
    rule = actions.rule_of(credential)
    context = {
        "credential": credential,
        "person": credential.employee,
        "rule": rule,
        "lines": actions.lines_of(rule, learnings) if rule else [],
        "learnings": learnings,
        "may_keep": request.user.has_perm("staff.keep_credential")
        and credential.employee.user_id != request.user.pk
        and not credential.struck_because,
    }
    return render(request, "staff/credential_learning.html", context)


@ASKED
@MAY_KEEP
def learning_record(request, number: int):
    """Write down what counts toward a cycle."""
    rows = Credential.objects.led_by(request.user).standing().select_related("employee", "certification")
    credential = get_object_or_404(rows, pk=number)
    form = LearningForm(request.POST or None)

    def do():
        actions.learn(credential, by=request.user, **form.cleaned_data)
        return done(request, credential.pk, _("It is recorded."))

    lead = f"{credential.employee} · {credential.certification.code}"
    title, act = _("Record what was learnt"), _("Record it")
    return filled(request, form, do, title=title, lead=lead, act=act, back=page_of(credential.pk))


@ASKED
@MAY_KEEP
def learning_strike(request, number: int):
    """Take out what was entered in error."""
    learning = get_object_or_404(Learning.objects.led_by(request.user).select_related("employee"), pk=number)
    form = ReasonForm(request.POST or None)

    def do():
        strike(learning, by=request.user, **form.cleaned_data)
        return done(request, learning.credential_id, _("It is struck."))

    lead, back = f"{learning.employee} · {learning.title}", page_of(learning.credential_id)
    return filled(request, form, do, title=_("Strike what was learnt"), lead=lead, act=_("Strike it"), back=back)


def page_of(credential: int) -> str:
    return reverse("credential_learning", args=[credential])


def done(request, credential: int, words: str) -> HttpResponseRedirect:
    messages.success(request, words)
    return HttpResponseRedirect(page_of(credential))
