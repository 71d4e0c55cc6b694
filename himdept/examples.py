"""What the OpenAPI document shows of each operation: a request that makes sense, and what is answered to it.

One stay runs through all of them: V-778102, whose discharge summary Dr. Vance owes. Its people are invented.
"""

from http import HTTPStatus
from typing import Any

from himdept import examples_of_compliance, examples_of_rules
from himdept.examples_of_rules import PROFILE, REQUIREMENT, VERSION

VISIT = {"system": "urn:example:visits", "value": "V-778102"}
VANCE = {"id": 17, "display": "Vance, Theodora"}

RECORD = {
    "id": 48213,
    "encounter": VISIT,
    "patient": {"id": 30977},
    "facility": "MAIN",
    "class": "inpatient",
    "service": "hospital-medicine",
    "start": "2026-01-05T14:40:00Z",
    "end": "2026-01-09T19:05:00Z",
    "disposition": "home",
    "attending": VANCE,
    "status": "delinquent",
    "confidentiality": "N",
    "requirements_due": 6,
    "requirements_met": 5,
    "open_deficiencies": 1,
    "oldest_due_at": "2026-02-09T05:00:00Z",
    "delinquent_at": "2026-02-09T05:00:00Z",
    "completed_at": None,
}
OF_STANDING = (
    *("status", "requirements_due", "requirements_met", "open_deficiencies"),
    *("oldest_due_at", "delinquent_at", "completed_at"),
)
DEFICIENCY = {
    "id": 90411,
    "record": RECORD["id"],
    "encounter": VISIT,
    "requirement": {
        "code": "DISCHARGE-SUMMARY",
        "topic": "discharge-summary",
        "title": "Discharge summary within 30 days of discharge",
        "basis": "42 CFR 482.24(c)(4)(vii)",
        "profile": "federal",
        "version": 1,
    },
    "document_type": {"code": "18842-5", "display": "Discharge summary"},
    "kind": "missing",
    "status": "open",
    "mendable": True,
    "document": None,
    "procedure": None,
    "restraint": None,
    "element": "",
    "owed_by": VANCE,
    "due_at": "2026-02-09T05:00:00Z",
    "opened_at": "2026-02-10T07:00:00Z",
    "resolved_at": None,
    "delinquent_at": RECORD["delinquent_at"],
    "why": "Discharge summary is missing. Due by the end of 8 Feb 2026, 30 days after discharge "
    "(42 CFR 482.24(c)(4)(vii), tag A-0468). No such document with a date is on the record.",
}
STANDING = {name: RECORD[name] for name in OF_STANDING}
FOUND = {
    name: value
    for name, value in DEFICIENCY.items()
    if name not in ("id", "record", "encounter", "opened_at", "delinquent_at")
}
OF_RECORD = {"record": RECORD["id"], "encounter": VISIT, "as_of": "2026-03-03T05:00:00Z"}
KNOWN = OF_RECORD | {
    "known_at": "2026-03-03T05:00:00Z",
    "then": STANDING,
    "now": STANDING
    | {
        "status": "complete",
        "requirements_met": 6,
        "open_deficiencies": 0,
        "oldest_due_at": None,
        "delinquent_at": None,
        "completed_at": "2026-02-02T15:20:00Z",
    },
    "differences": [
        {
            "topic": "discharge-summary",
            "title": "Discharge summary",
            "document": None,
            "procedure": None,
            "restraint": None,
            "then": {
                "state": "missing",
                "due_at": DEFICIENCY["due_at"],
                "sentence": "Discharge summary is missing; it was due by the end of 8 Feb 2026.",
            },
            "now": {
                "state": "met",
                "due_at": DEFICIENCY["due_at"],
                "sentence": "Discharge summary was complete on 2 Feb 2026, 10:20, in time.",
            },
            "because": ["Discharge summary of 2 Feb 2026, 10:20 reached us on 4 Mar 2026, 09:12."],
        }
    ],
    "others": [],
}
PRACTITIONER = {
    "id": VANCE["id"],
    "display": VANCE["display"],
    "family_name": "Vance",
    "given_name": "Theodora",
    "prefix": "Dr.",
    "active": True,
    "stub": False,
    "identifiers": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
}
ASKED = {
    "id": 512,
    "state": "queued",
    "as_of": "2026-03-03T05:00:00Z",
    "known_at": None,
    "written": True,
    "records": 0,
    "occasions": 0,
    "opened": 0,
    "closed": 0,
    "open": 0,
    "late": 0,
    "delinquent": 0,
    "by_kind": {},
    "seconds": 0.0,
}
FINISHED = ASKED | {
    "state": "finished",
    "records": 48213,
    "occasions": 301442,
    "opened": 212,
    "closed": 187,
    "open": 1894,
    "late": 7310,
    "delinquent": 366,
    "by_kind": {
        "missing": 902,
        "unsigned": 671,
        "uncosigned": 88,
        "undated": 120,
        "missing_element": 113,
        "late": 0,
    },
    "seconds": 3.42,
}
DELINQUENCY = {
    "facility": "MAIN",
    "as_of": FINISHED["as_of"],
    "incomplete": 1203,
    "delinquent": FINISHED["delinquent"],
    "open_deficiencies": FINISHED["open"],
    "past_due": 1650,
    "discharges": 15604,
    "average_monthly_discharges": 1300.3,
    "ratio": 0.281,
}
OF_VISIT = {"encounter": f"{VISIT['system']}|{VISIT['value']}"}
CURSOR = "WyJyZWNvcmRzLnJlY29yZCIsImlkIixmYWxzZSw0ODIxMyw0ODIxM10:5mZ3n0Jt1xU"
TAG = '"0f343b0931126a20f133d67c2b018a3b"'


SAID = {
    "401": {"detail": "This token is not known, or has expired."},
    "403": {"detail": "No scope of this token allows this."},
    "404": {"detail": "There is nothing here, or not for you."},
    "406": {"detail": "Answers are JSON: send Accept: application/json, or none."},
    "409": {"detail": "This deficiency is already closed: it is waived."},
    "412": {"detail": "This has changed since you read it; read it again and decide anew."},
    "413": {"detail": "The body is larger than 1,048,576 bytes."},
    "415": {"detail": "The body is JSON: send it with Content-Type: application/json."},
    "428": {"detail": "Send If-Match with the ETag of what you read."},
    "429": {"detail": "Too many requests in this minute; come again in 21 seconds."},
}


def listed(name: str, row: dict) -> dict:
    """A page of a list, with another one after it."""
    return {"results": [row], "next": f"https://HOST/api/v1/{name}/?limit=1&cursor={CURSOR}", "previous": None}


def found(row: dict) -> dict:
    """What a search by body is answered; there is no more."""
    return {"results": [row], "next": None, "previous": None}


def begun(name: str, row: dict) -> dict:
    """The first page of a search by body: the same body, posted to `next`, gets the one after it."""
    return {"results": [row], "next": f"https://HOST/api/v1/{name}/search/?cursor={CURSOR}", "previous": None}


# Of each operation: the query, the headers and the body of the request, and what is answered.
EXAMPLES: dict[str, dict[str, Any]] = {
    "records_list": {"query": {"status": "delinquent", "limit": "1"}, "answer": listed("records", RECORD)},
    "records_search_create": {"body": OF_VISIT | {"limit": 20}, "answer": found(RECORD)},
    "records_retrieve": {"id": RECORD["id"], "answer": RECORD},
    "records_deficiencies_retrieve": {
        "id": RECORD["id"],
        "query": {"as_of": "2026-03-03T05:00:00Z"},
        "answer": OF_RECORD | {"known_at": None, "standing": STANDING, "deficiencies": [FOUND]},
    },
    "records_known_retrieve": {
        "id": RECORD["id"],
        "query": {"as_of": "2026-03-03T05:00:00Z", "known_at": "2026-03-03T05:00:00Z"},
        "answer": KNOWN,
    },
    "practitioners_list": {
        "query": {"identifier": "http://hl7.org/fhir/sid/us-npi|1234567893"},
        "answer": found(PRACTITIONER),
    },
    "practitioners_retrieve": {"id": PRACTITIONER["id"], "answer": PRACTITIONER},
    "deficiencies_list": {"query": {"status": "open", "limit": "1"}, "answer": listed("deficiencies", DEFICIENCY)},
    "deficiencies_search_create": {
        "body": OF_VISIT | {"status": "open", "limit": 1},
        "answer": begun("deficiencies", DEFICIENCY),
    },
    "deficiencies_retrieve": {"id": DEFICIENCY["id"], "answer": DEFICIENCY},
    "deficiencies_waive_create": {
        "id": DEFICIENCY["id"],
        "headers": {"If-Match": TAG},
        "body": {"because": "Dr. Vance has died; the medical executive committee closed the record on 2 March."},
        "answer": DEFICIENCY | {"status": "waived"},
    },
    "deficiencies_reassign_create": {
        "id": DEFICIENCY["id"],
        "headers": {"If-Match": TAG},
        "body": {"because": "On leave until June; Dr. Okafor saw the patient too.", "to": 23},
        "answer": DEFICIENCY | {"owed_by": {"id": 23, "display": "Okafor, Ifeoma"}},
    },
    "requirements_list": {"query": {"in_force_on": "2026-03-03"}, "answer": listed("requirements", REQUIREMENT)},
    "requirements_versions_list": {"id": VERSION["id"], "query": {"sort": "-version"}, "answer": found(VERSION)},
    "profiles_list": {"answer": found(PROFILE)},
    **examples_of_rules.EXAMPLES,
    "audits_list": {"query": {"state": "finished", "written": "true"}, "answer": listed("audits", FINISHED)},
    "audits_create": {
        "headers": {"Idempotency-Key": "b5b1e0c2-night-of-2026-03-03"},
        "body": {"as_of": "2026-03-03T00:00:00-05:00", "full": True},
        "answer": ASKED,
    },
    "audits_retrieve": {"id": FINISHED["id"], "answer": FINISHED},
    "statistics_delinquency_list": {"answer": [DELINQUENCY]},
    **examples_of_compliance.EXAMPLES,
}


def show(result: dict, generator, request, public) -> dict:
    """Put the examples into the document: a hook of drf-spectacular."""
    for operations in result["paths"].values():
        for operation in operations.values():
            example = EXAMPLES.get(operation["operationId"], {})
            for parameter in operation.get("parameters", []):
                name = parameter["name"]
                value = example.get("query", {}).get(name, example.get("headers", {}).get(name, example.get(name)))
                if value is not None:
                    parameter["example"] = typed(value, parameter["schema"])
            if "body" in example:
                operation["requestBody"]["content"] = {
                    name: told | {"example": example["body"]}
                    for name, told in operation["requestBody"]["content"].items()
                }
            for status, response in operation["responses"].items():
                (content,) = response["content"].values()
                if status >= "400":
                    content["example"] = refusal(status, operation)
                elif "answer" in example:
                    content["example"] = example["answer"]
    return result


def refusal(status: str, operation: dict) -> dict:
    """A refusal as it is sent; what cannot be understood, or is refused by a rule, depends on what is asked."""
    told = {"400": misread(operation), "409": overtaken(operation), "422": misruled(operation)}.get(status)
    told = told or SAID[status]
    return {"type": "about:blank", "status": int(status), "title": HTTPStatus(int(status)).phrase} | told


def misread(operation: dict) -> dict:
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if "requestBody" in operation:
        return {"detail": "The body is no JSON: Expecting value: line 1 column 12 (char 11)."}
    if "limit" in names:
        return {"detail": "limit is a whole number from 1 to 200.", "field": "limit"}
    if "as_of" in names:
        return {"detail": "as_of: This needs an offset, such as 2026-03-03T00:00:00Z.", "field": "as_of"}
    if "with" in names:
        return {"detail": "with is the number of a version.", "field": "with"}
    return {"detail": "This takes no parameters.", "field": "limit"}


def overtaken(operation: dict) -> dict:
    """Who was faster, and by what."""
    match operation["tags"]:
        case ["requirements"]:
            return {"detail": "Version 2 of DISCHARGE-SUMMARY was published meanwhile, by Dolores Marsh."}
        case ["profiles"]:
            sentence = "The profile was changed meanwhile. Look at what the file would change now."
            return {"detail": sentence, "field": "as_read"}
        case ["compliance"]:
            return {"detail": "It is no longer open."}
    return SAID["409"]


def misruled(operation: dict) -> dict:
    match operation["tags"]:
        case ["records"]:
            sentence = "as_of lies in the future: a record is told as it is, or as it was."
            return {"detail": sentence, "field": "as_of"}
        case ["audits"]:
            return {"detail": "There is no facility NORTH in reach of yours.", "field": "facility"}
        case ["requirements"]:
            return {"detail": "DS-15D: The catalogue has no document type '18842'.", "field": "document_types"}
        case ["profiles"]:
            sentence = "DS-15D, document_types: The catalogue has no document type '18842'."
            return {"detail": sentence, "field": "document_types"}
        case ["compliance"]:
            return {"detail": "It was done between 4 Dec 2025 and today.", "field": "done_on"}
    return {"detail": "There is no practitioner 23.", "field": "to"}


def typed(value, schema: dict):
    """A parameter's value as its schema has it: in an address everything is a text."""
    match schema.get("type"):
        case "integer":
            return int(value)
        case "boolean":
            return value == "true"
    return value
