"""All that an audit wrote about a facility, by the names that others know it by: two facilities of equal charts that
were audited in two ways must give the same picture, row by row."""

from django.db.models import Case, Exists, F, OuterRef, Q, When

from records.models import Deficiency, DeficiencyEvent, Due, Expected, KeptFigures, KeptOwing, Record
from staff.models import Facility

VISIT = "record__encounter__identifiers__value"
ABOUT = (
    *("topic", "requirement__code", "requirement__version", "document_type__code"),
    *("episode__start_first", "episode__title", "document__identifier", "owed_by__identifiers__value", "due_at"),
)
FLAGS = (
    *("status", "requirements_due", "requirements_met", "open_deficiencies", "oldest_due_at"),
    *("delinquent_at", "next_check_at"),
)
# Of an audit the moment that it judged; what a person did is told of the moment in which he did it, and two facilities
# do not share that one.
JUDGED = Case(When(run=None, then=None), default=F("as_of"))
WAIVED_THEN = Exists(Deficiency.objects.filter(record=OuterRef("pk"), waived_at=OuterRef("completed_at")))
COMPLETED = Case(When(WAIVED_THEN, then=None), default=F("completed_at"))


def of(facility: Facility) -> dict[str, list[str]]:
    here = {"record__facility": facility}
    tables = {
        "deficiencies": Deficiency.objects.filter(**here).values_list(
            *(VISIT, *ABOUT, "slot", "block", "kind", "status", "cause", "element", "mendable", "opened_at"),
            *("resolved_at", "served_by__identifier"),
        ),
        "history": DeficiencyEvent.objects.filter(deficiency__record__facility=facility).values_list(
            *(f"deficiency__{name}" for name in (VISIT, *ABOUT[:-2], "slot")),
            JUDGED,
            *("status", "kind", "cause", "due_at", "resolved_at", "requirement__code", "because"),
            "owed_by__identifiers__value",
        ),
        "expected": Expected.objects.filter(**here).values_list(VISIT, *ABOUT),
        "records": Record.objects.filter(facility=facility).values_list(
            "encounter__identifiers__value", *FLAGS, COMPLETED
        ),
        "due": Due.objects.filter(Q(**here) | Q(facility=facility)).values_list(VISIT),
        "figures": KeptFigures.objects.filter(facility=facility).values_list(
            *("run__as_of", "day", "confidentiality", "open", "past_due", "undated", "delinquent", "incomplete"),
            *("due_today", "discharges", "months"),
        ),
        "owing": KeptOwing.objects.filter(facility=facility).values_list(
            "run__as_of", "day", "confidentiality", "practitioner__identifiers__value", "open", "past_due"
        ),
    }
    return {name: sorted(repr(row).replace(f"{facility.code}-", "") for row in rows) for name, rows in tables.items()}


def rows(*models) -> dict[str, list[tuple]]:
    """Whole tables, number by number."""
    return {model.__name__: sorted(model.objects.values_list(), key=repr) for model in models}
