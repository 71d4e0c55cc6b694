"""The screens of exclusion lists: what was checked and what is open, reading a month's list, deciding on a match."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import F
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common.filling import filled
from staff.employment.models import Employee
from staff.exclusions import actions
from staff.exclusions.forms import DecideForm, LoadForm, ParticularsForm
from staff.exclusions.listings import CHECKS, LOADS, MATCHES
from staff.exclusions.models import ExclusionList, ExclusionMatch
from staff.home.models import may_see

MAY_CHECK = permission_required("staff.check_exclusions", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100


@require_safe
@MAY_CHECK
def exclusion_page(request):
    """The lists, the last month that each was checked for, and the matches of one's line."""
    matches = ExclusionMatch.objects.visible_to(request.user).select_related("employee", "list", "decided_by")
    context = {
        "lists": ExclusionList.objects.with_due(),
        "matches": matches.order_by(F("accepted").desc(nulls_first=True), "due", "pk")[:SHOWN],
    }
    return render(request, "staff/exclusions.html", context)


@require_safe
@MAY_CHECK
def exclusion_loads(request):
    """Which lists were read."""
    return LOADS.show(request)


@require_safe
@MAY_CHECK
def exclusion_checks(request):
    """Whom each list was held against, with what result."""
    return CHECKS.show(request)


@require_safe
@MAY_CHECK
def exclusion_matches(request):
    """What was found, and what was decided about it."""
    return MATCHES.show(request)


@ASKED
@MAY_CHECK
def exclusion_load(request):
    """Read a month's list and hold everybody against it."""
    form = LoadForm(request.POST or None, request.FILES or None)
    back = reverse("exclusion_page")

    def do():
        said = form.cleaned_data
        made = actions.load(said["list"], said["file"], month=said["month"], by=request.user)
        number = made.checks.count()
        words = ngettext("%(n)d person was held against it.", "%(n)d people were held against it.", number)
        messages.success(request, words % {"n": number})
        return HttpResponseRedirect(back)

    title, act = _("Read a month's list"), _("Read it and check everybody")
    return filled(request, form, do, template="staff/exclusion_load.html", title=title, act=act, back=back)


@ASKED
@MAY_CHECK
def exclusion_decide(request, number: int):
    """Say whether an entry of a list is our person."""
    matches = ExclusionMatch.objects.visible_to(request.user).select_related("employee", "list")
    match = get_object_or_404(matches, pk=number)
    form, back = DecideForm(request.POST or None, match=match), reverse("person_exclusions", args=[match.employee_id])

    def do():
        actions.decide(match, by=request.user, **form.cleaned_data)
        messages.success(request, _("It is decided."))
        return HttpResponseRedirect(back)

    context = {"title": _("An entry of a list"), "lead": match.employee, "act": _("Decide"), "back": back}
    return filled(request, form, do, template="staff/exclusion_decide.html", match=match, **context)


@require_safe
@permission_required("staff.keep_credential", raise_exception=True)
def person_exclusions(request, number: int):
    """Against which lists one person was held, and what was found. Nobody sees this of themselves."""
    person = get_object_or_404(Employee.objects.led_by(request.user).select_related("particulars"), pk=number)
    context = {
        "person": person,
        "checks": person.exclusion_checks.select_related("load__list")[:SHOWN],
        "matches": person.exclusion_matches.select_related("list", "decided_by"),
    }
    return render(request, "staff/person_exclusions.html", context)


@ASKED
@MAY_CHECK
def person_particulars(request, number: int):
    """Write down what tells somebody from another of the same name; the birth date, for who may know of the home."""
    person = get_object_or_404(Employee.objects.led_by(request.user).select_related("particulars"), pk=number)
    known = getattr(person, "particulars", None)
    form = ParticularsForm(request.POST or None, particulars=known, tells_birth=may_see(request.user, person))
    back = reverse("person_exclusions", args=[person.pk])

    def do():
        actions.tell(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("It is written down; it counts from the next check on."))
        return HttpResponseRedirect(back)

    return filled(request, form, do, title=_("Birth date and NPI"), lead=person, act=_("Keep it"), back=back)
