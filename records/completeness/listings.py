"""The lists of what is owed, by whom, of what is to come and of the audits, for page, saved view, paper and sheet."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from himdept.common.lists import Listing, register
from himdept.common.paging import Sort
from records.completeness import practitioners
from records.completeness.columns import AUDIT_COLUMNS, DEFICIENCY_COLUMNS, EXPECTED_COLUMNS, PRACTITIONER_COLUMNS
from records.completeness.figures import runs_for
from records.completeness.filters import AuditFilter, DeficiencyFilter, ExpectedFilter
from records.completeness.models import Deficiency, Expected
from records.completeness.practitioners import PractitionerFilter
from records.completeness.queries import DeficiencyQuerySet, ExpectedQuerySet
from staff.selections import lists as selectable
from staff.selections.lists import Act, SelectableList

BY_NUMBER = Sort("number", "pk")

DEFICIENCIES = register(
    Listing(
        url_name="deficiency_list",
        title=_("Deficiencies"),
        template="records/deficiency_list.html",
        filters=DeficiencyFilter,
        rows=lambda request: Deficiency.objects.visible_to(request.user),
        dressed=DeficiencyQuerySet.in_list,
        sorts=(Sort("due", "due_at", nullable=True), BY_NUMBER),
        columns=DEFICIENCY_COLUMNS,
        permission="records.view_deficiency",
    )
)
# What matters to waiving and reassigning: whether it is open, what is wrong, and who owes it.
STATE = Concat(
    "status",
    Value(" "),
    "kind",
    Value(" "),
    Coalesce(Cast("owed_by", CharField()), Value("")),
    output_field=CharField(),
)
CHOSEN_DEFICIENCIES = selectable.register(
    SelectableList(
        DEFICIENCIES,
        STATE,
        (
            Act("deficiencies_waive", _("Waive"), "records.waive_deficiency"),
            Act("deficiencies_reassign", _("Reassign"), "records.reassign_deficiency"),
        ),
    )
)
EXPECTED = register(
    Listing(
        url_name="expected_list",
        title=_("Not yet due"),
        template="records/expected_list.html",
        filters=ExpectedFilter,
        rows=lambda request: Expected.objects.visible_to(request.user),
        dressed=ExpectedQuerySet.in_list,
        sorts=(Sort("due", "due_at"),),
        columns=EXPECTED_COLUMNS,
        permission="records.view_deficiency",
    )
)
PRACTITIONERS = register(
    Listing(
        url_name="practitioner_list",
        title=_("Practitioners"),
        template="records/practitioner_list.html",
        filters=PractitionerFilter,
        rows=lambda request: Deficiency.objects.visible_to(request.user).every_open(),
        sorts=practitioners.SORTS,
        columns=PRACTITIONER_COLUMNS,
        first="-owes",
        permission="records.view_deficiency",
        key="owed_by",
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
