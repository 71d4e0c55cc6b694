"""Patient and Practitioner, read into facts."""

from datetime import date, timedelta

from msgspec import UNSET

from records.exchange import mappings
from records.exchange.fhir import elements
from records.exchange.fhir.elements import Elements
from records.exchange.fhir.references import Surroundings
from records.exchange.fhir.resources import Patient, Period, Practitioner
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
    "training_from": "Practitioner.qualification",
    "training_until": "Practitioner.qualification",
}
LONG_AGO = "1900-01-01"  # of a training that does not say when it began


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
    begins, ends = training(resource)
    facts = PractitionerFacts(
        numbers=numbers,
        family_name=family,
        given_name=given,
        prefix=prefix,
        is_active=resource.active,
        training_from=begins,
        training_until=ends,
    )
    return facts, PRACTITIONER | where


def training(resource: Practitioner) -> tuple:
    """From when until when the qualifications say that this is a resident or student; not told where none is given.

    The day that a period ends with is the last day of it.
    """
    if not resource.qualification:
        return UNSET, UNSET
    for n, one in enumerate(resource.qualification):
        if one.code and mappings.IN_TRAINING in {coding.code for coding in one.code.coding}:
            period, element = one.period or Period(), f"Practitioner.qualification[{n}].period"
            begins = elements.time(period.start, f"{element}.start")
            ends = elements.time(period.end, f"{element}.end")
            last = date.fromisoformat(ends[:10]) if ends else None
            return begins[:10] if begins else LONG_AGO, last and (last + timedelta(days=1)).isoformat()
    return None, None
