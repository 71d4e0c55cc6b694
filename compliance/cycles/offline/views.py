"""Filling in a cycle offline: taking its sheet out, laying it before the program, looking at it, taking it over."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from compliance.cycles.models import Cycle, CyclePart
from compliance.cycles.offline import actions, cells
from compliance.cycles.offline.models import CycleFile
from compliance.cycles.offline.plan import SHOWN, Plan, Verdict
from compliance.cycles.standing import PartStanding, stand, standing
from compliance.cycles.views import ASKED, MAY_SCORE, MAY_SEE, cycle_of, part_of
from himdept.common import sheets
from himdept.common.errors import DomainError
from himdept.common.filling import filled
from himdept.common.reports import CONTENT_TYPES


class SheetForm(forms.Form):
    """A sheet that was filled in."""

    file = forms.FileField(
        label=gettext_lazy("Sheet"), help_text=gettext_lazy("As it was taken out, filled in: XLSX, or CSV in UTF-8.")
    )


@require_safe
@MAY_SEE
def cycle_sheet(request, number: int):
    """All parts of a cycle as a workbook."""
    cycle = cycle_of(request, number)
    return workbook(cycle, standing(cycle).parts, f"cycle-{cycle.pk}")


@require_safe
@MAY_SEE
def part_sheet(request, number: int):
    """One part of a cycle as a workbook."""
    part: CyclePart = part_of(request, number)
    return workbook(part.cycle, stand(part.cycle, [part]), f"part-{part.pk}")


def workbook(cycle: Cycle, parts: list[PartStanding], name: str) -> HttpResponse:
    facts = [
        (_("Facility"), str(cycle.facility)),
        (_("Fill in"), _("the columns Result, Likelihood, Scope and Because; leave the others as they are")),
        *((column.title(), ", ".join(str(word) for word in words.values())) for column, words in cells.WORDS.items()),
    ]
    response = HttpResponse(content_type=CONTENT_TYPES["xlsx"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    sheets.write_xlsx(cycle.title, facts, [cells.table(parts)], response)
    return response


@ASKED
@MAY_SCORE
def cycle_files(request, number: int):
    """Take the sheet of a cycle out, lay one before the program, and what came of earlier ones."""
    cycle = cycle_of(request, number)
    form = SheetForm(request.POST or None, request.FILES or None)

    def lay():
        file = actions.lay(cycle, form.cleaned_data["file"], by=request.user)
        return HttpResponseRedirect(reverse("cycle_file", args=[file.pk]))

    files = CycleFile.objects.visible_to(request.user).filter(cycle=cycle).defer("rows")[:20]
    return filled(request, form, lay, template="compliance/cycle_files.html", cycle=cycle, files=files)


@ASKED
@MAY_SCORE
def cycle_file(request, number: int):
    """What taking over a sheet would come to, cell by cell, and the button that does it; afterwards what came of it."""
    files = CycleFile.objects.visible_to(request.user).select_related("cycle__facility__time_zone")
    file = get_object_or_404(files, pk=number)
    refusal, status = None, 200
    if request.method == "POST":
        try:
            return loaded(request, actions.load(file, by=request.user, digest=request.POST.get("digest", "")))
        except DomainError as problem:
            refusal, status = problem, problem.status
            file.refresh_from_db(fields=["loaded_at", "counts", "left_out"])
    context = {"file": file, "cycle": file.cycle, "refusal": refusal, "shown": SHOWN, "counts": file.counts}
    context |= file.left_out or {}
    if not file.loaded_at and file.rows:
        context |= looked_at(actions.look_at(file, by=request.user))
    return render(request, "compliance/cycle_file.html", context, status=status)


def looked_at(plan: Plan) -> dict:
    return {
        "digest": plan.digest,
        "counts": plan.counts,
        "number": plan.counts[Verdict.CHANGED],
        "changed": plan.of(Verdict.CHANGED)[:SHOWN],
        **plan.left_out,
    }


def loaded(request, file: CycleFile) -> HttpResponse:
    number = file.counts[Verdict.CHANGED]
    words = ngettext("%(n)d row of the sheet is taken over.", "%(n)d rows of the sheet are taken over.", number)
    messages.success(request, words % {"n": number})
    return HttpResponseRedirect(reverse("cycle_file", args=[file.pk]))
