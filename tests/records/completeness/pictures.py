"""All that an audit wrote about a facility, by the names that others know it by: two facilities of equal charts that
were audited in two ways must give the same picture, row by row."""

from records.models import Deficiency, DeficiencyEvent, Due, Expected, Record
from staff.models import Facility

VISIT = "record__encounter__identifiers__value"
ABOUT = (
    *("topic", "requirement__code", "requirement__version", "document_type__code"),
    *("episode__start_first", "episode__title", "document__identifier", "owed_by__identifiers__value", "due_at"),
)
FLAGS = (
    *("status", "requirements_due", "requirements_met", "open_deficiencies", "oldest_due_at"),
    *("delinquent_at", "completed_at", "next_check_at"),
)


def of(facility: Facility) -> dict[str, list[str]]:
    here = {"record__facility": facility}
    tables = {
        "deficiencies": Deficiency.objects.filter(**here).values_list(
            *(VISIT, *ABOUT, "slot", "block", "kind", "status", "cause", "element", "mendable", "opened_at"),
            *("resolved_at", "served_by__identifier"),
        ),
        "history": DeficiencyEvent.objects.filter(deficiency__record__facility=facility).values_list(
            *(f"deficiency__{name}" for name in (VISIT, *ABOUT[:-2], "slot")),
            *("as_of", "status", "kind", "cause", "due_at", "resolved_at", "requirement__code", "because"),
            "owed_by__identifiers__value",
        ),
        "expected": Expected.objects.filter(**here).values_list(VISIT, *ABOUT),
        "records": Record.objects.filter(facility=facility).values_list("encounter__identifiers__value", *FLAGS),
        "due": Due.objects.filter(**here).values_list(VISIT),
    }
    return {name: sorted(repr(row).replace(f"{facility.code}-", "") for row in rows) for name, rows in tables.items()}


def rows(*models) -> dict[str, list[tuple]]:
    """Whole tables, number by number."""
    return {model.__name__: sorted(model.objects.values_list(), key=repr) for model in models}
