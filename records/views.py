"""The page of one record: what every room of records knows of it, in one place."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from records.completeness import why
from records.completeness.models import Deficiency, Expected
from records.confidentiality.actions import log_read
from records.confidentiality.models import AccessLog
from records.inventory.models import Document, Patient, Record
from records.inventory.queries import number_of_patient, number_of_visit

OPEN_FIRST = Case(
    When(status=Deficiency.Status.OPEN, then=Value(0)),
    When(status=Deficiency.Status.RESOLVED, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
LAST_READERS = 10


@require_safe
def record_page(request, number: int):
    """One record: who, which stay, what it lacks and why, what it holds. Opening it is written to the access log."""
    records = Record.objects.visible_to(request.user).annotate(
        mrn=number_of_patient("encounter__patient"), visit=number_of_visit("encounter")
    )
    record = get_object_or_404(
        records.select_related(
            "facility", "closed_by", "encounter__patient", "encounter__service", "encounter__attending"
        ),
        pk=number,
    )
    log_read(record, by=request.user)
    return render(
        request,
        "records/record_page.html",
        {
            "record": record,
            "encounter": record.encounter,
            "patient": record.encounter.patient,
            "age": age(record.encounter.patient),
            "zone": record.facility.zone,
            "deficiencies": explained(record),
            "expected": awaited(record),
            "documents": documents(record),
            "episodes": record.episodes.select_related("performer").order_by("start_first", "pk"),
            "readers": readers(record, request.user),
            "now": timezone.now(),
        },
    )


@dataclass(frozen=True)
class Explained:
    """A deficiency with its words: what is wrong, why, and what would close it."""

    deficiency: Deficiency
    headline: str
    why: str
    would_satisfy: str


def explained(record: Record) -> list[Explained]:
    """The record's deficiencies, open ones first and longest due first."""
    rows = record.deficiency_set.with_names().order_by(OPEN_FIRST, "due_at", "pk")
    return [Explained(row, why.headline(row), why.sentence(row), why.would_satisfy(row)) for row in rows]


def awaited(record: Record) -> list[tuple[Expected, str]]:
    rows = record.expected_set.with_names().order_by("due_at", "pk")
    return [(row, why.awaited(row)) for row in rows]


def documents(record: Record):
    """The documents of the record and those filed in it, in the order in which they were written."""
    return (
        Document.objects.filter(Q(record=record) | Q(filings__record=record))
        .distinct()
        .select_related("document_type", "author", "authenticator", "cosigner", "episode")
        .order_by("authored_first", "ordinal", "pk")
    )


def readers(record: Record, user):
    """The last who opened it, for those who watch over confidentiality."""
    if not user.has_perm("records.view_accesslog"):
        return None
    return AccessLog.objects.filter(record=record).select_related("user").order_by("-at")[:LAST_READERS]


def age(patient: Patient) -> int | None:
    """Age in completed years, today or at death."""
    if patient.birth_date is None:
        return None
    end = timezone.localdate(patient.deceased_first)
    return (
        end.year - patient.birth_date.year - ((end.month, end.day) < (patient.birth_date.month, patient.birth_date.day))
    )
