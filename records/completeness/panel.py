"""One deficiency on a page of its own, which is also the panel beside the list."""

from django.contrib.auth.decorators import permission_required
from django.db.models import FETCH_RAISE
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from himdept.common.web import wants_fragment
from records.completeness import told, why
from records.completeness.models import Deficiency
from records.confidentiality.actions import log_read


@require_safe
@permission_required("records.view_deficiency", raise_exception=True)
def deficiency_page(request, number: int):
    """One deficiency: why, what would satisfy it, what else is owed on its record, its history.

    A script gets the `#panel` alone. Either shows a patient's data and is written to the access log.
    """
    rows = Deficiency.objects.visible_to(request.user).with_names().fetch_mode(FETCH_RAISE)
    deficiency = get_object_or_404(rows, pk=number)
    record = deficiency.record
    zone = record.encounter.facility.zone
    log_read(record, by=request.user)
    others = record.deficiency_set.open().exclude(pk=number).with_names().fetch_mode(FETCH_RAISE)
    context = {
        "deficiency": deficiency,
        "record": record,
        "encounter": record.encounter,
        "patient": record.encounter.patient,
        "zone": zone,
        "headline": why.headline(deficiency),
        "why": why.sentence(deficiency),
        "would_satisfy": why.would_satisfy(deficiency),
        "others": [(row, why.headline(row)) for row in others.order_by("due_at", "pk")],
        "steps": told.steps(deficiency, zone),
        "now": timezone.now(),
        "is_beside": (is_beside := wants_fragment(request)),
    }
    template = "records/deficiency_page.html" + ("#panel" if is_beside else "")
    return render(request, template, context)
