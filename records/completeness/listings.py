"""The lists of what is owed, what is to come and the audits: the one definition behind page, saved view and sheet."""

from django.utils.translation import gettext_lazy as _

from himdept.common.lists import Listing, register
from himdept.common.paging import Sort
from records.completeness.columns import AUDIT_COLUMNS, DEFICIENCY_COLUMNS, EXPECTED_COLUMNS
from records.completeness.figures import runs_for
from records.completeness.filters import AuditFilter, DeficiencyFilter, ExpectedFilter
from records.completeness.models import Deficiency, Expected

BY_NUMBER = Sort("number", "pk")

DEFICIENCIES = register(
    Listing(
        url_name="deficiency_list",
        title=_("Deficiencies"),
        template="records/deficiency_list.html",
        filters=DeficiencyFilter,
        rows=lambda request: Deficiency.objects.visible_to(request.user).with_names(),
        sorts=(Sort("due", "due_at", nullable=True), BY_NUMBER),
        columns=DEFICIENCY_COLUMNS,
        permission="records.view_deficiency",
    )
)
EXPECTED = register(
    Listing(
        url_name="expected_list",
        title=_("Not yet due"),
        template="records/expected_list.html",
        filters=ExpectedFilter,
        rows=lambda request: Expected.objects.visible_to(request.user).with_names(),
        sorts=(Sort("due", "due_at"),),
        columns=EXPECTED_COLUMNS,
        permission="records.view_deficiency",
    )
)
AUDITS = register(
    Listing(
        url_name="audit_list",
        title=_("Audit runs"),
        template="records/audit_list.html",
        filters=AuditFilter,
        rows=lambda request: runs_for(request.user).select_related("facility", "requested_by"),
        sorts=(BY_NUMBER,),
        columns=AUDIT_COLUMNS,
        first="-number",
        permission="records.view_auditrun",
    )
)
