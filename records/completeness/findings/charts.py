"""Charts of many cases, put into the tables in a few statements, with the way back from our numbers to their names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.backends.postgresql.psycopg_any import DateRange

from records.completeness.findings.cases import CLASSES, Case, Finding, Happening, requirement
from records.completeness.models import Deficiency, Profile, Requirement
from records.inventory.models import Document, DocumentType, Encounter, Episode, Patient, Record
from staff.models import Facility

STANDS = (Deficiency.Status.OPEN, Deficiency.Status.RESOLVED)
KINDS = (Episode.Kind.PROCEDURE, Episode.Kind.RESTRAINT)


@dataclass
class Group:
    """Cases that one audit can judge: held to the same policy, in the same zone, looked at at the same moment."""

    cases: list[Case]
    facility: Facility | None = None
    records: list[int] = field(default_factory=list)

    @property
    def first(self) -> Case:
        return self.cases[0]

    @property
    def zone(self) -> str:
        return self.first.zone.key


@dataclass
class Laid:
    """What our numbers stand for. A record is that of a case by its place; the rest have the names of their file."""

    cases: dict[int, Case]
    documents: dict[int, str]
    episodes: dict[int, tuple[str, str]]
    rules: dict[int, str]

    def findings(self) -> Iterator[tuple[Case, Finding]]:
        """What stands in the tables against these charts."""
        rows = Deficiency.objects.filter(record__in=self.cases, status__in=STANDS)
        for row in rows.values_list(
            "record", "requirement", "served_by", "episode", "kind", "element", "due_at", "resolved_at"
        ):
            record, rule, document, episode, kind, element, due_at, resolved_at = row
            of, name = self.episodes.get(episode, ("", None))
            yield (
                self.cases[record],
                Finding(
                    self.rules[rule],
                    self.documents.get(document),
                    name if of == Episode.Kind.PROCEDURE else None,
                    name if of == Episode.Kind.RESTRAINT else None,
                    kind,
                    element or None,
                    due_at,
                    resolved_at,
                ),
            )


def lay(groups: list[Group], serial: int) -> Laid:
    """Put the charts of these groups into the tables, each group into a facility of its own under its own policy.

    `serial` tells the facilities of one replay from each other.
    """
    facilities = Facility.objects.bulk_create(facility(group, f"REPLAY-{serial + n}") for n, group in enumerate(groups))
    for group, opened in zip(groups, facilities, strict=True):
        group.facility = opened
    rules = publish(groups)
    types = document_types(groups)
    owners = [(group, case) for group in groups for case in group.cases]
    patients = Patient.objects.bulk_create(Patient() for _ in owners)
    stays = Encounter.objects.bulk_create(
        encounter(group, case, patient) for (group, case), patient in zip(owners, patients, strict=True)
    )
    records = Record.objects.bulk_create(Record(encounter=stay, facility_id=stay.facility_id) for stay in stays)
    charts = list(zip((case for _, case in owners), records, strict=True))
    for (group, _), record in zip(owners, records, strict=True):
        group.records.append(record.pk)
    named = [(name, episode) for case, record in charts for name, episode in episodes(case, record)]
    Episode.objects.bulk_create(episode for _, episode in named)
    places = {(episode.record_id, *name): episode for name, episode in named}
    papers = [one for case, record in charts for one in documents(case, record, places, types)]
    Document.objects.bulk_create(papers)
    return Laid(
        cases={record.pk: case for case, record in charts},
        documents={paper.pk: paper.identifier for paper in papers},
        episodes={episode.pk: (episode.kind, name[1]) for name, episode in named},
        rules=rules,
    )


def facility(group: Group, code: str) -> Facility:
    return Facility(code=code, name=code, time_zone_id=group.zone)


def publish(groups: list[Group]) -> dict[int, str]:
    """The policy of each group, binding its facility alone; returns what each rule is called in its file."""
    profiles = Profile.objects.bulk_create(
        Profile(code=group.facility.code.lower(), title=group.facility.code, kind=Profile.Kind.BYLAWS, rank=0)
        for group in groups
    )
    binding = Profile.facilities.through
    binding.objects.bulk_create(
        binding(profile=profile, facility=group.facility) for group, profile in zip(groups, profiles, strict=True)
    )
    called: list[tuple[str, Requirement]] = []
    for group, profile in zip(groups, profiles, strict=True):
        policy = group.first.form.policy
        codes = {rule.code: f"RULE-{n}" for n, rule in enumerate(policy)}  # a file may call them at any length
        for rule in policy:
            row = requirement(rule, codes)
            row.profile, row.effective = profile, DateRange(None, None)
            called.append((rule.code, row))
    Requirement.objects.bulk_create(row for _, row in called)
    return {row.pk: code for code, row in called}


def document_types(groups: Iterable[Group]) -> dict[str, DocumentType]:
    """The catalogue's entries for all types that these cases name; the list is open, so new ones are made."""
    codes = {paper.type for group in groups for case in group.cases for paper in case.form.documents}
    codes |= {code for group in groups for rule in group.first.form.policy for code in rule.document_types}
    DocumentType.objects.bulk_create(
        (DocumentType(code=code, title=code) for code in sorted(codes)), ignore_conflicts=True
    )
    return DocumentType.objects.in_bulk(codes, field_name="code")


def encounter(group: Group, case: Case, patient: Patient) -> Encounter:
    stay = case.form.encounter
    return Encounter(
        facility=group.facility,
        patient=patient,
        encounter_class=CLASSES[stay.klass],
        status=Encounter.Status.FINISHED if stay.end else Encounter.Status.IN_PROGRESS,
        disposition=stay.disposition or "",
        **case.bounds("start", "encounter.start"),
        **case.bounds("end", "encounter.end"),
    )


def episodes(case: Case, record: Record) -> Iterator[tuple[tuple[str, str], Episode]]:
    """The procedures and restraints of a case, by their kind and name."""
    for kind in KINDS:
        rows: list[Happening] = getattr(case.form, f"{kind}s")
        for n, row in enumerate(rows):
            place = f"{kind}s[{n}]"
            yield (
                (kind, row.id),
                Episode(
                    record=record,
                    kind=kind,
                    anesthesia=bool(row.anesthesia),
                    **case.bounds("start", f"{place}.start"),
                    **case.bounds("end", f"{place}.end"),
                ),
            )


def documents(case: Case, record: Record, places: dict, types: dict[str, DocumentType]) -> Iterator[Document]:
    for n, paper in enumerate(case.form.documents):
        kind = Episode.Kind.PROCEDURE if paper.procedure else Episode.Kind.RESTRAINT
        yield Document(
            record=record,
            episode=places.get((record.pk, kind, paper.procedure or paper.restraint)),
            document_type=types[paper.type],
            status=Document.Status.FINAL,
            identifier=paper.id,
            ordinal=n,
            signed=bool(paper.signed or paper.signed_at),
            verbal=bool(paper.verbal_order),
            sections=paper.sections,
            **case.bounds("authored", f"documents[{n}].authored_at"),
            **case.bounds("signed", f"documents[{n}].signed_at"),
        )
