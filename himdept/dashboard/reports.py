"""Reports: made now for the person who asks, or kept by the night. Every one that tells of charts is logged."""

import tempfile
from contextlib import ExitStack

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_safe

from himdept.common import reading, reports
from himdept.common.columns import Column
from himdept.common.db.snapshots import snapshot
from himdept.common.errors import DomainError
from himdept.common.lists import ListFilter, Listing, register
from himdept.common.masking import is_masked
from himdept.common.paging import Sort
from himdept.common.reports import Report
from himdept.common.sheets import Look
from himdept.common.web import wants_fragment
from records.completeness.kept import is_as_kept
from records.completeness.models import KeptReport
from records.confidentiality.actions import log_export

MOST_ON_A_PAGE = {Look.LIST: 2_000, Look.TALLY: 100}  # rows of a table of a report; the files have all


class KeptFilter(ListFilter):
    """The kept reports have no filters yet: the latest stand first."""

    class Meta:
        model = KeptReport
        fields = ()


CELLS = "dashboard/cells/kept.html#"
KEPT = register(
    Listing(
        url_name="report_list",
        title=gettext_lazy("Kept reports"),
        template="dashboard/report_list.html",
        filters=KeptFilter,
        rows=lambda request: KeptReport.objects.visible_to(request.user).select_related("facility"),
        sorts=(Sort("number", "pk"),),
        columns=(
            Column(
                "as_of",
                gettext_lazy("As of"),
                lambda kept, showing: kept.as_of.astimezone(kept.facility.zone),
                cell=CELLS + "as_of",
                nowrap=True,
                width=18,
            ),
            Column("facility", gettext_lazy("Facility"), lambda kept, showing: str(kept.facility), width=24),
            Column(
                "clearance",
                gettext_lazy("Tells of records up to"),
                lambda kept, showing: str(kept.get_clearance_display()),
                quiet=True,
                width=20,
            ),
            Column("rows", gettext_lazy("Rows"), lambda kept, showing: kept.rows, end=True),
            Column(
                "made",
                gettext_lazy("Kept"),
                lambda kept, showing: kept.made_at.astimezone(kept.facility.zone),
                cell=CELLS + "made",
                quiet=True,
                nowrap=True,
                width=18,
            ),
            Column(
                "file", gettext_lazy("File"), lambda kept, showing: kept.format.upper(), cell=CELLS + "file", width=8
            ),
        ),
        first="-number",
        permission="records.export_report",
    )
)


@require_safe
@permission_required("records.export_report", raise_exception=True)
def report_list(request):
    """The reports that the person may have, and those that were kept, latest first."""
    offered = [report for report in reports.every() if request.user.has_perm(report.permission)]
    return KEPT.show(request, reports=offered, days=settings.KEPT_REPORT_DAYS)


@require_safe
def report_page(request, name: str):
    """A report on the screen, as of now: its sums at once, its list when asked for (a script asks by itself)."""
    report = asked_for(request, name)
    with_list, fragment = request.GET.get("section") == "list", wants_fragment(request)
    with snapshot():
        contents = report.contents(request.user)
        if is_masked(request):
            contents = contents.masked()
        sums = [table for table in contents.sections if table.look != Look.LIST]
        lists = [table for table in contents.sections if table.look == Look.LIST]
        shown = lists if fragment else [*sums, *lists] if with_list else sums
        words = reading.context(contents, shown, most=MOST_ON_A_PAGE)
        for section in words["sections"]:
            section.gathered  # noqa: B018 - read now, within the snapshot
    if with_list:
        log_export(f"report {name} page", by=request.user, rows=words["sections"][-1].groups.rows)
    context = words | {"offered": report, "with_list": with_list, "lists": lists}
    return render(request, "dashboard/report_page.html" + ("#list" if fragment else ""), context)


@require_GET
def report_download(request, name: str, form: str):
    """A report as of now, of what the person may see."""
    report, section = asked_for(request, name), request.GET.get("section", "")
    with ExitStack() as until_sent:
        out = until_sent.enter_context(tempfile.TemporaryFile())
        masked = is_masked(request)
        rows = reports.write(report, out, form=form, section=section, by=request.user, masked=masked)
        log_export(" ".join(part for part in ("report", name, section, form) if part), by=request.user, rows=rows)
        until_sent.pop_all()  # from here on the response closes it
    made = timezone.localtime().strftime("%Y-%m-%d-%H%M")
    filename = "-".join(part for part in (name, section, made) if part)
    return sent(out, f"{filename}.{form}", form)


def asked_for(request, name: str) -> Report:
    report = reports.named(name)
    if report is None:
        raise Http404
    if not request.user.has_perm(report.permission):
        raise PermissionDenied
    return report


@require_GET
@permission_required("records.export_report", raise_exception=True)
def kept_download(request, number: int):
    """A report as the night kept it, or a refusal: if it is no longer that file, or names are masked and it is not."""
    if is_masked(request):
        raise DomainError(_("Names are masked, and a kept file holds whole numbers. Show names first, then fetch it."))
    report = get_object_or_404(KeptReport.objects.visible_to(request.user), pk=number)
    if not is_as_kept(report):
        raise DomainError(_("This file is no longer the one that was kept. Tell the people who run this program."))
    log_export(f"kept report {report.pk} {report.format}", by=request.user, rows=report.rows)
    return sent(report.file.open("rb"), report.file.name.rsplit("/", 1)[-1], report.format)


def sent(file, filename: str, form: str) -> FileResponse:
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=reports.CONTENT_TYPES[form])
