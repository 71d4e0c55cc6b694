"""Acting on deficiencies from the browser: on one, on what was chosen from the list, and taking it back."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from himdept.common.errors import Conflict, DomainError
from himdept.common.web import acts_from, wants_fragment, way_back
from records.completeness import bulk, deficiencies
from records.completeness.forms import ReasonForm, ReassignForm, WaiveForm, practitioners_named
from records.completeness.listings import DEFICIENCIES
from records.completeness.models import Decision, Deficiency
from records.confidentiality.actions import log_read
from staff.fitness.facts import see_that_may_work
from staff.fitness.models import Queue

UNDO = "undo"  # marks a notice that has an Undo button; the decision's token follows

MAY_WAIVE = permission_required("records.waive_deficiency", raise_exception=True)
MAY_REASSIGN = permission_required("records.reassign_deficiency", raise_exception=True)


@dataclass(frozen=True)
class Doing:
    """The words and the form of an act on many."""

    title: str
    form: type[ReasonForm]
    act: Callable


WAIVING = Doing(gettext_lazy("Waive"), WaiveForm, bulk.waive)
REASSIGNING = Doing(gettext_lazy("Reassign"), ReassignForm, bulk.reassign)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_WAIVE
def deficiencies_waive(request):
    """Waive what was chosen: first what will happen, then the reason."""
    return on_selection(request, WAIVING)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_REASSIGN
def deficiencies_reassign(request):
    """Let another practitioner owe what was chosen: first what will happen, then who and why."""
    return on_selection(request, REASSIGNING)


def see_that_may_act(request: HttpRequest):
    """Raises NotFit for somebody of the department who is off this worklist (docs/adr/0042)."""
    if request.method == "POST":
        see_that_may_work(request.user, Queue.DEFICIENCIES)


def on_selection(request: HttpRequest, doing: Doing) -> HttpResponse:
    see_that_may_act(request)
    token = token_in(request.POST if request.method == "POST" else request.GET)
    selection = bulk.selection_of(token, by=request.user)
    if request.method != "POST" or "find" in request.POST:
        if selection is None:
            raise Conflict(_("What was chosen has been acted on or cleared meanwhile. Choose again from the list."))
        return ask(request, doing, selection, form=None if request.method != "POST" else looking(doing, request))
    form = doing.form(request.POST)
    if selection is not None and not form.is_valid():
        return ask(request, doing, selection, form=form, status=422)
    try:
        if selection is None:  # sent twice: the second is told what the first one did
            did = Decision.Act.WAIVED if doing is WAIVING else Decision.Act.REASSIGNED
            decision = bulk.done_before(token, did, by=request.user)
        else:
            given = {name: value for name, value in form.cleaned_data.items() if name != "who"}
            decision = doing.act(token, by=request.user, agreed=request.POST.get("agreed", ""), **given)
    except bulk.Changed as changed:
        return ask(request, doing, selection, form=form, difference=changed.difference, status=changed.status)
    say_done(request, decision)
    query = selection.query if selection else ""
    return HttpResponseRedirect(DEFICIENCIES.url + (f"?{query}" if query else ""))


def ask(request, doing: Doing, selection, *, form=None, difference=None, status=200) -> HttpResponse:
    """The page of an act: what it will do, what it leaves out, and the form."""
    preview = bulk.preview(selection, by=request.user)
    difference = preview.difference if difference is None else difference
    form = form or doing.form()
    context = {
        "doing": doing,
        "form": form,
        "selection": selection,
        "preview": preview,
        "now": timezone.now(),
        "difference": difference,
        "left_out": difference.rows(request.user) if difference else (),
        "back": DEFICIENCIES.url + (f"?{selection.query}" if selection.query else ""),
        **found_by(form, preview),
    }
    template = "records/act.html" + ("#practitioners" if wants_fragment(request) else "")
    return render(request, template, context, status=status)


def looking(doing: Doing, request) -> ReasonForm:
    """The form with what was typed and without complaints: somebody is only looking for a name."""
    return doing.form(initial={name: request.POST.get(name, "") for name in ("who", "to", "because")})


def found_by(form: ReasonForm, preview=None) -> dict:
    """The practitioners to choose from: by what was typed, else those who are asked for most often."""
    if "to" not in form.fields:
        return {}
    words = str(form["who"].value() or "").strip()[:100]
    found = practitioners_named(words) if words else preview.attending()
    return {"practitioners": found, "looked_for": words, "to": str(form["to"].value() or "")}


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_REASSIGN
def deficiency_reassign(request, number: int):
    """Let another practitioner owe one deficiency. Opening it shows a patient's data and is logged as a read."""
    see_that_may_act(request)
    rows = Deficiency.objects.visible_to(request.user).with_names()
    deficiency = get_object_or_404(rows, pk=number)
    if request.method != "POST" or "find" in request.POST:
        form = looking(REASSIGNING, request) if request.method == "POST" else ReassignForm()
        return ask_for_one(request, deficiency, form)
    form = ReassignForm(request.POST)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("to", "because")}
        try:
            done = deficiencies.reassign(deficiency, by=request.user, **given)
        except DomainError as refusal:
            if not refusal.field:
                raise
            form.add_error(refusal.field, refusal.message)
        else:
            say_done(request, done.decision)
            return to_deficiency(done)
    return ask_for_one(request, deficiency, form, status=422)


def ask_for_one(
    request, deficiency: Deficiency, form: ReasonForm, *, doing: Doing = REASSIGNING, status=200
) -> HttpResponse:
    log_read(deficiency.record, by=request.user)
    context = {
        "doing": doing,
        "form": form,
        "deficiency": deficiency,
        "back": reverse("deficiency_page", args=[deficiency.pk]),
        **found_by(form, bulk.Preview([deficiency.pk], bulk.Difference(1))),
    }
    template = "records/act.html" + ("#practitioners" if wants_fragment(request) else "")
    return render(request, template, context, status=status)


@acts_from("deficiency_page", "number")
@MAY_WAIVE
def deficiency_waive(request, number: int):
    """Close a deficiency that can no longer be made good; a reason that is refused is asked for again."""
    see_that_may_act(request)
    form = WaiveForm(request.POST)
    if not form.is_valid():
        rows = Deficiency.objects.visible_to(request.user).with_names()
        return ask_for_one(request, get_object_or_404(rows, pk=number), form, doing=WAIVING, status=422)
    done = decide(request, number, deficiencies.waive)
    say_done(request, done.decision)
    return to_deficiency(done)


@acts_from("deficiency_page", "number")
@MAY_WAIVE
def deficiency_reinstate(request, number: int):
    """Take a waiver back, with the reason that was typed."""
    done = decide(request, number, deficiencies.reinstate)
    messages.success(request, _("The waiver was taken back; it stands as the record says."))
    return to_deficiency(done)


@acts_from("deficiency_page", "number")
@MAY_REASSIGN
def deficiency_give_back(request, number: int):
    """Take a reassignment back, with the reason that was typed."""
    done = decide(request, number, deficiencies.give_back)
    messages.success(request, _("The reassignment was taken back; it is owed by whom the rule names."))
    return to_deficiency(done)


def decide(request, number: int, act: Callable) -> Deficiency:
    see_that_may_act(request)
    deficiency = get_object_or_404(Deficiency.objects.visible_to(request.user), pk=number)
    return act(deficiency, by=request.user, because=request.POST.get("because", ""))


def to_deficiency(deficiency: Deficiency) -> HttpResponseRedirect:
    address = reverse("record_page", args=[deficiency.record_id])
    return HttpResponseRedirect(f"{address}#deficiency-{deficiency.pk}")


@acts_from("deficiency_list")
def decision_undo(request, token: UUID):
    """Take back what one decision did. Only who made it may, for ten minutes: to everybody else it is not there."""
    try:
        undone = bulk.undo(token, by=request.user, agreed=request.POST.get("agreed", ""))
    except Decision.DoesNotExist as unknown:
        raise Http404 from unknown
    except bulk.Changed as changed:
        context = {
            "token": token,
            "difference": changed.difference,
            "left_out": changed.difference.rows(request.user),
            "back": way_back(request),
        }
        return render(request, "records/undo.html", context, status=changed.status)
    messages.success(request, bulk.words(undone, undone.events.count()))
    return HttpResponseRedirect(way_back(request))


def say_done(request, decision: Decision):
    """A notice of what was done, with its Undo button."""
    messages.success(request, bulk.words(decision, decision.events.count()), extra_tags=f"{UNDO} {decision.token}")


def token_in(data) -> UUID:
    try:
        return UUID(data.get("selection", ""))
    except ValueError as problem:
        raise Http404 from problem
