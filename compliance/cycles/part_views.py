"""A part of a cycle in the browser: its elements as a table and one by one, and what is done with it as a whole."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from compliance.cycles import actions
from compliance.cycles.forms import AskForm, MarkForm
from compliance.cycles.models import CyclePart, Mark
from compliance.cycles.standing import stand
from compliance.cycles.views import ASKED, MAY_COORDINATE, MAY_SCORE, MAY_SEE, last_day_of, part_of, see_that
from compliance.cycles.workflow import Role, open_to, roles_of
from compliance.evidence.queries import evidence_of
from himdept.common import metrics
from himdept.common.errors import DomainError
from himdept.common.filling import filled
from himdept.common.web import acts_from


@require_safe
@MAY_SEE
def part(request, number: int):
    """The elements of a part, how each stands by each hand, and what may be done with it."""
    return shown(request, part_of(request, number))


def shown(request, part: CyclePart, refusal: DomainError | None = None):
    stands = stand(part.cycle, [part])[0]
    context = {
        "part": part,
        "cycle": part.cycle,
        "stands": stands,
        "moves": open_to(request.user, part),
        "steps": part.steps.select_related("by"),
        "first_open": next((row for row in stands.rows if not row.is_done), stands.rows[0] if stands.rows else None),
        "refusal": refusal,
    }
    return render(request, "compliance/cycle_part.html", context, status=refusal.status if refusal else 200)


@ASKED
@MAY_SEE
def element(request, number: int, element: int):
    """One element by itself: what it asks, what is found of it, and the ones before and after it."""
    part = part_of(request, number)
    stands = stand(part.cycle, [part])[0]
    place = next((at for at, row in enumerate(stands.rows) if row.element.pk == element), None)
    if place is None:
        raise Http404
    row, around = stands.rows[place], dict(enumerate(stands.rows))
    before, after = around.get(place - 1), around.get(place + 1)
    day = last_day_of(part.cycle)
    moves, roles = open_to(request.user, part), roles_of(request.user, part)
    scores = Role.ASSIGNEE in roles and (part.is_writable or Role.COORDINATOR not in roles)
    form = MarkForm(request.POST or None, row=row, reviews=not scores)
    if request.method == "POST":
        see_that(bool(roles) or part.cycle.closed_at is not None)

    def do():
        verb = actions.score if scores else actions.review
        verb(part, row.element, form.said, after=form.cleaned_data["after"], by=request.user)
        goes_on = {"next": after, "back": before}.get(request.POST.get("then")) or row
        return HttpResponseRedirect(reverse("cycle_element", args=[part.pk, goes_on.element.pk]))

    return filled(
        request,
        form,
        do,
        template="compliance/cycle_element.html",
        part=part,
        cycle=part.cycle,
        stands=stands,
        row=row,
        place=place + 1,
        before=before,
        after=after,
        can_mark="score" in moves or "review" in moves,
        reviews=not scores,
        measures=[metrics.named(code) for code in row.element.metrics if metrics.named(code)],
        evidence=evidence_of(part.cycle.facility, [row.element], day)[row.element.pk],
        day=day,
        binds=row.element.edition.binds(part.cycle.facility),
        marks=Mark.objects.filter(part=part, element=row.element).select_related("by", "reading").order_by("-pk"),
    )


@acts_from("cycle_part", "number")
@MAY_SCORE
def part_submit(request, number: int):
    """Hand a part over."""
    return done(request, number, actions.submit, lambda _found: _("The part is submitted."))


@acts_from("cycle_part", "number")
@MAY_COORDINATE
def part_accept(request, number: int):
    """Take over what was scored of everything that the coordinator has not spoken of."""

    def told(accepted: int) -> str:
        return ngettext("%(n)d score is accepted.", "%(n)d scores are accepted.", accepted) % {"n": accepted}

    return done(request, number, actions.accept, told)


@acts_from("cycle_part", "number")
@MAY_COORDINATE
def part_close(request, number: int):
    """Be done with a part."""
    return done(request, number, actions.close_part, lambda _found: _("The part is closed."))


def done(request, number: int, act, told):
    """Do something with a part and go back to it; what is refused is said on its page."""
    part = part_of(request, number)
    try:
        messages.success(request, told(act(part, by=request.user)))
    except DomainError as problem:
        return shown(request, part_of(request, number), problem)
    return HttpResponseRedirect(reverse("cycle_part", args=[part.pk]))


@ASKED
@MAY_COORDINATE
def part_ask(request, number: int):
    """Give a part back, with words on what is to be changed."""
    part = part_of(request, number)
    form = AskForm(request.POST or None)
    back = reverse("cycle_part", args=[part.pk])

    def do():
        actions.ask(part, because=form.cleaned_data["because"], by=request.user)
        messages.success(request, _("The part is given back."))
        return HttpResponseRedirect(back)

    title = _("Request changes: %(part)s") % {"part": part}
    lead = f"{part.cycle} · {part.chapter} · {part.assignee}"
    return filled(request, form, do, title=title, lead=lead, act=_("Give it back"), back=back)
