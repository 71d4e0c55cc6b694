"""The inventory, and the search in it by name or number."""

from django.contrib.auth.decorators import permission_required
from django.db.models import FETCH_RAISE
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from himdept.common.lists import show_list
from himdept.common.paging import Sort
from records.inventory.filters import RecordFilter
from records.inventory.models import Record

SORTS = [
    Sort("start", "encounter__start_first"),
    Sort("due", "oldest_due_at", nullable=True),
    Sort("delinquent", "delinquent_at", nullable=True),
]
MOST_FOUND = 100


@require_safe
@permission_required("records.view_record", raise_exception=True)
def record_list(request):
    """Every record that the person may open, newest stay first."""
    records = Record.objects.visible_to(request.user).with_names()
    filters = RecordFilter(request.GET, records, request=request)
    return show_list(request, "records/record_list.html", filters, SORTS, first="-start", now=timezone.now())


@require_POST
@permission_required("records.view_record", raise_exception=True)
def record_find(request):
    """Records by the patient's name or number, or by the visit's. A POST: names stay out of addresses and logs."""
    words = request.POST.get("words", "").replace("\x00", "").strip()[:100]
    found = Record.objects.visible_to(request.user).named(words) if words else Record.objects.none()
    rows = list(found.with_names().fetch_mode(FETCH_RAISE).order_by("-encounter__start_first", "-pk")[: MOST_FOUND + 1])
    context = {"rows": rows[:MOST_FOUND], "more": len(rows) > MOST_FOUND, "words": words, "now": timezone.now()}
    return render(request, "records/record_find.html", context)
