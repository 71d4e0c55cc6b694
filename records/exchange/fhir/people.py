"""Patient and Practitioner, read into facts."""

from records.exchange import mappings
from records.exchange.fhir import elements
from records.exchange.fhir.elements import Elements
from records.exchange.fhir.references import Surroundings
from records.exchange.fhir.resources import Patient, Practitioner
from records.inventory.intake import PatientFacts, PractitionerFacts

PATIENT = {
    "family_name": "Patient.name.family",
    "given_name": "Patient.name.given",
    "birth_date": "Patient.birthDate",
    "died": "Patient.deceasedDateTime",
    "deceased": "Patient.deceasedBoolean",
}
PRACTITIONER = {
    "family_name": "Practitioner.name.family",
    "given_name": "Practitioner.name.given",
    "prefix": "Practitioner.name.prefix",
}


def patient(resource: Patient, around: Surroundings) -> tuple[PatientFacts, Elements]:
    """Name, birth date, sex, death and numbers; never those of the state, such as social security."""
    numbers, where = elements.numbers(elements.each("Patient.identifier", resource.identifier), around)
    family, given, _ = elements.name(resource.name)
    died = elements.time(resource.deceased_date_time, "Patient.deceasedDateTime")
    facts = PatientFacts(
        numbers=numbers,
        family_name=family,
        given_name=given,
        birth_date=elements.time(resource.birth_date, "Patient.birthDate"),
        sex=elements.mapped(resource.gender or "unknown", mappings.SEXES, "Patient.gender", "a gender"),
        deceased=bool(resource.deceased_boolean or resource.deceased_date_time),
        died=died,
    )
    return facts, PATIENT | where


def practitioner(resource: Practitioner, around: Surroundings) -> tuple[PractitionerFacts, Elements]:
    numbers, where = elements.numbers(elements.each("Practitioner.identifier", resource.identifier), around)
    family, given, prefix = elements.name(resource.name)
    facts = PractitionerFacts(
        numbers=numbers, family_name=family, given_name=given, prefix=prefix, is_active=resource.active
    )
    return facts, PRACTITIONER | where
