"""The deficiency report: what is owed, by practitioner, by service and by document type, and the whole list with why.

It tells a chart by its numbers (MRN and visit) and never by the patient's name: they are all that the work needs
(45 CFR 164.502(b), minimum necessary). Times are those of each record's facility; days past due count to now. Its sums
are those of the huddle, made by the same adjectives.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.db.models import FETCH_RAISE, BooleanField, Count, ExpressionWrapper, F, Max, Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from himdept.common import spoken
from himdept.common.confidentiality import Confidentiality
from himdept.common.reports import Contents, Operator, Report
from himdept.common.sheets import Cell, Column, Linked, Look, Place, Table
from records.completeness import why
from records.completeness.figures import address
from records.completeness.filters import NOBODY, required_types
from records.completeness.models import AuditRun, Deficiency, Requirement
from records.completeness.models.runs import State
from records.completeness.queries import DELINQUENT, LATE, OPEN, overdue
from records.inventory.filters import AGES, UNFINISHED
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
        "summary": (SUMMARY, lambda: sums(scope, now), Look.FIGURES),
        "kinds": (BY_KIND, lambda: by_kind(scope, now), Look.SMALL),
        "ages": (BY_AGE, lambda: by_age(scope, now), Look.SMALL),
        "services": (tally_of(_("Service")), lambda: by_service(scope, now), Look.TALLY),
        "practitioners": (tally_of(_("Practitioner")), lambda: by_practitioner(scope, now), Look.TALLY),
        "documents": (tally_of(_("Document")), lambda: by_document(scope, now), Look.TALLY),
        "list": (columns_for(scope), lambda: rows(scope.deficiencies, now, judged), Look.LIST),
    }
    return Contents(
        title=_("Deficiency report"),
        facts=facts(scope, now, judged),
        sections=[
            Table(name, str(SECTIONS[name]), columns, made, look, subtotal if look == Look.LIST else None)
            for name, (columns, made, look) in parts.items()
        ],
        by=scope.made_by,
        at=zoned(now, scope.facilities[0] if scope.facilities else None),
    )


SECTIONS = {
    "summary": gettext_lazy("Summary"),
    "kinds": gettext_lazy("By kind"),
    "ages": gettext_lazy("By age"),
    "services": gettext_lazy("By service"),
    "practitioners": gettext_lazy("By practitioner"),
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
    oldest = scope.deficiencies.overdue(now).order_by("due_at", "pk").select_related("record__facility").first()
    of = scope.deficiencies.filter(OPEN | LATE).aggregate(
        open=Count("pk", filter=OPEN),
        past_due=Count("pk", filter=overdue(now)),
        undated=Count("pk", filter=OPEN & Q(due_at=None)),
        late=Count("pk", filter=LATE),
    )
    records = scope.records.unfinished().aggregate(
        unfinished=Count("pk"), delinquent=Count("pk", filter=Q(status=Record.Status.DELINQUENT))
    )
    yield _("Open deficiencies"), Linked(of["open"], address(LIST))
    yield _("of these past due"), Linked(of["past_due"], address(LIST, age=0))
    yield _("of these without a clock (undated entries)"), Linked(of["undated"], address(LIST, kind="undated"))
    yield _("Longest past due: was due on"), oldest and due_on(oldest.due_at, oldest.record.facility.zone)
    yield _("Longest past due: days"), oldest and (now - oldest.due_at).days
    yield _("Met late so far"), Linked(of["late"], address(LIST, **MET_LATE))
    yield _("Incomplete records"), Linked(records["unfinished"], address("record_list", status=UNFINISHED))
    yield _("of these delinquent"), Linked(records["delinquent"], address("record_list", status="delinquent"))


LIST, MET_LATE = "deficiency_list", {"status": Deficiency.Status.RESOLVED, "kind": Deficiency.Kind.LATE}


def tally_of(whom: str, width: int = 42) -> list[Column]:
    return [
        Column(whom, width),
        Column(_("Open"), is_number=True),
        Column(_("Past due"), is_number=True),
        Column(_("Longest past due, days"), 22, is_number=True),
        Column(_("Met late so far"), 16, is_number=True),
        Column(_("Delinquent records"), 20, is_number=True),
    ]


STILL_OPEN = Column(gettext_lazy("Open"), is_number=True)
DELINQUENT_RECORDS = Column(gettext_lazy("Delinquent records"), 20, is_number=True)
BY_KIND = [
    Column(gettext_lazy("Kind"), 22),
    STILL_OPEN,
    Column(gettext_lazy("Past due"), is_number=True),
    Column(gettext_lazy("Longest, days"), 14, is_number=True),
    DELINQUENT_RECORDS,
]
BY_AGE = [Column(gettext_lazy("Past due"), 22), STILL_OPEN, DELINQUENT_RECORDS]


def by_kind(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    """What is open; what was met late is owed no more, and is told in the summary."""
    kinds = labels(Deficiency.Kind)
    for row in scope.deficiencies.tallied("kind", at=now):
        if row["open"]:
            name, opened, past_due, longest, _late, delinquent = tally(
                kinds[row["kind"]], row, now, {"kind": row["kind"]}
            )
            yield name, opened, past_due, longest, delinquent


def by_age(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    """Each line holds the one below it, as the choices of the list do: what is over 15 days is over 7 days too."""
    ages = {days: overdue(now - timedelta(days=int(days))) for days, _label in AGES_TOLD}
    counts = {f"open_{days}": Count("pk", filter=aged) for days, aged in ages.items()}
    counts |= {
        f"records_{days}": Count("record", filter=aged & DELINQUENT, distinct=True) for days, aged in ages.items()
    }
    of = scope.deficiencies.open().aggregate(**counts)
    for days, label in AGES_TOLD:
        yield str(label), Linked(of[f"open_{days}"], address(LIST, age=days)), of[f"records_{days}"]


AGES_TOLD = (("0", gettext_lazy("any time")), *AGES)


def by_practitioner(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    names = {"family": F("owed_by__family_name"), "given": F("owed_by__given_name")}

    def name(row: dict) -> str:
        return str(Practitioner(row["owed_by"], row["family"], row["given"])) if row["owed_by"] else _("nobody known")

    return tallied(scope, now, name, lambda row: {"owed_by": row["owed_by"] or NOBODY}, "owed_by", **names)


def by_service(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    names = {"service": F("record__encounter__service"), "title": F("record__encounter__service__title")}
    return tallied(
        scope,
        now,
        lambda row: row["title"] or _("no service"),
        lambda row: {"service": row["service"] or "null"},
        "service",
        **names,
    )


def by_document(scope: Scope, now: datetime) -> Iterator[tuple[Cell, ...]]:
    # The list can be narrowed by those that some rule asks for; a count of another leads nowhere.
    offered = ExpressionWrapper(Q(document_type__in=required_types().order_by().values("pk")), BooleanField())
    return tallied(
        scope,
        now,
        lambda row: row["title"],
        lambda row: {"document_type": row["document_type"]} if row["offered"] else None,
        "document_type",
        title=F("document_type__title"),
        offered=offered,
    )


def tallied(
    scope: Scope,
    now: datetime,
    name: Callable[[dict], str],
    query: Callable[[dict], dict | None],
    by: str,
    **names,
) -> Iterator[tuple[Cell, ...]]:
    for row in scope.deficiencies.tallied(by, at=now, **names):
        yield tally(name(row), row, now, query(row))


def tally(name: str, row: dict, now: datetime, query: dict | None) -> tuple[Cell, ...]:
    """A line of a breakdown; its counts lead to the rows that `query` narrows the list to."""
    oldest = row.get("oldest_due_at")
    counts = {"open": {}, "past_due": {"age": 0}, "late": MET_LATE}
    opened, past_due, late = (
        row[count] if query is None or not row[count] else Linked(row[count], address(LIST, **(more | query)))
        for count, more in counts.items()
    )
    return str(name), opened, past_due, oldest and max((now - oldest).days, 0), late, row["delinquent"]


# -- The list --------------------------------------------------------------------------------------------------------

COLUMNS = [
    Column(gettext_lazy("Facility"), 9),
    Column(gettext_lazy("MRN"), 14, identifies=True),
    Column(gettext_lazy("Visit"), 14, identifies=True),
    Column(gettext_lazy("Service"), 22),
    Column(gettext_lazy("Discharged on"), 14),
    Column(gettext_lazy("Record"), 12),
    Column(gettext_lazy("Document"), 28, Place.SHEETS_ONLY),
    Column(gettext_lazy("Kind"), 16, Place.SHEETS_ONLY),
    Column(gettext_lazy("What is wrong"), 36),
    Column(gettext_lazy("Owed by"), 24, Place.GROUP, otherwise=gettext_lazy("nobody known")),
    Column(gettext_lazy("Due on"), 13),
    Column(gettext_lazy("Due at (none: end of day)"), 12, Place.SHEETS_ONLY),
    Column(gettext_lazy("Days past due"), 10, is_number=True),
    Column(gettext_lazy("Open since"), 13),
    Column(gettext_lazy("Basis"), 26, Place.SHEETS_ONLY),
    Column(gettext_lazy("Why"), 70, Place.BELOW),
    Column(gettext_lazy("Would be satisfied by"), 50, Place.BELOW),
    Column(gettext_lazy("As of the audit of"), 18, Place.SHEETS_ONLY),
]
PAST_DUE = [column.label for column in COLUMNS].index("Days past due")


def columns_for(scope: Scope) -> list[Column]:
    """On paper the facility is told of each row only where there are several."""
    first, *others = COLUMNS
    return [first if len(scope.facilities) > 1 else replace(first, place=Place.SHEETS_ONLY), *others]


def subtotal(of: list[tuple[Cell, ...]]) -> str:
    """What one practitioner owes, in words."""
    late = [row[PAST_DUE] for row in of if row[PAST_DUE] is not None]
    words = _("%(n)s open") % {"n": f"{len(of):,}"}
    if late:
        words += _(", %(n)s past due") % {"n": f"{len(late):,}"}
        words += ngettext(", the longest %(n)s day", ", the longest %(n)s days", max(late)) % {"n": f"{max(late):,}"}
    return words


def rows(deficiencies: QuerySet[Deficiency], now: datetime, judged: dict[int, datetime]) -> Iterator[tuple[Cell, ...]]:
    """The open ones, by practitioner. Fetched some at a time, each with all that is told of it."""
    kinds, states = labels(Deficiency.Kind), labels(Record.Status)
    page = reverse("record_page", args=[0]).partition("0")  # looked up once, not for each of a hundred thousand rows
    whose = cache(lambda number: address(LIST, owed_by=number or NOBODY))
    for row in fetched(deficiencies.open().by_practitioner()):
        stay, facility = row.record.encounter, row.record.encounter.facility
        zone, as_of = facility.zone, judged.get(facility.pk)
        yield (
            facility.code,
            Linked(row.mrn, f"{page[0]}{row.record_id}{page[2]}"),
            row.visit,
            stay.service.title if stay.service else "",
            stay.end_first and stay.end_first.astimezone(zone).date(),
            states[row.record.status],
            row.document_type.title,
            kinds[row.kind],
            why.headline(row),
            Linked(str(row.owed_by) if row.owed_by else "", whose(row.owed_by_id)),
            row.due_at and due_on(row.due_at, zone),
            row.due_at and due_at(row.due_at, zone),
            (now - row.due_at).days if row.due_at and row.due_at < now else None,
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
OWN += ["reassigned_at", "reassigned_from", "reassigned_by", "reassigned_because"]
OWN += ["record__encounter__facility", "record__encounter__service"]


def fetched(deficiencies: QuerySet[Deficiency]) -> Iterator[Deficiency]:
    """The rows with what is told of each, and no more: with whole rows a long report takes three times as long.

    What thousands of them share (rules, practitioners, services) is fetched once.
    """
    requirements = Requirement.objects.select_related("profile").in_bulk()
    types, services, facilities = (of.objects.in_bulk() for of in (DocumentType, Service, Facility))
    practitioners, people = Practitioner.objects.in_bulk(), User.objects.in_bulk()
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
        row.reassigned_from = practitioners.get(row.reassigned_from_id)
        row.reassigned_by = people.get(row.reassigned_by_id)
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
