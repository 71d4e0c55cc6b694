"""The inventory, and the search in it by name or number."""

from django.contrib.auth.decorators import permission_required
from django.db.models import FETCH_RAISE
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from himdept.common.columns import chosen
from himdept.common.lists import showing
from records.inventory.columns import RECORD_COLUMNS
from records.inventory.listings import RECORDS
from records.inventory.models import Record

MOST_FOUND = 100


@require_safe
@permission_required("records.view_record", raise_exception=True)
def record_list(request):
    """Every record that the person may open, newest stay first."""
    return RECORDS.show(request)


@require_POST
@permission_required("records.view_record", raise_exception=True)
def record_find(request):
    """Records by the patient's name or number, or by the visit's. A POST: names stay out of addresses and logs."""
    words = request.POST.get("words", "").replace("\x00", "").strip()[:100]
    found = Record.objects.visible_to(request.user).named(words) if words else Record.objects.none()
    rows = list(found.with_names().fetch_mode(FETCH_RAISE).order_by("-encounter__start_first", "-pk")[: MOST_FOUND + 1])
    context = {"rows": rows[:MOST_FOUND], "more": len(rows) > MOST_FOUND, "words": words, "showing": showing(request)}
    context |= {"columns": chosen(RECORD_COLUMNS)}
    return render(request, "records/record_find.html", context)
