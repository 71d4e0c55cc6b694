"""Survey cycles in the browser: all of them, one with its score, starting, assigning and closing one."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.cycles import actions
from compliance.cycles.comparing import compared
from compliance.cycles.forms import AssignForm, StartForm
from compliance.cycles.models import COORDINATES, SCORES, Cycle, CyclePart, State, who_can_score
from compliance.cycles.standing import bare, standing
from compliance.standards import library
from compliance.standards.models import Edition
from himdept.common.errors import DomainError
from himdept.common.filling import filled

MAY_SEE = permission_required("compliance.view_readiness", raise_exception=True)
MAY_SCORE = permission_required(SCORES, raise_exception=True)
MAY_COORDINATE = permission_required(COORDINATES, raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 50  # cycles


@require_safe
@MAY_SEE
def cycle_list(request):
    """The cycles of one's facilities, those that are open first."""
    cycles = Cycle.objects.visible_to(request.user).with_names()
    cycles = cycles.annotate(
        all_parts=Count("parts"), closed_parts=Count("parts", filter=Q(parts__state=State.CLOSED))
    ).order_by("-begins", "-pk")[:SHOWN]
    return render(request, "compliance/cycle_list.html", {"cycles": cycles})


@require_safe
@MAY_SCORE
def my_parts(request):
    """What one is to score, what is due first; then what one has handed over."""
    parts = CyclePart.objects.of(request.user).with_names()
    context = {
        "to_score": parts.to_score().order_by("due", "pk"),
        "handed_over": parts.handed_over().order_by("-cycle__begins", "-pk")[:SHOWN],
    }
    return render(request, "compliance/my_parts.html", context)


@ASKED
@MAY_COORDINATE
def cycle_start(request, code: str = ""):
    """Start a cycle at a facility, of the editions that are in force there."""
    reached = request.user.reached
    facility = next((one for one in reached if code in ("", one.code)), None)
    if facility is None:
        raise Http404
    today = timezone.localdate(timezone=facility.zone)
    in_force = [edition.pk for edition in library.in_force(facility, today)]
    editions = Edition.objects.filter(pk__in=in_force).select_related("framework").order_by("framework__title")
    initial = {"begins": today, "editions": in_force}
    form = StartForm(request.POST or None, editions=editions, initial=initial)

    def do():
        cycle = actions.start(facility, by=request.user, **form.cleaned_data)
        messages.success(request, _("The cycle is started. Say who scores its parts."))
        return HttpResponseRedirect(reverse("cycle_assign", args=[cycle.pk]))

    return filled(
        request,
        form,
        do,
        template="compliance/cycle_start.html",
        facility=facility,
        others=[one for one in reached if one != facility],
    )


@require_safe
@MAY_SEE
def cycle_page(request, number: int):
    """One cycle: how far its parts are, its score, how bad what falls short is, and what the cycle before found."""
    cycle = cycle_of(request, number)
    stands = standing(cycle)
    context = {
        "cycle": cycle,
        "stands": stands,
        "bare": bare(stands, last_day_of(cycle)),
        "compared": compared(stands),
        "today": today_of(cycle),
    }
    return render(request, "compliance/cycle.html", context)


@ASKED
@MAY_COORDINATE
def cycle_assign(request, number: int):
    """Say who scores which part, and by when: all parts on one page."""
    cycle = cycle_of(request, number)
    parts = list(cycle.parts.to_score().with_names().in_order())
    people = {one.pk: one for one in who_can_score(cycle.facility)}
    forms = [AssignForm(request.POST or None, part=part, people=people) for part in parts]
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if sum(not form.is_valid() for form in forms) == 0:  # each of them says what is wrong with it
            try:
                return assigned(request, cycle, forms)
            except DomainError as problem:
                refusal, status = None if problem.field else problem, problem.status  # else beside its field
    context = {"cycle": cycle, "forms": forms, "refusal": refusal, "people": people}
    return render(request, "compliance/cycle_assign.html", context, status=status)


def assigned(request, cycle: Cycle, forms: list[AssignForm]):
    with transaction.atomic():
        for form in forms:
            if form.is_changed:
                due = form.cleaned_data["due"]
                try:
                    actions.assign(form.part, assignee=form.person, due=due, seen=form.seen, by=request.user)
                except DomainError as problem:
                    form.add_error(problem.field or None, problem.message)
                    raise
    messages.success(request, _("The parts are assigned."))
    return HttpResponseRedirect(reverse("cycle_page", args=[cycle.pk]))


@ASKED
@MAY_COORDINATE
def cycle_close(request, number: int):
    """What closing a cycle comes to, and the button that closes it."""
    cycle = cycle_of(request, number)
    refusal, status = None, 200
    if request.method == "POST":
        try:
            actions.close(cycle, by=request.user)
            messages.success(request, _("The cycle is closed. Its score is final."))
            return HttpResponseRedirect(reverse("cycle_page", args=[cycle.pk]))
        except DomainError as problem:
            refusal, status = problem, problem.status
    stands = standing(cycle)
    context = {"cycle": cycle, "stands": stands, "bare": bare(stands, last_day_of(cycle)), "refusal": refusal}
    return render(request, "compliance/cycle_close.html", context, status=status)


def cycle_of(request, number: int) -> Cycle:
    return get_object_or_404(Cycle.objects.visible_to(request.user).with_names(), pk=number)


def part_of(request, number: int) -> CyclePart:
    return get_object_or_404(CyclePart.objects.visible_to(request.user).with_names(), pk=number)


def today_of(cycle: Cycle) -> date:
    return timezone.localdate(timezone=cycle.facility.zone)


def last_day_of(cycle: Cycle) -> date:
    """The facility's own day on which a cycle was closed, else today."""
    return timezone.localdate(cycle.closed_at, cycle.facility.zone)


def see_that(allowed: bool):
    if not allowed:
        raise PermissionDenied
