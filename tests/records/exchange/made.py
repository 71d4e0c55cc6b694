"""Dull FHIR resources for tests: whatever a test does not name is ordinary and plausible."""

import base64
import json
from pathlib import Path
from typing import Any

MRN, VISIT, NPI = "urn:mrn", "urn:visit", "http://hl7.org/fhir/sid/us-npi"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TABLE_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
LOINC = "http://loinc.org"

type Json = dict[str, Any]


def number(system: str, value: str, kind: str = "") -> Json:
    told: Json = {"system": system, "value": value}
    return told | ({"type": {"coding": [{"system": TABLE_0203, "code": kind}]}} if kind else {})


def patient(name: str = "p1", /, **more: Any) -> Json:
    return {
        "resourceType": "Patient",
        "id": name,
        "identifier": [number(MRN, f"M-{name}", "MR")],
        "name": [{"use": "official", "family": "Lindqvist", "given": ["Amara", "B."]}],
        "gender": "female",
        "birthDate": "1961-03-14",
    } | more


def practitioner(name: str = "d1", /, **more: Any) -> Json:
    return {
        "resourceType": "Practitioner",
        "id": name,
        "identifier": [number(NPI, f"1000-{name}")],
        "name": [{"family": "Vance", "given": ["T."], "prefix": ["Dr."]}],
    } | more


def encounter(name: str = "e1", /, of: str = "Patient/p1", **more: Any) -> Json:
    return {
        "resourceType": "Encounter",
        "id": name,
        "identifier": [number(VISIT, f"V-{name}")],
        "status": "finished",
        "class": {"system": ACT, "code": "IMP"},
        "subject": {"reference": of},
        "period": {"start": "2026-03-01T08:00:00-05:00", "end": "2026-03-04T10:30:00-05:00"},
    } | more


def procedure(name: str = "s1", /, within: str = "Encounter/e1", **more: Any) -> Json:
    return {
        "resourceType": "Procedure",
        "id": name,
        "status": "completed",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "80146002", "display": "Appendectomy"}]},
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": within},
        "performedPeriod": {"start": "2026-03-02T09:00:00-05:00", "end": "2026-03-02T10:00:00-05:00"},
    } | more


def document(name: str = "n1", /, within: str = "Encounter/e1", *, text: str = "Seen.", **more: Any) -> Json:
    return {
        "resourceType": "DocumentReference",
        "id": name,
        "masterIdentifier": number("urn:doc", f"D-{name}"),
        "status": "current",
        "type": {"coding": [{"system": LOINC, "code": "34117-2", "display": "History and physical note"}]},
        "subject": {"reference": "Patient/p1"},
        "date": "2026-03-01T11:00:00-05:00",
        "content": [{"attachment": {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}}],
        "context": {"encounter": [{"reference": within}]},
    } | more


def stay() -> list[Json]:
    """A patient, her stay, its procedure, its document, and the physician who wrote it."""
    return [
        patient(),
        practitioner(),
        encounter(participant=[attended_by("Practitioner/d1")]),
        procedure(),
        document(author=[{"reference": "Practitioner/d1"}]),
    ]


def attended_by(reference: str, code: str = "ATND") -> Json:
    return {"type": [{"coding": [{"code": code}]}], "individual": {"reference": reference}}


def lines(folder: Path, name: str, resources: list[Json | str]) -> Path:
    """A file of NDJSON; a text stands in it as it is."""
    path = folder / name
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in resources))
    return path


def put(resource: Json, **request: str) -> Json:
    kind, name = resource["resourceType"], resource["id"]
    return {
        "fullUrl": f"https://ehr.example/fhir/{kind}/{name}",
        "resource": resource,
        "request": {"method": "PUT", "url": f"{kind}/{name}"} | request,
    }


def post(resource: Json, full_url: str = "", **request: str) -> Json:
    entry = {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]} | request}
    return entry | ({"fullUrl": full_url} if full_url else {})


def bundle(*entries: Json, kind: str = "transaction") -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def composition(name: str = "c1", /, within: str = "Encounter/e1", **more: Any) -> Json:
    """The structure of the document n1: the same document, by its number."""
    return {
        "resourceType": "Composition",
        "id": name,
        "identifier": number("urn:doc", "D-n1"),
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "11504-8", "display": "Surgical operation note"}]},
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": within},
        "date": "2026-03-02T11:00:00-05:00",
        "author": [{"reference": "Practitioner/d1"}],
        "title": "Operative report",
        "section": [
            {"code": {"coding": [{"code": "59776-5", "display": "Findings"}]}, "text": {"div": "<div>Found.</div>"}},
            {"title": "specimens", "section": [{"title": "margins"}]},
            {"title": "technique", "emptyReason": {"text": "not written"}},
        ],
    } | more


def provenance(name: str = "v1", /, of: str = "DocumentReference/n1", agent: str = "legal", **more: Any) -> Json:
    return {
        "resourceType": "Provenance",
        "id": name,
        "target": [{"reference": of}],
        "recorded": "2026-03-03T12:00:00-05:00",
        "agent": [{"type": {"coding": [{"code": agent}]}, "who": {"reference": "Practitioner/d1"}}],
    } | more
