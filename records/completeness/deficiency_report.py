"""The deficiency report: what is owed, by practitioner, by service and by document type, and the whole list with why.

It tells a chart by its numbers (MRN and visit) and never by the patient's name: they are all that the work needs
(45 CFR 164.502(b), minimum necessary). Times are those of each record's facility; days past due count to now. Its sums
are those of the huddle, made by the same adjectives.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.db.models import FETCH_RAISE, Count, Max, Model, Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from himdept.common import spoken
from himdept.common.confidentiality import Confidentiality
from himdept.common.reports import Contents, Operator, Report
from himdept.common.sheets import Cell, Column, Linked, Look, Place, Table
from records.completeness import why
from records.completeness.figures import address
from records.completeness.filters import NOBODY
from records.completeness.models import AuditRun, Deficiency, Requirement
from records.completeness.models.runs import State
from records.completeness.tallies import LATELY, Tallies, Tally, tallies
from records.inventory.filters import AGES, UNFINISHED
from records.inventory.models import Practitioner, Record
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
        by.reached,
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
    found = cache(lambda: tallies(scope.deficiencies, now=now, ages=list(AGES_TOLD)))  # once, for whoever asks first
    parts = {
        "summary": (SUMMARY, lambda: sums(scope, now, found()), Look.FIGURES),
        "kinds": (BY_KIND, lambda: by_kind(found(), now), Look.SMALL),
        "ages": (BY_AGE, lambda: by_age(found()), Look.SMALL),
        "services": (tally_of(_("Service")), lambda: by_service(found(), now), Look.TALLY),
        "practitioners": (tally_of(_("Practitioner")), lambda: by_practitioner(found(), now), Look.TALLY),
        "documents": (tally_of(_("Document")), lambda: by_document(found(), now), Look.TALLY),
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
    """The moment that each facility's last finished and written audit judged. One query."""
    written = AuditRun.objects.filter(written=True, state=State.FINISHED).order_by().values("facility")
    at = {row["facility"]: row["at"] for row in written.annotate(at=Max("as_of"))}
    told = {facility.pk: [at[of] for of in (None, facility.pk) if of in at] for facility in facilities}
    return {facility: max(moments) for facility, moments in told.items() if moments}


# -- The sums --------------------------------------------------------------------------------------------------------

SUMMARY = [Column(gettext_lazy("What"), 42), Column(gettext_lazy("How much"), 70)]


def sums(scope: Scope, now: datetime, found: Tallies) -> Iterator[tuple[Cell, ...]]:
    records = scope.records.unfinished().aggregate(
        unfinished=Count("pk"), delinquent=Count("pk", filter=Q(status=Record.Status.DELINQUENT))
    )
    oldest = found.all.oldest_due_at if found.all.past_due else None
    yield _("Open deficiencies"), Linked(found.all.open, address(LIST))
    yield _("of these past due"), Linked(found.all.past_due, address(LIST, age=0))
    undated = _("of these with no due time: entries that lack their date or time")
    yield undated, Linked(found.all.undated, address(LIST, kind="undated"))
    yield _("Longest past due: was due on"), oldest and due_on(oldest, found.zone)
    yield _("Longest past due: days"), oldest and (now - oldest).days
    yield str(LATE.label), Linked(found.all.late, address(LIST, **MET_LATE))
    yield _("Incomplete records"), Linked(records["unfinished"], address("record_list", status=UNFINISHED))
    yield _("of these delinquent"), Linked(records["delinquent"], address("record_list", status="delinquent"))


LIST = "deficiency_list"
MET_LATE = {"status": Deficiency.Status.RESOLVED, "kind": Deficiency.Kind.LATE, "met": LATELY}
LATE = Column(format_lazy(gettext_lazy("Met late in {days} days"), days=LATELY), 16, is_number=True)


def tally_of(whom: str, width: int = 42) -> list[Column]:
    return [
        Column(whom, width),
        Column(_("Open"), is_number=True),
        Column(_("Past due"), is_number=True),
        Column(_("Longest past due, days"), 22, is_number=True),
        LATE,
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


def by_kind(found: Tallies, now: datetime) -> Iterator[tuple[Cell, ...]]:
    """What is open; what was met late is owed no more, and is told in the summary."""
    kinds = labels(Deficiency.Kind)
    for of in found.kinds:
        if of.open:
            name, opened, past_due, longest, _late, delinquent = tallied(kinds[of.key], of, now, {"kind": of.key})
            yield name, opened, past_due, longest, delinquent


def by_age(found: Tallies) -> Iterator[tuple[Cell, ...]]:
    """Each line holds the one below it, as the choices of the list do: what is over 15 days is over 7 days too."""
    for age, label in zip(found.ages, AGES_TOLD.values(), strict=True):
        yield str(label), Linked(age.open, address(LIST, age=age.days)), age.records


AGES_TOLD = {0: gettext_lazy("any time"), **{int(days): label for days, label in AGES}}


def by_practitioner(found: Tallies, now: datetime) -> Iterator[tuple[Cell, ...]]:
    for of in found.practitioners:
        name = of.name or str(Practitioner(of.key)) if of.key else _("nobody known")
        yield tallied(name, of, now, {"owed_by": of.key or NOBODY})


def by_service(found: Tallies, now: datetime) -> Iterator[tuple[Cell, ...]]:
    for of in found.services:
        yield tallied(of.name or _("no service"), of, now, {"service": of.key or "null"})


def by_document(found: Tallies, now: datetime) -> Iterator[tuple[Cell, ...]]:
    """The list can be narrowed by those that some rule asks for; a count of another leads nowhere."""
    for of in found.documents:
        yield tallied(of.name, of, now, {"document_type": of.key} if of.is_required else None)


def tallied(name: str, of: Tally, now: datetime, query: dict | None) -> tuple[Cell, ...]:
    """A line of a breakdown; its counts lead to the rows that `query` narrows the list to."""
    counts = ((of.open, {}), (of.past_due, {"age": 0}), (of.late, MET_LATE))
    opened, past_due, late = (
        number if query is None or not number else Linked(number, address(LIST, **(more | query)))
        for number, more in counts
    )
    longest = of.oldest_due_at and max((now - of.oldest_due_at).days, 0)
    return name, opened, past_due, longest, late, of.delinquent


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


TOLD = {
    "owed_by": ["family_name", "given_name"],
    "document_type": ["code", "title"],
    "record__encounter__service": ["title"],
    "record__encounter": ["start_first", "start_last", "end_first", "end_last"],
    "episode": ["kind", "start_first", "start_last", "end_first", "end_last"],
    "document": ["verbal", "signed", "authored_first", "authored_last", "signed_first", "signed_last"],
    "served_by": ["verbal", "signed", "authored_first", "authored_last", "signed_first", "signed_last"],
}
OWN = ["record", "requirement", "slot", "kind", "element", "status", "mendable", "due_at", "opened_at"]
OWN += ["reassigned_at", "reassigned_from", "reassigned_by", "reassigned_because"]
OWN += ["record__status", "record__encounter__facility"]


class Known(dict):
    """Rows of a model by number, all of them fetched when the first one is asked for; nobody has no number."""

    def __init__(self, model: type[Model]):
        super().__init__()
        self.rows = model.objects.all()

    def __missing__(self, number):
        if number is None:
            return None
        self.update(self.rows.in_bulk())
        return self.get(number)


def fetched(deficiencies: QuerySet[Deficiency]) -> Iterator[Deficiency]:
    """The rows with what is told of each, and no more: with whole rows a long report takes three times as long.

    What thousands of them share (rules, facilities) is fetched once.
    """
    requirements = Requirement.objects.select_related("profile").in_bulk()
    facilities, practitioners, people = Known(Facility), Known(Practitioner), Known(User)
    own = [*OWN, *(f"{path}__{field}" for path, fields in TOLD.items() for field in fields)]
    lean = deficiencies.select_related(*TOLD).only(*own).fetch_mode(FETCH_RAISE)
    numbered = lean.annotate(
        mrn=number_of_patient("record__encounter__patient"), visit=number_of_visit("record__encounter")
    )
    for row in numbered.iterator(chunk_size=AT_A_TIME):
        stay = row.record.encounter
        row.requirement, stay.facility = requirements.get(row.requirement_id), facilities[stay.facility_id]
        row.reassigned_from = practitioners[row.reassigned_from_id]
        row.reassigned_by = people[row.reassigned_by_id]
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
