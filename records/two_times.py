"""The page of one record's two times: what a surveyor would have found on a day, and what was known then."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from himdept.common.db.nested import unnested
from records import moment_asked, stay
from records.completeness.known import comparing
from records.confidentiality.actions import log_read
from records.inventory.models import Episode, Practitioner, Record
from records.views import documents, stored_deficiencies, with_stay


@require_safe
def record_known(request, number: int):
    """What of a record stands otherwise as of `as_of` than by what was known at `known_at` (without it: then), and why.

    Opening it is opening the record, and written to the access log.
    """
    record = get_object_or_404(with_stay(Record.objects.visible_to(request.user)), pk=number)
    log_read(record, by=request.user)
    zone, now = record.facility.zone, timezone.now()
    asked = moment_asked.read(request.GET.get("as_of", ""), zone, now)
    known = moment_asked.read(request.GET.get("known_at", "") or asked.typed, zone, now)
    context = {
        "record": record,
        "encounter": record.encounter,
        "patient": record.encounter.patient,
        "zone": zone,
        "now": now,
        "asked": asked,
        "known": known,
        "heading": stay.heading(record.encounter, zone),
    }
    if not known.is_now:
        context["compared"] = comparing.compare(
            record,
            asked.as_of,
            known.as_of,
            documents=list(documents(record)),
            episodes=unnested(Episode, record.its_episodes, performer=Practitioner),
            stored=stored_deficiencies(record),
        )
    return render(request, "records/record_known.html", context, status=400 if asked.wrong or known.wrong else 200)
