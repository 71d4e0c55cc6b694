"""The page of one record's two times: what a surveyor would have found on a day, and what was known then."""

from django.db.models import FETCH_RAISE
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from himdept.common.db.nested import nested, unnested
from records import moment_asked, stay
from records.completeness.known import comparing
from records.confidentiality.actions import log_read
from records.inventory.models import Episode, Practitioner, Record
from records.inventory.queries import number_of_patient, number_of_visit
from records.views import EPISODES, documents, stored_deficiencies


@require_safe
def record_known(request, number: int):
    """What of a record stands otherwise as of `as_of` than by what was known at `known_at` (without it: then), and why.

    Opening it is opening the record, and written to the access log.
    """
    records = Record.objects.visible_to(request.user).annotate(
        mrn=number_of_patient("encounter__patient"),
        visit=number_of_visit("encounter"),
        its_episodes=nested(EPISODES, performer=Practitioner),
    )
    record = get_object_or_404(
        records.fetch_mode(FETCH_RAISE).select_related(
            "facility",
            "encounter__facility",
            "encounter__patient",
            "encounter__service",
            "encounter__attending",
        ),
        pk=number,
    )
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
