"""The parts of FHIR R4 resources that are read here; msgspec leaves everything else alone while decoding.

Names are FHIR's own. An element of another form than R4 gives it is an error that names its place.
"""

from typing import Any

from msgspec import Raw, Struct, field


class Element(Struct, gc=False):
    """Any part of a resource."""


class Coding(Element):
    system: str = ""
    code: str = ""
    display: str = ""


class CodeableConcept(Element):
    coding: list[Coding] = []
    text: str = ""


class Identifier(Element):
    system: str = ""
    value: str = ""
    type: CodeableConcept | None = None


class Reference(Element):
    reference: str = ""
    identifier: Identifier | None = None
    display: str = ""
    type: str = ""


class Period(Element):
    start: str | None = None
    end: str | None = None


class HumanName(Element):
    use: str = ""
    text: str = ""
    family: str = ""
    given: list[str | None] = []
    prefix: list[str | None] = []


class Meta(Element):
    security: list[Coding] = []


class Resource(Element, rename="camel"):
    """What every resource has. `contained` is kept raw: it is looked into where something refers to it."""

    resource_type: str
    id: str = ""
    meta: Meta | None = None
    contained: list[dict[str, Any]] = []


class Patient(Resource, rename="camel"):
    identifier: list[Identifier] = []
    name: list[HumanName] = []
    gender: str = ""
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None


class Qualification(Element):
    code: CodeableConcept | None = None
    period: Period | None = None


class Practitioner(Resource, rename="camel"):
    identifier: list[Identifier] = []
    name: list[HumanName] = []
    active: bool = True
    qualification: list[Qualification] = []


class Participant(Element, rename="camel"):
    type: list[CodeableConcept] = []
    individual: Reference | None = None
    period: Period | None = None


class Hospitalization(Element, rename="camel"):
    discharge_disposition: CodeableConcept | None = None


class EncounterLocation(Element, rename="camel"):
    location: Reference
    status: str = ""


class Encounter(Resource, rename="camel"):
    identifier: list[Identifier] = []
    status: str = ""
    class_: Coding | list[Any] | None = field(default=None, name="class")
    service_type: CodeableConcept | list[Any] | None = None
    subject: Reference | None = None
    participant: list[Participant] = []
    period: Period | None = None
    hospitalization: Hospitalization | None = None
    location: list[EncounterLocation] = []
    service_provider: Reference | None = None


class Performer(Element, rename="camel"):
    function: CodeableConcept | None = None
    actor: Reference | None = None


class Procedure(Resource, rename="camel"):
    status: str = ""
    category: CodeableConcept | list[Any] | None = None
    code: CodeableConcept | None = None
    used_code: list[CodeableConcept] = []
    subject: Reference | None = None
    encounter: Reference | None = None
    performed_date_time: str | None = None
    performed_period: Period | None = None
    performer: list[Performer] = []


class Attachment(Element, rename="camel"):
    data: str | None = None
    creation: str | None = None


class Content(Element):
    attachment: Attachment | None = None


class RelatesTo(Element):
    code: str = ""
    target: Reference | None = None


class DocumentContext(Element):
    encounter: list[Reference] | Reference = []
    related: list[Reference] = []


class DocumentReference(Resource, rename="camel"):
    master_identifier: Identifier | None = None
    identifier: list[Identifier] = []
    status: str = ""
    doc_status: str = ""
    type: CodeableConcept | None = None
    subject: Reference | None = None
    date: str | None = None
    author: list[Reference] = []
    authenticator: Reference | None = None
    relates_to: list[RelatesTo] = []
    security_label: list[CodeableConcept] = []
    content: list[Content] = []
    context: DocumentContext | list[Any] | None = None


class Attester(Element):
    mode: str = ""
    time: str | None = None
    party: Reference | None = None


class CompositionRelatesTo(Element, rename="camel"):
    code: str = ""
    target_reference: Reference | None = None
    target_identifier: Identifier | None = None


class Section(Element, rename="camel"):
    title: str = ""
    code: CodeableConcept | None = None
    empty_reason: CodeableConcept | None = None
    section: list["Section"] = []


class Composition(Resource, rename="camel"):
    identifier: Identifier | list[Any] | None = None
    status: str = ""
    type: CodeableConcept | None = None
    subject: Reference | list[Any] | None = None
    encounter: Reference | None = None
    date: str | None = None
    author: list[Reference] = []
    confidentiality: str = ""
    attester: list[Attester] = []
    relates_to: list[CompositionRelatesTo] = []
    section: list[Section] = []


class Agent(Element):
    type: CodeableConcept | None = None
    who: Reference | None = None


class Signature(Element):
    when: str | None = None
    who: Reference | None = None


class Provenance(Resource, rename="camel"):
    target: list[Reference] = []
    recorded: str | None = None
    agent: list[Agent] = []
    signature: list[Signature] = []


class Kind(Struct, rename="camel", gc=False):
    """Enough of any resource to know what it is."""

    resource_type: str = ""
    id: str = ""


class Request(Struct, rename="camel"):
    method: str = ""
    url: str = ""
    if_none_exist: str = ""
    if_match: str = ""
    if_none_match: str = ""


class Entry(Struct, rename="camel"):
    full_url: str = ""
    resource: Raw = Raw()
    request: Request | None = None


class Bundle(Struct, rename="camel"):
    resource_type: str = ""
    id: str = ""
    type: str = ""
    entry: list[Entry] = []
