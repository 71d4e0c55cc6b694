"""From the bytes of a resource to facts with an id."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from records.exchange.fhir import care, charts, compositions, people, problems, resources
from records.exchange.fhir.elements import ID, Elements
from records.exchange.fhir.problems import Problem
from records.exchange.fhir.references import KINDS, Surroundings
from records.inventory.intake import Facts


class Type(Struct, frozen=True):
    """A resource type that is stored: what it is here, how it is decoded and how it is read."""

    name: str
    noun: str
    decoder: msgspec.json.Decoder
    read: Callable[[Any, Surroundings], tuple[Facts, Elements] | None]


READERS = (
    (resources.Patient, people.patient),
    (resources.Practitioner, people.practitioner),
    (resources.Encounter, care.encounter),
    (resources.Procedure, care.procedure),
    (resources.Composition, compositions.composition),
    (resources.DocumentReference, charts.document_reference),
    (resources.Provenance, compositions.provenance),
)
# In the order in which they refer to each other: what is referred to comes first.
TYPES = {
    struct.__name__: Type(struct.__name__, KINDS[struct.__name__], msgspec.json.Decoder(struct), read)
    for struct, read in READERS
}
KIND = msgspec.json.Decoder(resources.Kind)
BUNDLE = msgspec.json.Decoder(resources.Bundle)


class Told(Struct):
    """A resource that was read: its id, what it tells, and in which element it tells each thing."""

    id: str
    facts: Facts
    elements: Elements
    provider: resources.Reference | None = None  # of an encounter: who says to which facility it belongs


def kind_of(raw) -> resources.Kind:
    """Type and id of any resource. Raises Problem where it is none."""
    kind = problems.decode(raw, KIND, "Resource")
    if not kind.resource_type:
        raise Problem("This is no FHIR resource: it has no resourceType.", element="Resource.resourceType", status=400)
    return kind


def read(raw, of: Type, around: Surroundings) -> Told | None:
    """Read a resource of a stored type; None where it tells nothing that is kept here. Raises Problem."""
    problems.without_nul(raw, of.name)
    resource = problems.decode(raw, of.decoder, of.name)
    if resource.id and not ID.fullmatch(resource.id):
        sentence = "An id has 1 to 64 letters, digits, hyphens and dots."
        raise Problem(sentence, element=f"{of.name}.id", code="value")
    told = of.read(resource, around)
    if told is None:
        return None
    facts, elements = told
    return Told(resource.id, facts, elements, getattr(resource, "service_provider", None))
