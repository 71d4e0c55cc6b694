"""The nights in the browser: how each went step by step, one begun by hand, and the hour at which they begin."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.nightly import nights, tasks
from compliance.nightly.forms import HourForm
from compliance.nightly.models import Night, NightStep
from compliance.scoring.views import reached
from himdept.common import spoken
from himdept.common.errors import Conflict, Unreadable
from himdept.common.filling import filled
from himdept.common.paging import Sort, page_of
from himdept.common.web import acts_from, wants_fragment

MAY_SEE = permission_required("records.view_auditrun", raise_exception=True)
MAY_RUN = permission_required("compliance.run_night", raise_exception=True)
SORTS = (Sort("due", "due_at"),)


@require_safe
@MAY_SEE
def night_list(request):
    """Every night of the person's facilities, the next one first, and when they begin."""
    failed = NightStep.objects.filter(state=NightStep.State.FAILED).order_by("ordinal")
    rows = Night.objects.visible_to(request.user).as_told().prefetch_related(Prefetch("steps", failed, "failed_steps"))
    context, status = {"facilities": request.user.reached}, 200
    try:
        context["page"] = page_of(rows, SORTS, sort="-due", at=request.GET.get("at", ""))
    except Unreadable as refusal:
        context["refusal"], status = refusal, 400
    template = "compliance/night_list.html" + ("#nights" if wants_fragment(request) else "")
    return render(request, template, context, status=status)


@require_safe
@MAY_SEE
def night_page(request, number: int):
    """One night: its steps in their order, with what each counted, how long it took and how often it was tried."""
    night = get_object_or_404(Night.objects.visible_to(request.user).as_told(), pk=number)
    context = {
        "night": night,
        "steps": night.steps.select_related("audit").order_by("ordinal"),
        "under_way": night.state == Night.State.RUNNING,
    }
    template = "compliance/night_page.html" + ("#state" if wants_fragment(request) else "")
    return render(request, template, context)


@acts_from("night_list")
@MAY_RUN
def night_begin(request, code: str):
    """Begin a night by hand, now; its page follows it. One that is under way is led to instead."""
    facility = reached(request, code)
    try:
        night = nights.begin_by_hand(facility, by=request.user)
    except Conflict as refusal:
        messages.info(request, refusal.message)
        night = Night.objects.filter(facility=facility, state=Night.State.RUNNING).order_by("pk").last()
        return HttpResponseRedirect(reverse("night_page", args=[night.pk]) if night else reverse("night_list"))
    tasks.go_on(night)
    return HttpResponseRedirect(reverse("night_page", args=[night.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_RUN
def night_hour(request, code: str):
    """Set the hour at which the nights of a facility begin."""
    facility = reached(request, code)
    form = HourForm(request.POST or None, initial={"begins_at": facility.night_begins_at})

    def do():
        following = nights.set_hour(facility, form.cleaned_data["begins_at"], by=request.user)
        words = {"at": spoken.minute(following.due_at, facility.zone)}
        messages.success(request, _("The next night begins on %(at)s.") % words)
        return HttpResponseRedirect(reverse("night_list"))

    title, act = _("When the night begins"), _("Keep it")
    return filled(request, form, do, title=title, lead=facility, act=act, back=reverse("night_list"))
