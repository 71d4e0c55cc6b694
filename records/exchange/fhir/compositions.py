"""Composition and Provenance, read into facts about a document: its sections, and who vouched for it and when."""

from collections.abc import Iterable

from msgspec import UNSET

from records.exchange import mappings
from records.exchange.fhir import elements
from records.exchange.fhir.charts import document_type
from records.exchange.fhir.elements import Elements
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.references import Surroundings, refer, type_of
from records.exchange.fhir.resources import Attester, Coding, Composition, Provenance, Reference, Section
from records.inventory.intake import DocumentFacts, Ref

COMPOSITION = {
    "encounter": "Composition.encounter",
    "patient": "Composition.subject",
    "document_type": "Composition.type",
    "identifier": "Composition.identifier.value",
    "authored": "Composition.date",
    "signed": "Composition.attester",
    "author": "Composition.author",
    "sections": "Composition.section",
}
ATTESTATIONS = ("legal", "official", "professional", "personal")  # best first
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
FORERUNNERS = {"replaces": "replaces", "appends": "addendum_to"}
LONGEST_SECTION = 100
DOCUMENTS = ("DocumentReference", "Composition")
# FHIR provenance-agent-type, and the v3 participations that mean the same.
VOUCHING = ("legal", "LA", "verifier", "VRF", "AUTHEN")


def composition(resource: Composition, around: Surroundings) -> tuple[DocumentFacts, Elements]:
    """A document by its structure: type, sections and attesters. An attester's time is when it was signed."""
    for name in ("identifier", "subject"):
        if isinstance(getattr(resource, name), list):
            sentence = "This is FHIR R5, where it is a list; send R4, where it is one."
            raise Problem(sentence, element=f"Composition.{name}", code="structure")
    numbers, where = elements.numbers([("Composition.identifier", resource.identifier)], around)
    place, attester = _attester(resource.attester)
    signed_at = elements.time(attester.time, f"{place}.time") if attester else None
    relations = _relations(resource, around, where)
    label = elements.confidentiality([*elements.labels(resource.meta), *_label(resource)])
    facts = DocumentFacts(
        witness=2 if attester else 1,
        encounter=elements.needed(
            refer(resource.encounter, "Encounter", "Composition.encounter", resource, around), "Composition.encounter"
        ),
        patient=refer(resource.subject, "Patient", "Composition.subject", resource, around),
        numbers=numbers,
        document_type=document_type(resource.type, "Composition.type"),
        status=elements.mapped(
            resource.status, mappings.DOCUMENT_STATUSES, "Composition.status", "a composition status"
        ),
        identifier=numbers[0].value if numbers else resource.id,
        author=_author(resource, around, where),
        authenticator=_practitioner(attester.party if attester else None, f"{place}.party", resource, around),
        authored=elements.time(resource.date, "Composition.date"),
        signed=attester is not None or resource.status in mappings.SIGNED_STATUSES,
        signed_at=signed_at,
        sections=_sections(resource.section),
        replaces=relations.get("replaces"),
        addendum_to=relations.get("addendum_to"),
        confidentiality=UNSET if label is None else label,
    )
    return facts, COMPOSITION | where | {"signed_at": f"{place}.time", "authenticator": f"{place}.party"}


def _attester(attesters: list[Attester]) -> tuple[str, Attester | None]:
    for mode in ATTESTATIONS:
        for n, attester in enumerate(attesters):
            if attester.mode == mode:
                return f"Composition.attester[{n}]", attester
    return "Composition.attester", None


def _label(resource: Composition):
    return [Coding(CONFIDENTIALITY, resource.confidentiality)] if resource.confidentiality else []


def _sections(sections: Iterable[Section]) -> list[str]:
    """The codes of the sections that say something, those within others included; a title where there is no code."""
    found: list[str] = []
    for section in sections:
        coding = next((coding for coding in elements.codings(section.code) if coding.code), None)
        name = coding.code if coding else section.title
        if len(name) > LONGEST_SECTION:
            sentence = f"This is longer than {LONGEST_SECTION} characters."
            raise Problem(sentence, element="Composition.section", code="too-long")
        if name and section.empty_reason is None and name not in found:
            found.append(name)
        found += [inner for inner in _sections(section.section) if inner not in found]
    return found


def _author(resource: Composition, around: Surroundings, where: Elements) -> Ref | None:
    for n, reference in enumerate(resource.author):
        where["author"] = f"Composition.author[{n}]"
        if ref := _practitioner(reference, where["author"], resource, around):
            return ref
    return None


def _practitioner(reference: Reference | None, element: str, resource, around: Surroundings) -> Ref | None:
    if reference is None or type_of(reference, resource, around) not in ("Practitioner", ""):
        return None
    return refer(reference, "Practitioner", element, resource, around)


def _relations(resource: Composition, around: Surroundings, where: Elements) -> dict[str, Ref]:
    found: dict[str, Ref] = {}
    for n, relation in enumerate(resource.relates_to):
        field = FORERUNNERS.get(relation.code)
        if field and field not in found:
            element = f"Composition.relatesTo[{n}]"
            target = relation.target_reference or Reference(identifier=relation.target_identifier)
            wanted = type_of(target, resource, around) or "Composition"
            found[field] = elements.needed(_document(target, wanted, element, resource, around), element)
            where[field] = element
    return found


def _document(reference: Reference, type_name: str, element: str, resource, around: Surroundings) -> Ref | None:
    if type_name not in DOCUMENTS:
        raise Problem("A document is expected here.", element=element, code="value")
    return refer(reference, type_name, element, resource, around)


def provenance(resource: Provenance, around: Surroundings) -> tuple[DocumentFacts, Elements] | None:
    """Who vouched for a document, and when: the legal authenticator, else a verifier.

    A provenance of other things, or one that only tells who wrote or sent something, tells nothing that is kept.
    """
    targets = [
        (n, type_of(target, resource, around), target)
        for n, target in enumerate(resource.target)
        if type_of(target, resource, around) in DOCUMENTS
    ]
    agents = [
        (VOUCHING.index(coding.code), n, agent)
        for n, agent in enumerate(resource.agent)
        for coding in elements.codings(agent.type)
        if coding.code in VOUCHING
    ]
    if not targets or not agents:
        return None
    if len(targets) > 1:
        raise Problem("A signature is told of one document at a time.", element="Provenance.target", code="value")
    _, n, agent = min(agents, key=lambda found: found[:2])
    [(t, type_name, target)] = targets
    about, person = f"Provenance.target[{t}]", f"Provenance.agent[{n}].who"
    when, at = _when(resource)
    facts = DocumentFacts(
        about=elements.needed(refer(target, type_name, about, resource, around), about),
        witness=3,
        signed=True,
        signed_at=when,
        authenticator=_practitioner(agent.who, person, resource, around),
    )
    return facts, {"about": about, "authenticator": person, "signed_at": at, "encounter": about, "signed": about}


def _when(resource: Provenance) -> tuple[str | None, str]:
    for n, signature in enumerate(resource.signature):
        element = f"Provenance.signature[{n}].when"
        if when := elements.time(signature.when, element):
            return when, element
    return elements.time(resource.recorded, "Provenance.recorded"), "Provenance.recorded"
