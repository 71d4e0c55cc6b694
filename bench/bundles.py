"""A simulated hospital's charts as FHIR transaction bundles, as an EHR would send them: by PUT, with ids of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import batched

import msgspec

from himdept.simulator.facts import Clinician, Document, Episode, Patient, Stay
from himdept.simulator.forms import FORMS
from himdept.simulator.hospital import Hospital
from himdept.simulator.rows import medical_record_number

SIZE = 1000  # resources of a bundle
SYSTEM = "urn:bench"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
TABLE_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
LOINC = "http://loinc.org"
CLASSES = {
    "inpatient": "IMP",
    "observation": "OBSENC",
    "emergency": "EMER",
    "ambulatory": "AMB",
    "psychiatric": "PSY",
    "newborn": "NEWB",
    "pre_admission": "PRENC",
}
DISPOSITIONS = {
    "home": "home",
    "home_health": "home",
    "transfer": "other-hcf",
    "facility": "snf",
    "psychiatric": "psy",
    "hospice": "hosp",
    "ama": "aadvice",
    "expired": "exp",
    "other": "oth",
}
KNOWN = {"preliminary", "final", "amended"}  # what docStatus can say of a document in use
TITLES = {form.code: (form.title, form.is_loinc) for form in FORMS}


def practitioners(hospital: Hospital) -> list[bytes]:
    return list(_bundles(map(_practitioner, hospital.staff.all)))


def charts(hospital: Hospital, how_many: int) -> list[bytes]:
    """So many bundles of `SIZE` resources each: patients, encounters, procedures and documents."""
    found = []
    for bundle in _bundles(_resources(hospital)):
        found.append(bundle)
        if len(found) == how_many:
            break
    return found


def _bundles(resources: Iterator[dict]) -> Iterator[bytes]:
    for part in batched(resources, SIZE, strict=False):
        entries = [{"resource": r, "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"}} for r in part]
        yield msgspec.json.encode({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def _resources(hospital: Hospital) -> Iterator[dict]:
    told: dict[int, str] = {}  # ids of what was told, by the identity of the fact
    for stay in hospital.stays():
        if stay.patient_is_new:
            yield _patient(stay.patient)
        yield _encounter(stay)
        for n, episode in enumerate(stay.episodes, 1):
            told[id(episode)] = name = f"X{stay.number}-{n}"
            yield _procedure(stay, episode, name)
        for n, document in enumerate(stay.documents, 1):
            told[id(document)] = name = f"D{stay.number}-{n}"
            yield _document(stay, document, name, told)


def _practitioner(clinician: Clinician) -> dict:
    return {
        "resourceType": "Practitioner",
        "id": f"C{clinician.number}",
        "identifier": [{"system": f"{SYSTEM}:clinician", "value": f"{clinician.number:05}"}],
        "name": [{"family": clinician.family_name, "given": [clinician.given_name], "prefix": [clinician.prefix]}],
    }


def _patient(patient: Patient) -> dict:
    kind = {"coding": [{"system": TABLE_0203, "code": "MR"}]}
    number = medical_record_number(patient.number)
    return {
        "resourceType": "Patient",
        "id": f"P{patient.number}",
        "identifier": [{"type": kind, "system": f"{SYSTEM}:mrn", "value": number}],
        "name": [{"use": "official", "family": patient.family_name, "given": [patient.given_name]}],
        "gender": patient.sex,
        "birthDate": datetime.fromordinal(patient.born).date().isoformat(),
    }


def _encounter(stay: Stay) -> dict:
    told = {
        "resourceType": "Encounter",
        "id": f"E{stay.number}",
        "identifier": [{"system": f"{SYSTEM}:visit", "value": f"V{stay.number:08}"}],
        "status": "in-progress" if stay.end is None else "finished",
        "class": {"system": ACT, "code": CLASSES[stay.encounter_class]},
        "serviceType": {"coding": [{"code": stay.service}]},
        "subject": {"reference": f"Patient/P{stay.patient.number}"},
        "participant": [
            {
                "type": [{"coding": [{"system": PARTICIPATION, "code": "ATND"}]}],
                "individual": {"reference": f"Practitioner/C{stay.attending.number}"},
            }
        ],
        "period": _period(stay.start, stay.end),
        "location": [{"location": {"display": stay.location}}],
    }
    if stay.disposition:
        disposition = {"coding": [{"code": DISPOSITIONS[stay.disposition]}]}
        told["hospitalization"] = {"dischargeDisposition": disposition}
    return told


def _procedure(stay: Stay, episode: Episode, name: str) -> dict:
    told = {
        "resourceType": "Procedure",
        "id": name,
        "status": {"done": "completed", "not_done": "not-done"}.get(episode.status, "in-progress"),
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": episode.code}], "text": episode.title},
        "subject": {"reference": f"Patient/P{stay.patient.number}"},
        "encounter": {"reference": f"Encounter/E{stay.number}"},
    }
    if episode.start is not None:
        told["performedPeriod"] = _period(episode.start, episode.end)
    if episode.performer:
        told["performer"] = [{"actor": {"reference": f"Practitioner/C{episode.performer.number}"}}]
    return told


def _document(stay: Stay, document: Document, name: str, told: dict[int, str]) -> dict:
    title, is_loinc = TITLES[document.code]
    coding = {"code": document.code, "display": title} | ({"system": LOINC} if is_loinc else {})
    author = {"reference": f"Practitioner/C{document.author.number}"}
    reference = {
        "resourceType": "DocumentReference",
        "id": name,
        "masterIdentifier": {"system": f"{SYSTEM}:document", "value": name},
        "status": {"superseded": "superseded", "entered_in_error": "entered-in-error"}.get(document.status, "current"),
        "docStatus": document.status if document.status in KNOWN else "preliminary",
        "type": {"coding": [coding]},
        "subject": {"reference": f"Patient/P{stay.patient.number}"},
        "author": [author],
        "content": [{"attachment": {"contentType": "text/plain", "title": title}}],
        "context": {"encounter": [{"reference": f"Encounter/E{stay.number}"}]},
    }
    if document.authored is not None:
        reference["date"] = _time(document.authored)
    if document.signed:
        reference["authenticator"] = author
    if document.episode:
        reference["context"]["related"] = [{"reference": f"Procedure/{told[id(document.episode)]}"}]
    for code, other in (("replaces", document.replaces), ("appends", document.addendum_to)):
        if other and id(other) in told:
            target = {"reference": f"DocumentReference/{told[id(other)]}"}
            reference["relatesTo"] = [{"code": code, "target": target}]
    return reference


def _period(start: int, end: int | None) -> dict:
    return {"start": _time(start)} | ({} if end is None else {"end": _time(end)})


def _time(minute: int) -> str:
    return datetime.fromtimestamp(minute * 60, UTC).isoformat()
