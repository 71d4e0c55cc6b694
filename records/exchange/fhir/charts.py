"""DocumentReference, read into facts about a document. Its text is not kept: only its SHA-256."""

import base64
import binascii
import hashlib

from msgspec import UNSET

from records.exchange import mappings
from records.exchange.fhir import elements
from records.exchange.fhir.elements import Elements
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.references import Surroundings, refer, type_of
from records.exchange.fhir.resources import CodeableConcept, DocumentContext, DocumentReference, Reference
from records.inventory.catalogue import DOCUMENT_TYPES, LOCAL, LOINC
from records.inventory.intake import Coded, DocumentFacts, Ref
from records.inventory.models import Document

DOCUMENT = {
    "encounter": "DocumentReference.context.encounter",
    "patient": "DocumentReference.subject",
    "document_type": "DocumentReference.type",
    "identifier": "DocumentReference.masterIdentifier.value",
    "authored": "DocumentReference.date",
    "signed_at": "DocumentReference.date",
    "signed": "DocumentReference.docStatus",
    "author": "DocumentReference.author",
    "authenticator": "DocumentReference.authenticator",
    "replaces": "DocumentReference.relatesTo",
    "addendum_to": "DocumentReference.relatesTo",
    "episode": "DocumentReference.context.related",
}
UNCLASSIFIED = Coded("unclassified", LOCAL, "Document of no stated type")
FORERUNNERS = {"replaces": "replaces", "appends": "addendum_to"}


def document_reference(resource: DocumentReference, around: Surroundings) -> tuple[DocumentFacts, Elements]:
    context = resource.context
    if isinstance(context, list):
        sentence = "This is FHIR R5, where it is a list; send R4, where it is one."
        raise Problem(sentence, element="DocumentReference.context", code="structure")
    named = [("DocumentReference.masterIdentifier", resource.master_identifier)]
    named += elements.each("DocumentReference.identifier", resource.identifier)
    numbers, where = elements.numbers(named, around)
    authored = elements.time(resource.date, "DocumentReference.date") or _creation(resource)
    status, signed, signed_at = _signature(resource, authored)
    relations = _relations(resource, around, where)
    label = elements.confidentiality([*elements.labels(resource.meta), *elements.codings(*resource.security_label)])
    facts = DocumentFacts(
        encounter=_encounter(context, resource, around),
        patient=refer(resource.subject, "Patient", "DocumentReference.subject", resource, around),
        numbers=numbers,
        document_type=document_type(resource.type),
        status=status,
        identifier=numbers[0].value if numbers else resource.id,
        episode=_episode(context, resource, around),
        author=_author(resource, around, where),
        authenticator=_practitioner(resource.authenticator, "DocumentReference.authenticator", resource, around),
        authored=authored,
        signed=signed,
        signed_at=signed_at,
        replaces=relations.get("replaces"),
        addendum_to=relations.get("addendum_to"),
        confidentiality=UNSET if label is None else label,
        attachment_sha256=_fingerprint(resource),
    )
    return facts, DOCUMENT | where


def document_type(concept: CodeableConcept | None, element: str = "DocumentReference.type") -> Coded:
    """The first LOINC code, else the first code; a code without a system is one of ours, if we have it."""
    codings = [coding for coding in elements.codings(concept) if coding.code]
    if not codings:
        return UNCLASSIFIED
    best = next((coding for coding in codings if coding.system == LOINC), codings[0])
    if len(best.code) > 50 or len(best.system) > 255:
        sentence = "A code has at most 50 characters, its system 255."
        raise Problem(sentence, element=f"{element}.coding", code="too-long")
    system = best.system or (LOCAL if best.code in DOCUMENT_TYPES[LOCAL] else "")
    return Coded(best.code, system, best.display or concept.text or best.code)


def _signature(resource: DocumentReference, authored: str | None) -> tuple[str, bool, str | None]:
    """Status, whether it is signed, and when.

    Final and amended mean that somebody vouched for it. Where no docStatus is given, an authenticator does. The time
    of signing is `date` only where an authenticator is named and the document is final; else it is not known.
    """
    elements.needed(resource.status, "DocumentReference.status")
    if resource.status not in mappings.REFERENCE_STATUSES:
        sentence = f"{resource.status[:50]!r} is not a status of FHIR R4 that is known here."
        raise Problem(sentence, element="DocumentReference.status", code="code-invalid")
    told = resource.doc_status
    status = Document.Status.FINAL if resource.authenticator else Document.Status.PRELIMINARY
    if told:
        status = elements.mapped(told, mappings.DOCUMENT_STATUSES, "DocumentReference.docStatus", "a document status")
    signed = told in mappings.SIGNED_STATUSES or (not told and resource.authenticator is not None)
    signed_at = authored if told == "final" and resource.authenticator else None
    if resource.status == "entered-in-error":
        status = Document.Status.ENTERED_IN_ERROR
    elif resource.status == "superseded" and status != Document.Status.ENTERED_IN_ERROR:
        status = Document.Status.SUPERSEDED
    return status, signed, signed_at


def _creation(resource: DocumentReference) -> str | None:
    for n, content in enumerate(resource.content):
        if content.attachment and content.attachment.creation:
            return elements.time(content.attachment.creation, f"DocumentReference.content[{n}].attachment.creation")
    return None


def _encounter(context: DocumentContext | None, resource: DocumentReference, around: Surroundings) -> Ref:
    element = "DocumentReference.context.encounter"
    found = context.encounter if context else []
    references = found if isinstance(found, list) else [found]
    of_encounters = [ref for ref in references if type_of(ref, resource, around) in ("Encounter", "")]
    reference = elements.needed(of_encounters, element)[0]
    return elements.needed(refer(reference, "Encounter", element, resource, around), element)


def _episode(context: DocumentContext | None, resource: DocumentReference, around: Surroundings) -> Ref | None:
    for n, reference in enumerate(context.related if context else []):
        if type_of(reference, resource, around) == "Procedure":
            return refer(reference, "Procedure", f"DocumentReference.context.related[{n}]", resource, around)
    return None


def _author(resource: DocumentReference, around: Surroundings, where: Elements) -> Ref | None:
    """The first author who is a practitioner; patients, devices and organizations owe no signature."""
    for n, reference in enumerate(resource.author):
        where["author"] = f"DocumentReference.author[{n}]"
        if ref := _practitioner(reference, where["author"], resource, around):
            return ref
    return None


def _practitioner(reference: Reference | None, element: str, resource, around: Surroundings) -> Ref | None:
    if reference is None or type_of(reference, resource, around) not in ("Practitioner", ""):
        return None
    return refer(reference, "Practitioner", element, resource, around)


def _relations(resource: DocumentReference, around: Surroundings, where: Elements) -> dict[str, Ref]:
    """What it replaces or amends; of several the first. Other relations say nothing about who owes what."""
    found: dict[str, Ref] = {}
    for n, relation in enumerate(resource.relates_to):
        field = FORERUNNERS.get(relation.code)
        if field and field not in found:
            element = f"DocumentReference.relatesTo[{n}].target"
            of_composition = relation.target and type_of(relation.target, resource, around) == "Composition"
            wanted = "Composition" if of_composition else "DocumentReference"
            found[field] = elements.needed(refer(relation.target, wanted, element, resource, around), element)
            where[field] = element
    return found


def _fingerprint(resource: DocumentReference) -> str:
    for n, content in enumerate(resource.content):
        data = content.attachment and content.attachment.data
        if data:
            try:
                return hashlib.sha256(base64.b64decode("".join(data.split()), validate=True)).hexdigest()
            except (binascii.Error, ValueError):
                element = f"DocumentReference.content[{n}].attachment.data"
                raise Problem("This is not Base64.", element=element, code="value") from None
    return ""
