"""Recurring controls in the browser: the calendar of a year, one control with all its times, and what is done."""

from datetime import date
from itertools import groupby

from auditlog.models import LogEntry
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.controls import actions
from compliance.controls.forms import KINDS, ControlForm, MoveForm, NewControlForm, doing
from compliance.controls.models import Control, ControlOccurrence
from compliance.controls.schedule import months_later
from compliance.controls.suggestions import LOOKED_AT_IN, SUGGESTIONS
from compliance.evidence.models import Kind
from compliance.scoring.views import reached, today_of
from compliance.standards import library
from compliance.standards.models import Element
from himdept.common import days, lists, spoken
from himdept.common.filling import filled
from himdept.common.lists import Listing
from staff.models import Facility
from staff.qualifications.forms import ReasonForm

MAY_SEE = permission_required("compliance.view_readiness", raise_exception=True)
MAY_DO = permission_required("compliance.add_evidence", raise_exception=True)
MAY_OWN = permission_required("compliance.own_evidence", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])
MONTHS, EARLIEST = 12, date(2000, 1, 1)


@require_safe
@MAY_SEE
def control_calendar(request, code: str = ""):
    """The controls of a facility, month by month for a year, and those that wait before it."""
    if not request.user.reached:
        return render(request, "compliance/control_calendar.html", {"facility": None})
    facility = reached(request, code or request.user.reached[0].code)
    today = today_of(facility)
    asked = days.month_in(request, "from", instead=today.replace(day=1), first=EARLIEST)
    first = asked.day
    after = months_later(first, MONTHS)
    times = (
        ControlOccurrence.objects.filter(control__facility=facility).with_names().order_by("due_on", "control__title")
    )
    shown = list(times.filter(due_on__gte=first, due_on__lt=after))
    context = {
        "facility": facility,
        "facilities": request.user.reached,
        "today": today,
        "asked": asked,
        "first": first,
        "after": after,
        "before": months_later(first, -MONTHS),
        "overdue": list(times.overdue(first)) if first <= today else [],
        "months": by_month(shown, first),
        "controls": facility.controls.going_on(today).select_related("owner").order_by("title"),
    }
    return render(request, "compliance/control_calendar.html", context, status=asked.status)


def by_month(times: list[ControlOccurrence], first: date) -> list[tuple[date, list[ControlOccurrence]]]:
    """Twelve months with what is due in each, also those with nothing."""
    found = {month: list(part) for month, part in groupby(times, lambda one: one.due_on.replace(day=1))}
    return [(month, found.get(month, [])) for month in (months_later(first, number) for number in range(MONTHS))]


@require_safe
@MAY_SEE
def control_page(request, number: int):
    """One control: its rhythm, all its times with their evidence, who moved what, and who ended it."""
    control = control_of(request, number)
    today = today_of(control.facility)
    times = control.occurrences.select_related("done_by").in_turn()
    elements = list(control.elements.select_related("edition__framework").order_by("edition__framework__title", "code"))
    context = {
        "control": control,
        "facility": control.facility,
        "today": today,
        "times": [(time, time.may_be_done(today)) for time in times],
        "elements": elements,
        "lists": lists_for(elements, request.user),
        "moves": moves_of(control),
        "ending": ending_of(control),
    }
    return render(request, "compliance/control_page.html", context)


def lists_for(elements: list[Element], user) -> list[Listing]:
    """The lists in which a control finds what it looks at, of those that the person may open."""
    names = {LOOKED_AT_IN[element.code] for element in elements if element.code in LOOKED_AT_IN}
    return [listing for name in sorted(names) if (listing := lists.named(name)) and user.has_perm(listing.permission)]


def moves_of(control: Control) -> list[LogEntry]:
    """From the trail: each time that a due day was moved, by whom and why, the last first."""
    numbers = [str(number) for number in control.occurrences.values_list("pk", flat=True)]
    entries = LogEntry.objects.get_for_model(ControlOccurrence).filter(
        object_pk__in=numbers, action=LogEntry.Action.UPDATE
    )
    moved = entries.filter(changes__has_key="due_on").select_related("actor").order_by("-pk")
    for entry in moved:
        entry.before, entry.after = (date.fromisoformat(day) for day in entry.changes["due_on"])
    return list(moved)


def ending_of(control: Control) -> LogEntry | None:
    """From the trail: by whom and why it was ended, if it was."""
    if control.ends_on is None:
        return None
    entries = LogEntry.objects.get_for_object(control).filter(action=LogEntry.Action.UPDATE)
    return entries.filter(changes__has_key="ends_on").select_related("actor").first()


@ASKED
@MAY_OWN
def control_new(request, code: str):
    """Plan a control, from a suggestion or from nothing."""
    facility = reached(request, code)
    today = today_of(facility)
    form = NewControlForm(
        request.POST or None, facility=facility, day=today, initial=initial_of(request, facility, today)
    )

    def make():
        said = form.cleaned_data
        control = actions.add(facility, said.pop("elements"), by=request.user, **said)
        messages.success(request, _("It is planned."))
        return HttpResponseRedirect(page_of(control.pk))

    return filled(
        request,
        form,
        make,
        template="compliance/control_new.html",
        title=_("Plan a recurring control"),
        lead=facility,
        act=_("Plan it"),
        back=reverse("control_calendar_at", args=[facility.code]),
        suggestions=SUGGESTIONS.items(),
    )


def initial_of(request, facility: Facility, today: date) -> dict:
    """What a suggestion says, where one is asked for."""
    said = {"owner": request.user.pk, "anchor": months_later(today.replace(day=1), 1)}
    if found := SUGGESTIONS.get(request.GET.get("of", "")):
        in_force = Element.objects.filter(edition__in=library.in_force(facility, today), code__in=found.elements)
        elements = list(in_force.values_list("pk", flat=True))
        said |= {"title": found.title, "basis": found.basis, "every_months": found.every_months, "elements": elements}
    return said


@ASKED
@MAY_OWN
def control_change(request, number: int):
    """Change what a control is called, what it supports, and who answers for it."""
    control = going_on(request, number)
    said = {name: getattr(control, name) for name in ("title", "basis", "owner")}
    said["elements"] = list(control.elements.values_list("pk", flat=True))
    today = today_of(control.facility)
    form = ControlForm(request.POST or None, facility=control.facility, day=today, control=control, initial=said)

    def do():
        given = form.cleaned_data
        actions.change(control, given.pop("elements"), by=request.user, **given)
        return done(request, number, _("It is changed."))

    words = {"title": _("Change a control"), "lead": control, "act": _("Change it")}
    return filled(request, form, do, back=page_of(number), **words)


@ASKED
@MAY_OWN
def control_end(request, number: int):
    """End a control."""
    control, form = going_on(request, number), ReasonForm(request.POST or None)

    def do():
        actions.end(control, by=request.user, **form.cleaned_data)
        return done(request, number, _("It has ended."))

    words = {"title": _("End a control"), "lead": control, "act": _("End it")}
    return filled(request, form, do, back=page_of(number), **words)


@ASKED
@MAY_OWN
def occurrence_move(request, number: int):
    """Move the day by which one time is due."""
    time = time_of(request, number)
    form = MoveForm(request.POST or None, initial={"due_on": time.due_on})

    def do():
        actions.move(time, by=request.user, **form.cleaned_data)
        return done(request, time.control_id, _("It is moved."))

    scheduled = spoken.date_of(time.scheduled_on)
    lead = _("%(control)s, scheduled for %(day)s") % {"control": time.control, "day": scheduled}
    words = {"title": _("Move the day by which it is due"), "lead": lead, "act": _("Move it")}
    return filled(request, form, do, back=page_of(time.control_id), **words)


@ASKED
@MAY_DO
def occurrence_done(request, number: int, kind: str):
    """Write down that it was done, with the evidence of it."""
    time = time_of(request, number)
    if kind not in KINDS:
        raise Http404
    scheduled = spoken.date_of(time.scheduled_on)
    said = {"title": time.title_of_evidence, "done_on": today_of(time.control.facility)}
    form = doing(kind, request.POST or None, request.FILES or None, occurrence=time, initial=said)

    def do():
        given = {name: value for name, value in form.cleaned_data.items() if name != "period"}
        actions.do(time, kind=Kind(kind), by=request.user, **given)
        return done(request, time.control_id, _("It is done."))

    return filled(
        request,
        form,
        do,
        template="compliance/evidence_form.html",
        title=_("Done: %(control)s") % {"control": time.control},
        lead=_(
            "scheduled for %(day)s; its evidence tells of %(first)s to the day on which it was done, at most to "
            "%(day)s, and is good until %(next)s"
        )
        % {"day": scheduled, "first": spoken.date_of(time.begins_on), "next": spoken.date_of(time.next_on)},
        act=_("It is done"),
        back=page_of(time.control_id),
        kinds=[(one, reverse("occurrence_done", args=[time.pk, one.value])) for one in KINDS],
        kind=kind,
    )


def control_of(request, number: int) -> Control:
    rows = Control.objects.visible_to(request.user).select_related("owner", "facility__time_zone")
    return get_object_or_404(rows, pk=number)


def going_on(request, number: int) -> Control:
    control = control_of(request, number)
    if control.ends_on is not None:
        raise Http404
    return control


def time_of(request, number: int) -> ControlOccurrence:
    return get_object_or_404(ControlOccurrence.objects.visible_to(request.user).open().with_names(), pk=number)


def page_of(number: int) -> str:
    return reverse("control_page", args=[number])


def done(request, number: int, words: str) -> HttpResponseRedirect:
    messages.success(request, words)
    return HttpResponseRedirect(page_of(number))
