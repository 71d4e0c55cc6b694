"""The deficiency report: what is owed, by practitioner, by service and by document type, and the whole list with why.

It tells a chart by its numbers (MRN and visit) and never by the patient's name: they are all that the work needs
(45 CFR 164.502(b), minimum necessary). Times are those of each record's facility; days past due count to now. Its sums
are those of the huddle, made by the same adjectives.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import FETCH_RAISE, F, Max, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common import spoken
from himdept.common.confidentiality import Confidentiality
from himdept.common.reports import Contents, Operator, Report
from himdept.common.sheets import Cell, Column, Table
from records.completeness import why
from records.completeness.models import AuditRun, Deficiency, Requirement
from records.completeness.models.runs import State
from records.inventory.models import DocumentType, Practitioner, Record, Service
from records.inventory.queries import number_of_patient, number_of_visit
from staff.models import Facility, User

AT_A_TIME = 1_000  # rows fetched, so that memory stays flat


@dataclass(frozen=True)
class Scope:
    """Which records a report is about, and in whose name it is made."""

    facilities: list[Facility]
    records: QuerySet[Record]
    deficiencies: QuerySet[Deficiency]
    holds: str
    made_by: str


def for_whom(by: User | Operator) -> Scope:
    """The records that a person may open; for the operator of the server, all."""
    if isinstance(by, Operator):
        return Scope(
            list(Facility.objects.all()), Record.objects.all(), Deficiency.objects.all(), _("every record"), str(by)
        )
    return Scope(
        list(by.facilities.all()),
        Record.objects.visible_to(by),
        Deficiency.objects.visible_to(by),
        _("the records that %(person)s may open") % {"person": by},
        str(by),
    )


def of_facility(facility: Facility, most: Confidentiality) -> Scope:
    """The records of one facility that are at most so confidential: what is kept of a night."""
    records = Record.objects.filter(facility=facility, confidentiality__lte=most)
    return Scope(
        [facility],
        records,
        Deficiency.objects.filter(record__in=records),
        _("every record whose confidentiality is at most %(rank)s") % {"rank": most.label},
        _("the night"),
    )


def contents(scope: Scope) -> Contents:
    """What stands in the report; its tables are read as they are written, within the caller's snapshot."""
    now, judged = timezone.now(), last_audits(scope.facilities)
    parts = {
        "summary": (SUMMARY, lambda: sums(scope, now)),
        "practitioners": (tally_of(_("Practitioner")), lambda: by_practitioner(scope, now)),
        "services": (tally_of(_("Service")), lambda: by_service(scope, now)),
        "documents": (tally_of(_("Document")), lambda: by_document(scope, now)),
        "list": (COLUMNS, lambda: rows(scope.deficiencies, now, judged)),
    }
    return Contents(
        title=_("Deficiency report"),
        facts=facts(scope, now, judged),
        sections=[Table(name, str(SECTIONS[name]), columns, made) for name, (columns, made) in parts.items()],
    )


SECTIONS = {
    "summary": gettext_lazy("Summary"),
    "practitioners": gettext_lazy("By practitioner"),
    "services": gettext_lazy("By service"),
    "documents": gettext_lazy("By document"),
    "list": gettext_lazy("Deficiencies"),
}

REPORT = Report(
    name="deficiencies",
    title=gettext_lazy("Deficiency report"),
    description=gettext_lazy("What is owed by practitioner, service and document type, and the whole list with why."),
    permission="records.export_report",
    contents=lambda by: contents(for_whom(by)),
    sections=SECTIONS,
)


def facts(scope: Scope, now: datetime, judged: dict[int, datetime]) -> list[tuple[str, str]]:
    told = []
    for facility in scope.facilities:
        at = judged.get(facility.pk)
        as_of = _("as of the audit of %(time)s") % {"time": zoned(at, facility)} if at else _("no audit yet")
        told.append((_("Facility"), f"{facility.name} ({facility.code}), {as_of}"))
    at_home = scope.facilities[0] if scope.facilities else None
    told.append((_("Made"), _("%(time)s by %(who)s") % {"time": zoned(now, at_home), "who": scope.made_by}))
    told.append((_("Holds"), scope.holds))
    return told


def zoned(at: datetime, facility: Facility | None) -> str:
    zone = facility.zone if facility else timezone.get_default_timezone()
    return f"{spoken.minute(at, zone)} ({zone})"


def last_audits(facilities: list[Facility]) -> dict[int, datetime]:
    """The moment that each facility's last finished and written audit judged."""
    written = AuditRun.objects.filter(written=True, state=State.FINISHED)
    moments = {
        facility.pk: written.filter(Q(facility=None) | Q(facility=facility)).aggregate(at=Max("as_of"))["at"]
        for facility in facilities
    }
    return {facility: at for facility, at in moments.items() if at is not None}


# -- The sums --------------------------------------------------------------------------------------------------------

SUMMARY = [Column(gettext_lazy("What"), 42), Column(gettext_lazy("How much"), 70)]


def sums(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    still = scope.deficiencies.open()
    oldest = still.overdue(now).order_by("due_at", "pk").select_related("record__facility").first()
    yield _("Open deficiencies"), still.count()
    yield _("of these past due"), still.overdue(now).count()
    yield _("of these without a clock (undated entries)"), still.filter(due_at=None).count()
    yield _("Longest past due: was due on"), oldest and due_on(oldest.due_at, oldest.record.facility.zone)
    yield _("Longest past due: days"), oldest and (now - oldest.due_at).days
    yield _("Met late so far"), scope.deficiencies.late().count()
    yield _("Incomplete records"), scope.records.unfinished().count()
    yield _("of these delinquent"), scope.records.filter(status=Record.Status.DELINQUENT).count()


def tally_of(whom: str) -> list[Column]:
    return [
        Column(whom, 42),
        Column(_("Open")),
        Column(_("Past due")),
        Column(_("Longest past due, days"), 22),
        Column(_("Met late so far"), 16),
        Column(_("Delinquent records"), 20),
    ]


def by_practitioner(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    names = {"family": F("owed_by__family_name"), "given": F("owed_by__given_name")}

    def name(row: dict) -> str:
        return str(Practitioner(row["owed_by"], row["family"], row["given"])) if row["owed_by"] else _("nobody known")

    return tallied(scope, now, name, "owed_by", **names)


def by_service(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    names = {"service": F("record__encounter__service"), "title": F("record__encounter__service__title")}
    return tallied(scope, now, lambda row: row["title"] or _("no service"), "service", **names)


def by_document(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    return tallied(scope, now, lambda row: row["title"], "document_type", title=F("document_type__title"))


def tallied(scope: Scope, now: datetime, name: Callable[[dict], str], by: str, **names) -> Iterator[tuple[Cell, ...]]:
    for row in scope.deficiencies.tallied(by, at=now, **names):
        longest = max((now - row["oldest_due_at"]).days, 0) if row["oldest_due_at"] else None
        yield name(row), row["open"], row["past_due"], longest, row["late"], row["delinquent"]


# -- The list --------------------------------------------------------------------------------------------------------

COLUMNS = [
    Column(gettext_lazy("Facility")),
    Column(gettext_lazy("MRN"), 14),
    Column(gettext_lazy("Visit"), 14),
    Column(gettext_lazy("Service"), 22),
    Column(gettext_lazy("Discharged on"), 14),
    Column(gettext_lazy("Record"), 12),
    Column(gettext_lazy("Document"), 28),
    Column(gettext_lazy("Kind"), 16),
    Column(gettext_lazy("What is wrong"), 36),
    Column(gettext_lazy("Owed by"), 24),
    Column(gettext_lazy("Due on"), 12),
    Column(gettext_lazy("Due at (none: end of day)"), 12),
    Column(gettext_lazy("Days past due"), 10),
    Column(gettext_lazy("Open since"), 12),
    Column(gettext_lazy("Basis"), 26),
    Column(gettext_lazy("Why"), 70),
    Column(gettext_lazy("Would be satisfied by"), 50),
    Column(gettext_lazy("As of the audit of"), 18),
]


def rows(deficiencies: QuerySet[Deficiency], now: datetime, judged: dict[int, datetime]) -> Iterator[tuple[Cell, ...]]:
    """The open ones, by practitioner. Fetched some at a time, each with all that is told of it."""
    kinds, states = labels(Deficiency.Kind), labels(Record.Status)
    for row in fetched(deficiencies.open().by_practitioner()):
        stay, facility = row.record.encounter, row.record.encounter.facility
        zone, as_of = facility.zone, judged.get(facility.pk)
        yield (
            facility.code,
            row.mrn,
            row.visit,
            stay.service.title if stay.service else "",
            stay.end_first and stay.end_first.astimezone(zone).date(),
            states[row.record.status],
            row.document_type.title,
            kinds[row.kind],
            why.headline(row),
            str(row.owed_by) if row.owed_by else "",
            row.due_at and due_on(row.due_at, zone),
            row.due_at and due_at(row.due_at, zone),
            row.due_at and max((now - row.due_at).days, 0),
            row.opened_at.astimezone(zone).date(),
            row.requirement.basis if row.requirement else "",
            why.sentence(row),
            why.would_satisfy(row),
            as_of and as_of.astimezone(zone),
        )


MOMENTS = {
    "record__encounter": ["start_first", "start_last", "end_first", "end_last"],
    "episode": ["kind", "start_first", "start_last", "end_first", "end_last"],
    "document": ["verbal", "signed", "authored_first", "authored_last", "signed_first", "signed_last"],
    "served_by": ["verbal", "signed", "authored_first", "authored_last", "signed_first", "signed_last"],
}
OWN = ["record", "document_type", "requirement", "owed_by", "episode", "document", "served_by", "slot", "kind"]
OWN += ["element", "status", "mendable", "due_at", "opened_at", "record__status"]
OWN += ["record__encounter__facility", "record__encounter__service"]


def fetched(deficiencies: QuerySet[Deficiency]) -> Iterator[Deficiency]:
    """The rows with what is told of each, and no more: with whole rows a long report takes three times as long.

    What thousands of them share (rules, practitioners, services) is fetched once.
    """
    requirements = Requirement.objects.select_related("profile").in_bulk()
    types, services, facilities = (of.objects.in_bulk() for of in (DocumentType, Service, Facility))
    practitioners = Practitioner.objects.in_bulk()
    own = [*OWN, *(f"{path}__{field}" for path, fields in MOMENTS.items() for field in fields)]
    lean = deficiencies.select_related(*MOMENTS).only(*own).fetch_mode(FETCH_RAISE)
    numbered = lean.annotate(
        mrn=number_of_patient("record__encounter__patient"), visit=number_of_visit("record__encounter")
    )
    for row in numbered.iterator(chunk_size=AT_A_TIME):
        stay = row.record.encounter
        row.requirement = requirements.get(row.requirement_id)
        row.document_type = types[row.document_type_id]
        row.owed_by = practitioners.get(row.owed_by_id)
        stay.service, stay.facility = services.get(stay.service_id), facilities[stay.facility_id]
        yield row


def labels(choices: type[TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def due_on(at: datetime, zone: ZoneInfo) -> date:
    """The local day on which something is due: what is due at a midnight is due on the day that it ends."""
    return (at - timedelta(microseconds=1)).astimezone(zone).date()


def due_at(at: datetime, zone: ZoneInfo) -> time | None:
    """The local time at which it is due, unless it is the midnight that ends the day."""
    local = at.astimezone(zone).time()
    return None if local == time() else local
