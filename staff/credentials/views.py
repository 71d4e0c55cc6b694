"""The screens of credentials: their list, those of one person, and what can be done about one.

A person sees their own; a head sees those of the people below, and with the role keeps them.
"""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.filling import filled
from staff.credentials import actions, trail
from staff.credentials.forms import CorrectForm, DaysForm, ReasonForm, RecordForm, VerifyForm
from staff.credentials.listing import CREDENTIALS
from staff.credentials.models import Credential, Verification
from staff.employment.models import Employee

MAY_KEEP = permission_required("staff.keep_credential", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def credential_list(request):
    """The credentials of the people in the viewer's line, and their own."""
    return CREDENTIALS.show(request)


@require_safe
def person_credentials(request, number: int):
    """All cycles of one person's credentials, what their sources said, and what was changed."""
    person = get_object_or_404(Employee.objects.visible_to(request.user), pk=number)
    looks = Prefetch("verifications", Verification.objects.select_related("by"))
    credentials = person.credentials.in_list().select_related("struck_by").prefetch_related(looks, "progress")
    credentials = list(credentials.order_by("-first_day", "-pk"))
    last = {}
    for credential in credentials:
        if not credential.struck_because:
            last.setdefault(credential.certification_id, credential.pk)
    context = {
        "person": person,
        "seat": person.position(),
        "today": timezone.localdate(),
        "credentials": credentials,
        "last": set(last.values()),
        "trail": trail.of(person, credentials),
        "may_keep": request.user.has_perm("staff.keep_credential") and person.user_id != request.user.pk,
        "sees_home": person.user_id == request.user.pk or request.user.has_perm("staff.keep_home"),
    }
    return render(request, "staff/person_credentials.html", context)


@ASKED
@MAY_KEEP
def credential_record(request, number: int):
    """Write down a certification that somebody holds."""
    person = get_object_or_404(Employee.objects.led_by(request.user), pk=number)
    form = RecordForm(request.POST or None)

    def record():
        actions.record(person, by=request.user, **form.cleaned_data)
        return done(request, person.pk, _("The credential is recorded."))

    title, act = _("Record a credential"), _("Record it")
    return filled(request, form, record, title=title, lead=person, act=act, back=page_of(person.pk))


@ASKED
@MAY_KEEP
def credential_renew(request, number: int):
    """Write down the next cycle of a credential."""
    form = DaysForm(request.POST or None)
    return acted(request, number, form, actions.renew, _("Renew %(credential)s"), _("Renew it"))


@ASKED
@MAY_KEEP
def credential_correct(request, number: int):
    """Set right what was written down wrongly."""
    form = CorrectForm(request.POST or None, credential=found(request, number))
    return acted(request, number, form, actions.correct, _("Correct %(credential)s"), _("Correct it"))


@ASKED
@MAY_KEEP
def credential_strike(request, number: int):
    """Take out what was entered in error."""
    form = ReasonForm(request.POST or None, credential=found(request, number))
    return acted(request, number, form, actions.strike, _("Strike %(credential)s"), _("Strike it"))


@ASKED
@MAY_KEEP
def credential_verify(request, number: int):
    """Write down what the primary source said."""
    form = VerifyForm(request.POST or None, credential=found(request, number))
    return acted(request, number, form, actions.verify, _("Look up %(credential)s"), _("Keep the result"))


def acted(request, number: int, form, action, title: str, act: str):
    """The page of something that is done about one credential."""
    credential = found(request, number)
    title %= {"credential": credential.certification.code}

    def do():
        action(credential, by=request.user, **form.cleaned_data)
        return done(request, credential.employee_id, _("Done: %(what)s.") % {"what": title})

    lead = f"{credential.employee} · {credential.certification.title} {credential.number}"
    return filled(request, form, do, title=title, lead=lead, act=act, back=page_of(credential.employee_id))


def found(request, number: int) -> Credential:
    """A credential that the person may keep; asked once a request."""
    if not hasattr(request, "credential"):
        rows = Credential.objects.led_by(request.user).select_related("employee", "certification")
        request.credential = get_object_or_404(rows, pk=number)
    return request.credential


def page_of(person: int) -> str:
    return reverse("person_credentials", args=[person])


def done(request, person: int, words: str) -> HttpResponseRedirect:
    messages.success(request, words)
    return HttpResponseRedirect(page_of(person))
