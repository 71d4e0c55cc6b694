"""The access log as a list, for the review of activity (45 CFR 164.308(a)(1)(ii)(D)). Times are the installation's."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.columns import Column, Showing, Under
from himdept.common.confidentiality import Confidentiality
from himdept.common.lists import Listing, register
from himdept.common.paging import Sort
from records.confidentiality import words
from records.confidentiality.filters import AccessFilter
from records.confidentiality.models import AccessLog
from records.confidentiality.queries import AccessLogQuerySet, Kind
from records.inventory.queries import number_of_patient

CELLS = "records/cells/access.html#"


def patient(entry: AccessLog, showing: Showing) -> str:
    return showing.name(entry.record.encounter.patient) if entry.record else ""


def mark(entry: AccessLog, showing: Showing) -> str:
    if not entry.record or entry.record.confidentiality <= Confidentiality.NORMAL:
        return ""
    return str(entry.record.get_confidentiality_display())


def rows(entry: AccessLog, showing: Showing) -> int | None:
    """How many rows a list had; of a message there is nothing to count."""
    return entry.rows if words.kind_of(entry) in (Kind.REPORT, Kind.PRINTED, Kind.EXPORTED) else None


ACCESS = register(
    Listing(
        url_name="access_list",
        title=_("Access log"),
        template="records/access_list.html",
        filters=AccessFilter,
        rows=lambda request: AccessLog.objects.visible_to(request.user),
        dressed=AccessLogQuerySet.in_list,
        sorts=(Sort("at", "at"),),
        columns=(
            Column(
                "at",
                _("When"),
                lambda entry, showing: entry.at.astimezone(timezone.get_current_timezone()),
                cell=CELLS + "at",
                sort="at",
                nowrap=True,
                width=18,
            ),
            Column(
                "who",
                _("Who"),
                lambda entry, showing: words.who(entry),
                cell=CELLS + "who",
                under=(Under(_("Account"), lambda entry, showing: words.account(entry), 18),),
                width=24,
            ),
            Column("act", _("What they did"), lambda entry, showing: words.did(entry), width=26),
            Column(
                "record",
                _("Record"),
                patient,
                cell=CELLS + "record",
                in_sheet=_("Patient"),
                under=(
                    Under(_("MRN"), lambda entry, showing: showing.number(entry.mrn)),
                    Under(_("Record no."), lambda entry, showing: entry.record_id, 12),
                ),
                dressed=lambda entries: entries.annotate(mrn=number_of_patient("record__encounter__patient")),
                width=28,
            ),
            Column("marks", _("Marks"), mark, cell=CELLS + "marks", width=16),
            Column(
                "what",
                _("List, report, reason or address"),
                lambda entry, showing: words.of_what(entry),
                on_card=_("Of what"),
                width=48,
            ),
            Column("rows", _("Rows"), rows, end=True, width=8),
            Column(
                "facility",
                _("Facility"),
                lambda entry, showing: str(entry.record.facility) if entry.record else "",
                at_first=False,
                quiet=True,
                width=24,
            ),
            Column(
                "kept",
                _("As it is kept"),
                lambda entry, showing: entry.detail,
                at_first=False,
                quiet=True,
                width=48,
            ),
        ),
        first="-at",
        permission="records.view_accesslog",
        exported_by="records.view_accesslog",
        key="id",
    )
)
