"""Taking the people of one's line out as a file: the one that can be laid before the program again."""

import tempfile

from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from himdept.common import sheets, spoken
from himdept.common.reports import CONTENT_TYPES
from records.confidentiality.actions import log_export
from staff.roster.knowing import rows_of
from staff.roster.reading import COLUMNS

WRITERS = ("csv", "xlsx")


@require_GET
@permission_required("staff.import_people", raise_exception=True)
def people_export(request, form: str):
    """The people of one's line who sit in a seat. Neither pay nor discipline is in it: such a file travels."""
    if form not in WRITERS:
        raise Http404
    rows = list(rows_of(request.user))
    table = sheets.Table("people", _("People"), [sheets.Column(name, width=18) for name in COLUMNS], lambda: iter(rows))
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    if form == "csv":
        sheets.write_csv(table, out)
    else:
        at = spoken.minute(timezone.now(), timezone.get_current_timezone())
        sheets.write_xlsx(_("People"), [(_("As of"), at)], [table], out)
    log_export(f"people {form}", by=request.user, rows=len(rows))
    out.seek(0)
    made = timezone.localtime().strftime("%Y-%m-%d-%H%M")
    return FileResponse(out, as_attachment=True, filename=f"people-{made}.{form}", content_type=CONTENT_TYPES[form])
