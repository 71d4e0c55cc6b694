"""The page of one record: what every room of records knows of it, in one place, as of now or of any day before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.db.models import FETCH_RAISE, Case, IntegerField, OuterRef, Value, When
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from himdept.common.db.nested import nested, unnested
from himdept.common.moments import midnight
from records import history, moment_asked, stay
from records.completeness import asking, judgement, silence, why
from records.completeness.judgement import Judgement
from records.completeness.models import Deficiency, Expected
from records.completeness.timeline import drawing, rows
from records.confidentiality.actions import log_read
from records.confidentiality.models import AccessLog
from records.inventory.models import Document, Episode, Filing, Patient, Practitioner, Record
from records.inventory.queries import RecordQuerySet, number_of_patient, number_of_visit, waits
from staff.models import User

OPEN_FIRST = Case(
    When(status=Deficiency.Status.OPEN, then=Value(0)),
    When(status=Deficiency.Status.RESOLVED, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
EPISODES = Episode.objects.filter(record=OuterRef("pk")).order_by("start_first", "pk")
OF_RECORD = AccessLog.objects.filter(record=OuterRef("pk")).order_by("-at")
LAST_READ = OF_RECORD.filter(act=AccessLog.Act.READ)[:30]
LAST_SENT = OF_RECORD.filter(act=AccessLog.Act.SENT)[:30]
OPEN_STATUSES = (Deficiency.Status.OPEN, Deficiency.Status.WAIVED)


@require_safe
def record_page(request, number: int):
    """One record: who, which stay, what it lacks and why, what it holds. Opening it is written to the access log.

    `as_of` shows it as it was on a day, or at a moment, before: what a surveyor would have found then.
    """
    records = with_stay(Record.objects.visible_to(request.user)).select_related("closed_by")
    if request.user.has_perm("records.view_accesslog"):
        records = records.annotate(its_readings=nested(LAST_READ, user=User), its_sendings=nested(LAST_SENT, user=User))
    record = get_object_or_404(records, pk=number)
    log_read(record, by=request.user)
    zone, now = record.facility.zone, timezone.now()
    asked = moment_asked.read(request.GET.get("as_of", ""), zone, now)
    stored, on_file = list(stored_deficiencies(record)), list(documents(record))
    episodes = unnested(Episode, record.its_episodes, performer=Practitioner)
    seen = judgement.judge(record, asked.as_of, documents=on_file, episodes=episodes, stored=stored)
    told = rows.lay_out(seen, zone, fold=request.GET.get("rows") != "all")
    standing = judgement.as_they_stood(on_file, asked.as_of)
    patient = record.encounter.patient
    context = {
        "record": record,
        "encounter": record.encounter,
        "patient": patient,
        "age": age(patient),
        "zone": zone,
        "now": now,
        "asked": asked,
        "heading": stay.heading(record.encounter, zone),
        "ending": stay.ending(record.encounter),
        "has_begun": record.encounter.start_first <= asked.as_of,
        "judgement": seen,
        "flags": record if asked.is_now else seen.flags,
        "waits": asked.is_now and record.is_due,  # what is judged as of a day is judged
        "rows": told,
        "picture": drawing.draw(seen, told.drawn, episodes, is_now=asked.is_now),
        "deficiencies": explained(stored if asked.is_now else found(seen)),
        "has_changed": asked.is_now and has_changed(seen, stored),
        "expected": awaited(seen),
        "delinquent_on": delinquent_on(record, seen, asked.as_of),
        "silent": [(rule, silence.because(rule, record, episodes, asked.as_of, seen.exempted)) for rule in seen.silent],
        "documents": with_versions(standing),
        "episodes": [episode for episode in episodes if began(episode, asked.as_of)],
    }
    if asked.is_now:
        context |= {
            "readings": readings(record, request.user),
            "events": history.of_record(record, stored, on_file),
            "events_shown": f":{history.FIRST_SHOWN}",
            "events_rest": f"{history.FIRST_SHOWN}:",
        }
    return render(request, "records/record_page.html", context, status=400 if asked.wrong else 200)


def with_stay(records: RecordQuerySet) -> RecordQuerySet:
    """The records with the patient, the stay and its episodes, as every page of one record shows them."""
    stay_of = "encounter__facility", "encounter__patient", "encounter__service", "encounter__attending"
    return (
        records.fetch_mode(FETCH_RAISE)
        .select_related("facility", *stay_of)
        .annotate(
            mrn=number_of_patient("encounter__patient"),
            visit=number_of_visit("encounter"),
            is_due=waits(),
            its_episodes=nested(EPISODES, performer=Practitioner),
        )
    )


def stored_deficiencies(record: Record):
    """The record's deficiencies as the last audit and people left them, open ones first and longest due first."""
    rows = record.deficiency_set.fetch_mode(FETCH_RAISE).with_names().annotate(its_events=history.OF_DEFICIENCY)
    return rows.order_by(OPEN_FIRST, "due_at", "pk")


def documents(record: Record):
    """The documents of the record and those filed in it, in the order in which they were written."""
    # As a union: an OR over the join would read every document there is.
    filed = Filing.objects.filter(record=record).values("document")
    return (
        Document.objects.filter(pk__in=Document.objects.filter(record=record).values("pk").union(filed))
        .fetch_mode(FETCH_RAISE)
        .select_related("document_type", "author", "authenticator", "cosigner", "episode")
        .order_by("authored_first", "ordinal", "pk")
    )


@dataclass(frozen=True)
class Explained:
    """A deficiency with its words: what is wrong, why, and what would close it."""

    deficiency: Deficiency
    headline: str
    why: str
    would_satisfy: str


def explained(found: list[Deficiency]) -> list[Explained]:
    return [Explained(row, why.headline(row), why.sentence(row), why.would_satisfy(row)) for row in found]


def found(seen: Judgement) -> list[Deficiency]:
    """What would have stood against the record, open ones first and longest due first."""
    every = [row for occasion in seen.occasions for row in occasion.findings()]
    return sorted(every, key=lambda row: (not row.is_open, row.due_at is None, row.due_at or seen.as_of))


def has_changed(seen: Judgement, stored: list[Deficiency]) -> bool:
    """Whether the record stands otherwise now than the last audit wrote down: time passed, or something arrived."""

    def key(row: Deficiency) -> tuple:
        about = row.topic, row.episode and row.episode.pk, row.document and row.document.pk
        return *about, row.block, row.slot, row.kind, row.mendable, row.status in OPEN_STATUSES

    written = {key(row) for row in stored if row.status in OPEN_STATUSES or is_fact(row)}
    return written != {key(row) for row in found(seen)}


def is_fact(row: Deficiency) -> bool:
    """Whether it was met late, or is past mending: nothing is owed any more, and it stays on record."""
    is_late = row.status == Deficiency.Status.RESOLVED and row.kind == Deficiency.Kind.LATE
    return is_late or row.is_past_mending


def awaited(seen: Judgement) -> list[tuple[Expected, str]]:
    """What is asked for and not yet past due, due first."""
    every = [row for occasion in seen.occasions if (row := occasion.expectation()) is not None]
    return [(row, asking.awaited(row)) for row in sorted(every, key=lambda row: row.due_at)]


def delinquent_on(record: Record, seen: Judgement, as_of: datetime) -> datetime | None:
    """When it becomes delinquent, if something is owed or expected and that day is still to come."""
    end = record.encounter.end_first
    if end is None or end > as_of or not (seen.flags.open_deficiencies or awaited(seen)):
        return None
    days = timedelta(days=record.facility.delinquent_after_days + 1)
    at = midnight(end.astimezone(record.facility.zone).date() + days, record.facility.zone)
    return at if at > as_of else None


@dataclass(frozen=True)
class Versioned:
    """A document with what it has to do with others of the record."""

    document: Document
    replaces: Document | None
    replaced_by: Document | None
    addendum_to: Document | None


def with_versions(standing: list[Document]) -> list[Versioned]:
    known = {document.pk: document for document in standing}
    newer = {document.replaces_id: document for document in standing if document.replaces_id}
    return [
        Versioned(document, known.get(document.replaces_id), newer.get(document.pk), known.get(document.addendum_to_id))
        for document in standing
    ]


def began(episode, as_of: datetime) -> bool:
    first = episode.start_first or episode.end_first
    return first is None or first <= as_of


@dataclass(frozen=True)
class Reading:
    """Somebody who opened the record, so many times in a row, last at a moment; None: now.

    Of a program that was sent it the last time alone is told: it may ask every minute.
    """

    who: User
    last: datetime | None
    times: int = 1

    @property
    def is_program(self) -> bool:
        return self.who.kind == User.Kind.SERVICE


def readings(record: Record, user: User) -> list[Reading] | None:
    """Who opened it last, for those who watch over confidentiality; several times in a row are told as one."""
    if not user.has_perm("records.view_accesslog"):
        return None
    told = [Reading(user, None)]
    for who, of in groupby(unnested(AccessLog, record.its_readings, user=User), key=attrgetter("user")):
        first, *others = of
        if len(told) > 1 or who != user:  # what this person opened just before is part of now
            told.append(Reading(who, first.at, 1 + len(others)))
    last = {entry.user: entry.at for entry in reversed(unnested(AccessLog, record.its_sendings, user=User))}
    return told + [Reading(program, at) for program, at in last.items()]


def age(patient: Patient) -> int | None:
    """Age in completed years, today or at death."""
    if patient.birth_date is None:
        return None
    end = timezone.localdate(patient.deceased_first)
    return (
        end.year - patient.birth_date.year - ((end.month, end.day) < (patient.birth_date.month, patient.birth_date.day))
    )
