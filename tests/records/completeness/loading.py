"""Charts of the reference evaluator, put into PostgreSQL, and what the audit found there, in the same words."""

from dataclasses import dataclass, field
from datetime import datetime

from records.completeness import audits
from records.completeness.models import AuditRun, Deficiency, Expected, Profile, Requirement
from records.inventory.models import (
    Document,
    DocumentType,
    Encounter,
    Episode,
    Patient,
    Practitioner,
    Record,
)
from staff.models import Facility
from tests.reference import model


@dataclass
class Loaded:
    """A chart in the database, with the way back from our numbers to its own ids."""

    facility: Facility
    record: Record
    episodes: dict[str, Episode] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    people: dict[str, Practitioner] = field(default_factory=dict)


def load(chart: model.Chart, *, facility: Facility) -> Loaded:
    people = {name: Practitioner.objects.create(family_name=name) for name in names(chart)}
    status = Encounter.Status.CANCELLED if chart.cancelled else Encounter.Status.FINISHED
    encounter = Encounter.objects.create(
        facility=facility,
        patient=Patient.objects.create(),
        encounter_class=chart.klass,
        status=status,
        attending=people.get(chart.attending),
        disposition=chart.disposition or "",
        **bounds("start", chart.start),
        **bounds("end", chart.end),
    )
    loaded = Loaded(facility, Record.objects.create(encounter=encounter, facility=facility), people=people)
    for episode in chart.episodes:
        loaded.episodes[episode.id] = Episode.objects.create(
            record=loaded.record,
            kind=episode.kind,
            anesthesia=episode.anesthesia,
            status=Episode.Status.DONE if episode.took_place else Episode.Status.NOT_DONE,
            performer=people.get(episode.performer),
            **bounds("start", episode.start),
            **bounds("end", episode.end),
        )
    for document in chart.documents:
        add(document, loaded)
    return loaded


def add(document: model.Document, loaded: Loaded) -> Document:
    if document.author and document.author not in loaded.people:
        loaded.people[document.author] = Practitioner.objects.create(family_name=document.author)
    kind, _ = DocumentType.objects.get_or_create(code=document.type, defaults={"title": document.type})
    loaded.documents[document.id] = Document.objects.create(
        record=loaded.record,
        document_type=kind,
        identifier=document.id,
        ordinal=document.ordinal,
        status=document.status,
        author=loaded.people.get(document.author),
        episode=loaded.episodes.get(document.episode),
        signed=document.signed,
        verbal=document.verbal,
        sections=list(document.sections),
        addendum_to=loaded.documents.get(document.addendum_to),
        replaces=loaded.documents.get(document.replaces),
        **bounds("authored", document.authored),
        **bounds("signed", document.signature),
    )
    return loaded.documents[document.id]


def names(chart: model.Chart) -> set[str]:
    return {chart.attending, *(episode.performer for episode in chart.episodes)} - {None}


def bounds(name: str, moment: model.Moment | None) -> dict[str, datetime]:
    return {f"{name}_first": moment.first, f"{name}_last": moment.last} if moment else {}


def bind(rules: tuple[model.Rule, ...], facility: Facility):
    """Publish the rules for one facility, a profile for each rank."""
    for rank in {rule.profile_rank for rule in rules}:
        profile = Profile.objects.create(code=f"{facility.code}-{rank}", title="Drawn", kind="bylaws", rank=rank)
        profile.facilities.add(facility)
        for number, rule in enumerate(rule for rule in rules if rule.profile_rank == rank):
            for code in rule.document_types:
                DocumentType.objects.get_or_create(code=code, defaults={"title": code})
            Requirement.objects.create(
                profile=profile,
                version=number,
                code=rule.code,
                topic=rule.topic,
                title=rule.code,
                basis="drawn",
                effective=rule.effective,
                trigger=rule.trigger,
                document_types=list(rule.document_types),
                encounter_classes=list(rule.classes),
                dispositions=list(rule.dispositions),
                anesthesia_only=rule.anesthesia_only,
                not_before_hours=rule.not_before_hours,
                due_after_hours=rule.due_after_hours,
                due_after_days=rule.due_after_days,
                only_if_met=rule.only_if_met or "",
                authentication_required=rule.authentication_required,
                entry_must_have=list(rule.entry_must_have),
                sections_required=list(rule.sections_required),
                responsible=rule.responsible,
                counts_toward_delinquency=rule.counts_toward_delinquency,
            )


def audit(facility: Facility, as_of: datetime, **options) -> AuditRun:
    """A whole run over one facility: begun, worked off, finished."""
    run = audits.start(as_of=as_of, facility=facility, **options)
    assert audits.begin(run)
    list(audits.work_off(run))
    run.refresh_from_db()
    assert run.state == "finished", run.error
    return run


def found(loaded: Loaded) -> set[tuple]:
    """What stands against the record: open, or late and resolved."""
    rows = Deficiency.objects.filter(record=loaded.record).exclude(status="void")
    return {
        (
            *occasion(row, loaded),
            row.slot,
            row.kind,
            row.due_at,
            row.resolved_at,
            row.element,
            key(row.served_by_id, loaded.documents),
            key(row.owed_by_id, loaded.people),
        )
        for row in rows.select_related("requirement")
        if row.status == "open" or row.kind == "late"
    }


def expected(loaded: Loaded) -> set[tuple]:
    rows = Expected.objects.filter(record=loaded.record).select_related("requirement")
    return {(*occasion(row, loaded), row.due_at, key(row.owed_by_id, loaded.people)) for row in rows}


def occasion(row, loaded: Loaded) -> tuple:
    return (
        row.topic,
        row.requirement.code,
        key(row.episode_id, loaded.episodes),
        key(row.document_id, loaded.documents),
    )


def key(pk: int | None, of: dict) -> str | None:
    return next((name for name, row in of.items() if row.pk == pk), None)
