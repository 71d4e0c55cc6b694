"""The screens of a file of people: laying one before the program, looking at what it comes to, loading it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from himdept.common import sheets
from himdept.common.errors import DomainError
from himdept.common.filling import filled
from himdept.common.reports import CONTENT_TYPES
from staff.roster import actions
from staff.roster.models import PeopleFile
from staff.roster.plan import Plan, Verdict
from staff.roster.reading import COLUMNS

MAY_IMPORT = permission_required("staff.import_people", raise_exception=True)
ASKED = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100  # rows of each kind on a page


class FileForm(forms.Form):
    """A file of people."""

    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("CSV in UTF-8, or XLSX; at most 10 MB."))


@ASKED
@MAY_IMPORT
def people_files(request):
    """Lay a file of people before the program, and what came of earlier ones."""
    form = FileForm(request.POST or None, request.FILES or None)

    def lay():
        file = actions.lay(form.cleaned_data["file"], by=request.user)
        return HttpResponseRedirect(reverse("people_file", args=[file.pk]))

    return filled(
        request,
        form,
        lay,
        template="staff/people_files.html",
        files=PeopleFile.objects.visible_to(request.user).defer("rows", "refused")[:20],
        columns=COLUMNS,
    )


@ASKED
@MAY_IMPORT
def people_file(request, number: int):
    """What loading a file would come to, row by row, and the button that loads it; afterwards what came of it."""
    file = get_object_or_404(PeopleFile.objects.visible_to(request.user), pk=number)
    refusal, status = None, 200
    if request.method == "POST":
        try:
            return loaded(request, actions.load(file, by=request.user, digest=request.POST.get("digest", "")))
        except DomainError as problem:
            refusal, status = problem, problem.status
            file.refresh_from_db()
    context = {"file": file, "refusal": refusal, "shown": SHOWN}
    if file.loaded_at:
        context |= {"counts": file.counts, "refused": file.refused[:SHOWN]}
    elif file.rows:
        context |= looked_at(actions.look_at(file, by=request.user))
    return render(request, "staff/people_file.html", context, status=status)


def looked_at(plan: Plan) -> dict:
    refused = plan.of(Verdict.REFUSED)
    return {
        "digest": plan.digest,
        "counts": plan.counts,
        "refused": [(row.line, row.column, row.why) for row in refused[:SHOWN]],
        "coming": plan.of(Verdict.NEW)[:SHOWN],
        "changed": plan.of(Verdict.CHANGED)[:SHOWN],
        "number": plan.counts[Verdict.NEW] + plan.counts[Verdict.CHANGED],
    }


def loaded(request, file: PeopleFile) -> HttpResponse:
    number = file.counts[Verdict.NEW] + file.counts[Verdict.CHANGED]
    words = ngettext("%(n)d row of the file is loaded.", "%(n)d rows of the file are loaded.", number)
    messages.success(request, words % {"n": number})
    return HttpResponseRedirect(reverse("people_file", args=[file.pk]))


@require_safe
@MAY_IMPORT
def people_refused(request, number: int):
    """The rows of a file that are refused, as a sheet: as they stood there, with the line, the column and why."""
    file = get_object_or_404(PeopleFile.objects.visible_to(request.user), pk=number)
    cells = dict(file.rows)
    refused = file.refused
    if not file.loaded_at:
        refused = [
            (row.line, row.column, row.why) for row in actions.look_at(file, by=request.user).of(Verdict.REFUSED)
        ]
    headings = [_("line"), _("column"), _("why"), *COLUMNS]
    table = sheets.Table(
        "refused",
        _("Refused rows"),
        [sheets.Column(heading) for heading in headings],
        lambda: (
            (line, column, why, *(cells.get(line, {}).get(name, "") for name in COLUMNS))
            for line, column, why in refused
        ),
    )
    response = HttpResponse(content_type=CONTENT_TYPES["csv"])
    response.headers["Content-Disposition"] = f'attachment; filename="refused-{file.pk}.csv"'
    sheets.write_csv(table, response)
    return response
