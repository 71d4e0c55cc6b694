"""The columns of the lists of what is owed, by whom, of what is to come, and of the audits.

Days are local to the facility.
"""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common.columns import Column, Showing, Under
from records.completeness import still_open, wording
from records.completeness.models import AuditRun, Deficiency
from records.completeness.models.runs import State
from records.inventory.columns import due_day, local_day, state_of

CELLS = "records/cells/deficiency.html#"
EXPECTED_CELLS = "records/cells/expected.html#"
PRACTITIONER_CELLS = "records/cells/practitioner.html#"
AUDIT_CELLS = "records/cells/audit.html#"


def patient(opens: Callable[[object], str], *, beside: bool = False) -> Column:
    return Column(
        "patient",
        gettext_lazy("Patient"),
        lambda row, showing: showing.name(row.record.encounter.patient),
        opens=opens,
        beside=beside,
        under=(Under(gettext_lazy("MRN"), lambda row, showing: showing.number(row.mrn)),),
        width=28,
    )


DOCUMENT = Column(
    "document",
    gettext_lazy("Document"),
    lambda row, showing: row.document_type.title,
    under=(
        Under(
            gettext_lazy("Procedure or restraint"),
            lambda row, showing: row.episode.title if row.episode else "",
            28,
        ),
    ),
    width=28,
)
OWED_BY = Column(
    "owed_by",
    gettext_lazy("Owed by"),
    lambda row, showing: str(row.owed_by or _("nobody known")),
    width=24,
)
SERVICE = Column(
    "service",
    gettext_lazy("Service"),
    lambda row, showing: row.record.encounter.service.title if row.record.encounter.service else "",
    quiet=True,
    width=22,
)
RULE = Column(
    "rule",
    gettext_lazy("Rule"),
    lambda row, showing: row.requirement.basis if row.requirement else _("by hand"),
    dressed=lambda rows: rows.select_related("requirement"),
    quiet=True,
    nowrap=True,
    at_first=False,
    width=26,
)
FURTHER = (
    Column(
        "class",
        gettext_lazy("Class"),
        lambda row, showing: str(row.record.encounter.get_encounter_class_display()),
        quiet=True,
        at_first=False,
    ),
    Column(
        "discharged",
        gettext_lazy("Discharged"),
        lambda row, showing: local_day(row.record.encounter.end_first, row.record.encounter.facility.zone),
        otherwise=gettext_lazy("in house"),
        nowrap=True,
        at_first=False,
    ),
    Column(
        "facility",
        gettext_lazy("Facility"),
        lambda row, showing: str(row.record.encounter.facility),
        quiet=True,
        at_first=False,
        width=22,
    ),
)


def kind(row: Deficiency, showing: Showing) -> str:
    if row.is_past_mending:
        return _("past mending")
    is_told_by_kind = row.is_open or row.kind == Deficiency.Kind.LATE
    return str(row.get_kind_display() if is_told_by_kind else row.get_status_display())


def days_past_due(row: Deficiency, showing: Showing) -> int | None:
    """Of what is still open: what is closed is past due no more, and why it was closed says the rest."""
    return max((showing.now - row.due_at).days, 0) if row.is_open and row.due_at else None


DEFICIENCY_COLUMNS = (
    patient(lambda row: reverse("deficiency_page", args=[row.pk]), beside=True),
    DOCUMENT,
    Column(
        "what",
        gettext_lazy("What"),
        kind,
        cell=CELLS + "what",
        under=(Under(gettext_lazy("Element"), lambda row, showing: wording.element(row) if row.element else "", 18),),
    ),
    OWED_BY,
    SERVICE,
    RULE,
    Column(
        "due",
        gettext_lazy("Past due"),
        days_past_due,
        cell=CELLS + "due",
        in_sheet=gettext_lazy("Days past due"),
        sort="due",
        counts_down=True,
        end=True,
        nowrap=True,
    ),
    Column(
        "record",
        gettext_lazy("Record"),
        lambda row, showing: state_of(row.record, is_due=row.record_is_due),
        cell=CELLS + "record",
    ),
    Column(
        "due_on",
        gettext_lazy("Due"),
        lambda row, showing: due_day(row.due_at, row.record.encounter.facility.zone),
        cell=CELLS + "due_on",
        nowrap=True,
        at_first=False,
    ),
    Column(
        "opened",
        gettext_lazy("Open since"),
        lambda row, showing: local_day(row.opened_at, row.record.encounter.facility.zone),
        nowrap=True,
        at_first=False,
    ),
    Column(
        "because",
        gettext_lazy("Still open because"),
        lambda row, showing: still_open.words(row),
        dressed=still_open.told,
        at_first=False,
        width=40,
    ),
    *FURTHER,
)

EXPECTED_COLUMNS = (
    patient(lambda row: reverse("record_page", args=[row.record_id])),
    DOCUMENT,
    OWED_BY,
    SERVICE,
    RULE,
    Column(
        "due",
        gettext_lazy("Due"),
        lambda row, showing: due_day(row.due_at, row.record.encounter.facility.zone),
        cell=EXPECTED_CELLS + "due",
        sort="due",
        nowrap=True,
    ),
    Column(
        "left",
        gettext_lazy("Left"),
        lambda row, showing: int(max((row.due_at - showing.now).total_seconds(), 0) // 3600),
        cell=EXPECTED_CELLS + "left",
        in_sheet=gettext_lazy("Hours left"),
        end=True,
        nowrap=True,
    ),
    *FURTHER,
)


PRACTITIONER_COLUMNS = (
    Column(
        "who",
        gettext_lazy("Practitioner"),
        lambda row, showing: row.name or _("name not known"),
        cell=PRACTITIONER_CELLS + "who",
        sort="name",
        width=28,
    ),
    Column("service", gettext_lazy("Service"), lambda row, showing: row.service or "", quiet=True, width=22),
    Column(
        "owes",
        gettext_lazy("Past due"),
        lambda row, showing: row.past_due,
        cell=PRACTITIONER_CELLS + "owes",
        sort="owes",
        end=True,
    ),
    Column(
        "ages",
        gettext_lazy("Age: under 15 · to 30 · over 30 days"),
        lambda row, showing: row.band_0,
        cell=PRACTITIONER_CELLS + "ages",
        under=(
            Under(gettext_lazy("15 to 30"), lambda row, showing: row.band_1),
            Under(gettext_lazy("Over 30 days"), lambda row, showing: row.band_2),
        ),
        in_sheet=gettext_lazy("Under 15 days"),
        on_card=gettext_lazy("By age"),
    ),
    Column(
        "oldest",
        gettext_lazy("Oldest"),
        lambda row, showing: max((showing.now - row.oldest).days, 0) if row.oldest else None,
        cell=PRACTITIONER_CELLS + "oldest",
        in_sheet=gettext_lazy("Oldest, days past due"),
        sort="oldest",
        counts_down=True,
        end=True,
        nowrap=True,
    ),
    Column("open", gettext_lazy("Open"), lambda row, showing: row.open, cell=PRACTITIONER_CELLS + "open", end=True),
    Column(
        "delinquent",
        gettext_lazy("Delinquent records"),
        lambda row, showing: row.delinquent,
        on_card=gettext_lazy("Delinquent"),
        end=True,
    ),
)


def kind_of_audit(run: AuditRun, showing: Showing) -> str:
    if not run.written:
        return _("what-if")
    return _("everything") if run.full else _("what changed")


def number(key: str, label: str) -> Column:
    """A count of the audits that are over: what one under way has found is not known yet."""
    return Column(
        key,
        label,
        lambda run, showing: getattr(run, key) if run.state == State.FINISHED else None,
        end=True,
    )


AUDIT_COLUMNS = (
    Column("as_of", gettext_lazy("As of"), lambda run, showing: run.as_of, cell=AUDIT_CELLS + "as_of", nowrap=True),
    Column(
        "state",
        gettext_lazy("State"),
        lambda run, showing: str(run.get_state_display()),
        cell=AUDIT_CELLS + "state",
    ),
    Column("kind", gettext_lazy("Kind"), kind_of_audit, quiet=True),
    Column("facility", gettext_lazy("Facility"), lambda run, showing: str(run.facility or _("all")), quiet=True),
    number("records", gettext_lazy("Records")),
    number("opened", gettext_lazy("Opened")),
    number("closed", gettext_lazy("Closed")),
    number("open", gettext_lazy("Open")),
    number("delinquent", gettext_lazy("Delinquent")),
    Column(
        "seconds",
        gettext_lazy("Seconds"),
        lambda run, showing: f"{run.seconds:.1f}" if run.state == State.FINISHED else "",
        end=True,
    ),
)
