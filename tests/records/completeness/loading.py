"""Charts of the reference evaluator, put into PostgreSQL, and what the audit found there, in the same words."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from records.completeness import audits
from records.completeness.engine.charts import Scope
from records.completeness.models import AuditRun, Deficiency, Expected, Profile, Requirement
from records.inventory.models import (
    Document,
    DocumentType,
    Encounter,
    Episode,
    Patient,
    Practitioner,
    Record,
    Service,
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
    people: "People" = field(default_factory=lambda: People())


class People(dict):
    """Practitioners by the name that the chart gives them, made when they are first named; nobody is none."""

    def __init__(self, training=()):
        super().__init__()
        self.training = {name: {"training_from": begins, "training_until": ends} for name, begins, ends in training}

    def get(self, name: str | None) -> Practitioner | None:
        if name is not None and name not in self:
            self[name] = Practitioner.objects.create(family_name=name, **self.training.get(name, {}))
        return self[name] if name is not None else None


def load(chart: model.Chart, *, facility: Facility) -> Loaded:
    return load_all([chart], facility=facility)[0]


def load_all(charts: list[model.Chart], *, facility: Facility) -> list[Loaded]:
    """Put charts into one facility by a few statements; those with the same people in training share their people."""
    people = {chart.training: People(chart.training) for chart in charts}
    patients = Patient.objects.bulk_create(Patient(birth_date=chart.born) for chart in charts)
    stays = Encounter.objects.bulk_create(
        encounter(chart, facility, patient, people[chart.training])
        for chart, patient in zip(charts, patients, strict=True)
    )
    records = Record.objects.bulk_create(Record(encounter=stay, facility=facility) for stay in stays)
    found = [
        Loaded(facility, record, people=people[chart.training]) for chart, record in zip(charts, records, strict=True)
    ]
    for chart, loaded in zip(charts, found, strict=True):
        loaded.episodes = {one.id: episode(one, loaded) for one in chart.episodes}
    Episode.objects.bulk_create(one for loaded in found for one in loaded.episodes.values())
    add_all([(document, loaded) for chart, loaded in zip(charts, found, strict=True) for document in chart.documents])
    return found


def encounter(chart: model.Chart, facility: Facility, patient: Patient, people: People) -> Encounter:
    return Encounter(
        facility=facility,
        patient=patient,
        encounter_class=chart.klass,
        service=service(chart.service),
        status=Encounter.Status.CANCELLED if chart.cancelled else Encounter.Status.FINISHED,
        attending=people.get(chart.attending),
        disposition=chart.disposition or "",
        **bounds("start", chart.start),
        **bounds("end", chart.end),
    )


def service(name: str | None) -> Service | None:
    return Service.objects.get_or_create(code=name, defaults={"title": name})[0] if name else None


def episode(one: model.Episode, loaded: Loaded) -> Episode:
    return Episode(
        record=loaded.record,
        kind=one.kind,
        code=one.code,
        anesthesia=one.anesthesia,
        status=Episode.Status.DONE if one.took_place else Episode.Status.NOT_DONE,
        performer=loaded.people.get(one.performer),
        **bounds("start", one.start),
        **bounds("end", one.end),
    )


def add(document: model.Document, loaded: Loaded) -> Document:
    add_all([(document, loaded)])
    return loaded.documents[document.id]


def add_all(papers: list[tuple[model.Document, Loaded]]):
    """Add documents to their charts; those that point to another one come after it."""
    types = catalogue({document.type for document, _ in papers})
    while papers:
        later = [(document, loaded) for document, loaded in papers if waits_for_another(document, loaded, papers)]
        now = [pair for pair in papers if pair not in later]
        rows = Document.objects.bulk_create(paper(document, loaded, types) for document, loaded in now)
        for (document, loaded), row in zip(now, rows, strict=True):
            loaded.documents[document.id] = row
        papers = later


def waits_for_another(document: model.Document, loaded: Loaded, papers) -> bool:
    targets = {document.addendum_to, document.replaces} - {None, *loaded.documents}
    return bool(targets) and any(one.id in targets and of is loaded for one, of in papers)


def paper(document: model.Document, loaded: Loaded, types: dict[str, DocumentType]) -> Document:
    return Document(
        record=loaded.record,
        document_type=types[document.type],
        identifier=document.id,
        ordinal=document.ordinal,
        status=document.status,
        author=loaded.people.get(document.author),
        cosigner=loaded.people.get(document.cosigner),
        episode=loaded.episodes.get(document.episode),
        signed=document.signed,
        cosigned=document.cosigned,
        verbal=document.verbal,
        sections=list(document.sections),
        addendum_to=loaded.documents.get(document.addendum_to),
        replaces=loaded.documents.get(document.replaces),
        **bounds("authored", document.authored),
        **bounds("signed", document.signature),
        **bounds("cosigned", document.cosignature),
    )


def catalogue(codes: Iterable[str]) -> dict[str, DocumentType]:
    """The document types of these codes; the list is open."""
    codes = sorted(codes)
    DocumentType.objects.bulk_create((DocumentType(code=code, title=code) for code in codes), ignore_conflicts=True)
    return DocumentType.objects.in_bulk(codes, field_name="code")


def bounds(name: str, moment: model.Moment | None) -> dict[str, datetime]:
    return {f"{name}_first": moment.first, f"{name}_last": moment.last} if moment else {}


def bind(rules: tuple[model.Rule, ...], facility: Facility):
    """Publish the rules for one facility, a profile for each rank."""
    catalogue({code for rule in rules for code in rule.document_types})
    for rank in {rule.profile_rank for rule in rules}:
        profile = Profile.objects.create(code=f"{facility.code}-{rank}", title="Drawn", kind="bylaws", rank=rank)
        profile.facilities.add(facility)
        Requirement.objects.bulk_create(
            requirement(rule, profile, number)
            for number, rule in enumerate(rule for rule in rules if rule.profile_rank == rank)
        )


def requirement(rule: model.Rule, profile: Profile, number: int) -> Requirement:
    return Requirement(
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
        services=list(rule.services),
        dispositions=list(rule.dispositions),
        dispositions_excepted=list(rule.dispositions_excepted),
        stay_at_least_hours=rule.stay_at_least_hours,
        stay_less_than_hours=rule.stay_less_than_hours,
        age_from_years=rule.age_from_years,
        age_below_years=rule.age_below_years,
        procedure_codes=list(rule.procedure_codes),
        anesthesia_only=rule.anesthesia_only,
        not_before_hours=rule.not_before_hours,
        due_after_hours=rule.due_after_hours,
        due_after_days=rule.due_after_days,
        every_hours=rule.every_hours,
        every_days=rule.every_days,
        at_least=rule.at_least,
        begins_after_days=rule.begins_after_days,
        ends_after_days=rule.ends_after_days,
        only_if_met=rule.only_if_met or "",
        exempts=list(rule.exempts),
        authentication_required=rule.authentication_required,
        cosignature=rule.cosignature,
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


@contextmanager
def gathering(always: bool):
    """Audits gather the facts of their charts before they judge, as of many that are strewn thinly; or as is due."""
    with pytest.MonkeyPatch.context() as patch:
        if always:
            patch.setattr(Scope, "is_sparse", lambda scope, charts: True)
        yield


def found(loaded: Loaded) -> set[tuple]:
    """What stands against the record: open, or late and resolved."""
    return found_in([loaded])[loaded.record.pk]


def found_in(charts: list[Loaded]) -> dict[int, set[tuple]]:
    """What stands against each of these records, by their numbers."""
    of = {loaded.record.pk: loaded for loaded in charts}
    rows = Deficiency.objects.filter(record__in=of).exclude(status="void").select_related("requirement")
    stands = defaultdict(set)
    for row in rows:
        if row.status == "open" or row.kind == "late" or not row.mendable:
            stands[row.record_id].add(standing(row, of[row.record_id]))
    return stands


def standing(row: Deficiency, loaded: Loaded) -> tuple:
    return (
        *occasion(row, loaded),
        row.block,
        row.slot,
        row.kind,
        row.mendable,
        row.due_at,
        row.resolved_at,
        row.element,
        key(row.served_by_id, loaded.documents),
        key(row.owed_by_id, loaded.people),
    )


def expected(loaded: Loaded) -> set[tuple]:
    return expected_in([loaded])[loaded.record.pk]


def expected_in(charts: list[Loaded]) -> dict[int, set[tuple]]:
    of = {loaded.record.pk: loaded for loaded in charts}
    comes = defaultdict(set)
    for row in Expected.objects.filter(record__in=of).select_related("requirement"):
        loaded = of[row.record_id]
        comes[row.record_id].add((*occasion(row, loaded), row.block, row.due_at, key(row.owed_by_id, loaded.people)))
    return comes


def occasion(row, loaded: Loaded) -> tuple:
    return (
        row.topic,
        row.requirement.code,
        key(row.episode_id, loaded.episodes),
        key(row.document_id, loaded.documents),
    )


def key(pk: int | None, of: dict) -> str | None:
    return next((name for name, row in of.items() if row.pk == pk), None)
