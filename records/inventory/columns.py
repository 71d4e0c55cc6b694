"""The columns of the inventory. In sheets, days are local to the facility."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common.columns import Column, Showing, Under
from himdept.common.confidentiality import Confidentiality
from records.inventory.models import Record

CELLS = "records/cells/record.html#"


def local_day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at and at.astimezone(zone).date()


def due_day(at: datetime | None, zone: ZoneInfo) -> date | None:
    """The local day of a limit: what is due at a midnight is due on the day that it ends."""
    return at and (at - timedelta(microseconds=1)).astimezone(zone).date()


def marks(record: Record, showing: Showing) -> str:
    found = [str(record.get_confidentiality_display())] if record.confidentiality > Confidentiality.NORMAL else []
    return ", ".join([*found, _("legal hold")] if record.legal_hold else found)


def unjudged(record: Record, *, is_due: bool | None = None) -> bool:
    """Whether the stay has ended and no audit has looked at it since: its state and its counts are of before.

    `is_due` says whether the record waits for an audit, where that was asked of another row than the record's own.
    """
    waits = record.is_due if is_due is None else is_due
    return waits and record.status == Record.Status.IN_PROGRESS and record.encounter.end_first is not None


def state_of(record: Record, *, is_due: bool | None = None) -> str:
    return _("Not judged yet") if unjudged(record, is_due=is_due) else str(record.get_status_display())


def counted(count: str) -> Callable[[Record, Showing], int | None]:
    return lambda record, showing: None if unjudged(record) else getattr(record, count)


RECORD_COLUMNS = (
    Column(
        "patient",
        gettext_lazy("Patient"),
        lambda record, showing: showing.name(record.encounter.patient),
        opens=lambda record: reverse("record_page", args=[record.pk]),
        under=(Under(gettext_lazy("MRN"), lambda record, showing: showing.number(record.mrn)),),
        width=28,
    ),
    Column(
        "stay",
        gettext_lazy("Stay"),
        lambda record, showing: record.encounter.get_encounter_class_display(),
        under=(
            Under(
                gettext_lazy("Service"),
                lambda record, showing: record.encounter.service.title if record.encounter.service else "",
                22,
            ),
        ),
    ),
    Column(
        "began",
        gettext_lazy("Began"),
        lambda record, showing: local_day(record.encounter.start_first, record.facility.zone),
        sort="start",
        nowrap=True,
    ),
    Column(
        "ended",
        gettext_lazy("Ended"),
        lambda record, showing: local_day(record.encounter.end_first, record.facility.zone),
        otherwise=gettext_lazy("in house"),
        nowrap=True,
    ),
    Column(
        "attending",
        gettext_lazy("Attending"),
        lambda record, showing: str(record.encounter.attending or ""),
        width=24,
    ),
    Column(
        "status",
        gettext_lazy("Status"),
        lambda record, showing: state_of(record),
        cell=CELLS + "status",
        under=(
            Under(
                gettext_lazy("Delinquent since"),
                lambda record, showing: (
                    local_day(record.delinquent_at, record.facility.zone)
                    if record.status == Record.Status.DELINQUENT
                    else None
                ),
            ),
        ),
        sort="delinquent",
    ),
    Column(
        "met",
        gettext_lazy("Met"),
        counted("requirements_met"),
        cell=CELLS + "met",
        under=(Under(gettext_lazy("Asked for"), counted("requirements_due")),),
        end=True,
        nowrap=True,
    ),
    Column("open", gettext_lazy("Open"), lambda record, showing: record.open_deficiencies, end=True),
    Column(
        "due",
        gettext_lazy("Oldest due"),
        lambda record, showing: due_day(record.oldest_due_at, record.facility.zone),
        cell=CELLS + "due",
        sort="due",
        nowrap=True,
    ),
    Column("marks", gettext_lazy("Marks"), marks, cell=CELLS + "marks", width=18),
    Column(
        "facility", gettext_lazy("Facility"), lambda record, showing: str(record.facility), at_first=False, quiet=True
    ),
    Column(
        "disposition",
        gettext_lazy("Disposition"),
        lambda record, showing: str(record.encounter.get_disposition_display()),
        at_first=False,
        quiet=True,
        width=22,
    ),
    Column("location", gettext_lazy("Location"), lambda record, showing: record.location, at_first=False, quiet=True),
    Column(
        "completed",
        gettext_lazy("Completed"),
        lambda record, showing: local_day(record.completed_at, record.facility.zone),
        at_first=False,
        nowrap=True,
    ),
)
