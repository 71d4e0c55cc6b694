"""The examples of the OpenAPI document: each is what its own schema allows, and each command works as it stands."""

import json
import re
import shlex
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from compliance.models import Reading
from himdept import examples
from himdept.common.api import docs
from records.exchange import scopes
from records.models import Profile
from tests import factories as make
from tests.brokers import no_worker  # noqa: F401
from tests.compliance.controls.acting import planned, times
from tests.compliance.cycles.acting import begun, house
from tests.compliance.evidence.acting import laid
from tests.programs import Program

DOCUMENT = SchemaGenerator().get_schema(request=None, public=True)
OPERATIONS = {
    operation["operationId"]: operation
    for operations in DOCUMENT["paths"].values()
    for operation in operations.values()
}
WRITTEN = {operation.slug: operation for resource in docs.resources() for operation in resource.operations}


def faults(value, schema: dict) -> list[str]:
    whole = schema | {"components": DOCUMENT["components"]}
    found = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(value)
    return [f"{fault.json_path}: {fault.message}" for fault in found]


def bodies(operation: dict) -> list[tuple[str, dict]]:
    """Each body that is sent or answered, with its example and its schema."""
    sent = [("body", media) for media in operation.get("requestBody", {}).get("content", {}).values()]
    return sent + [
        (status, media) for status, response in operation["responses"].items() for media in response["content"].values()
    ]


def test_every_operation_has_examples_and_there_are_none_of_another():
    assert examples.EXAMPLES.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_example_of_a_refusal_is_one_of_its_own_status(name):
    for status, response in OPERATIONS[name]["responses"].items():
        for media in response["content"].values():
            assert status < "400" or media["example"]["status"] == int(status)


def test_every_scope_is_told_in_the_words_in_which_a_person_gives_it():
    told = DOCUMENT["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]["scopes"]
    assert scopes.in_words().items() <= told.items()
    assert told["system/Requirement.write"] == "tries, publishes and ends rules, and imports profiles"


def test_what_an_audit_counts_is_described():
    schema = DOCUMENT["components"]["schemas"]["AuditOut"]
    counts = ("records", "occasions", "opened", "closed", "open", "late", "delinquent", "by_kind", "seconds", "written")
    assert [name for name in counts if not schema["properties"][name].get("description")] == []
    assert "whatever the client's clearance" in schema["description"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_body_and_parameter_has_an_example_that_its_schema_allows(name):
    operation = OPERATIONS[name]
    for place, media in bodies(operation):
        assert "example" in media, place
        assert faults(media["example"], media["schema"]) == [], place
    for parameter in operation.get("parameters", []):
        if "example" in parameter:
            assert faults(parameter["example"], parameter["schema"]) == [], parameter["name"]
        else:
            assert not parameter.get("required"), parameter["name"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_scope_that_the_document_names_opens_it(db, no_worker, name):  # noqa: F811
    ((scope,),) = (named for each in OPERATIONS[name]["security"] for named in each.values())
    make.facility()
    operation = WRITTEN[name]
    for client, held, opened in (("own", scope, True), ("other", "system/Patient.read", False)):
        program, path = Program(client, scope=held), operation.path.replace("{id}", "1")
        answer = program.post(path, {}) if operation.method == "POST" else program.get(path)
        assert (answer.status_code != 403) == opened, answer.content


def test_an_example_that_its_schema_does_not_allow_is_found():
    schema = {"$ref": "#/components/schemas/RecordOut"}
    assert faults(examples.RECORD, schema) == []
    assert faults(examples.RECORD | {"status": "lost"}, schema)
    assert faults({name: value for name, value in examples.RECORD.items() if name != "facility"}, schema)


def test_the_figures_agree_with_each_other():
    audit, record, figures = examples.FINISHED, examples.RECORD, examples.DELINQUENCY
    assert sum(audit["by_kind"].values()) == audit["open"]
    assert record["requirements_due"] - record["requirements_met"] == record["open_deficiencies"]
    assert figures["ratio"] == round(figures["delinquent"] / figures["average_monthly_discharges"], 3)


def reading() -> Reading:
    now = timezone.now()
    return Reading.objects.create(
        facility=make.facility(), metric="discharge-summary", day=now.date(), as_of=now, known_at=now,
        numerator=4, denominator=4, aim="0.9",
    )  # fmt: skip


@pytest.fixture
def program(db, no_worker):  # noqa: F811
    cache.clear()
    make.facility()
    return Program()


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_command_is_answered_as_the_document_says(program, name):
    owed = make.deficiency(make.record(visit="V-778102", status="delinquent"))
    okafor = make.practitioner("Okafor", "Ifeoma", pk=23)
    drill = planned()
    bylaws = Profile.objects.create(code="bylaws", title="Bylaws", kind="bylaws", rank=50)
    there = {
        "records": owed.record_id,
        "deficiencies": owed.pk,
        "requirements": owed.requirement_id,
        "profiles": bylaws.pk,
        "practitioners": okafor.pk,
        "audits": make.audit_run(as_of=timezone.now() - timedelta(days=400)).pk,
        "compliance/readings": reading().pk,
        "compliance/cycles": begun(make.manager(), [house(name="survey")]).pk,
        "compliance/evidence": laid().evidence_id,
        "compliance/controls": drill.pk,
        "compliance/controls/times": next(time.pk for time in times(drill) if time.state == "open"),
    }
    words = shlex.split(WRITTEN[name].curl.replace("\\\n", " "))
    assert words[:2] == ["curl", "-s"]
    address = words[2].removeprefix(docs.HOST)
    address = re.sub(r"^/api/v1/([a-z/]+)/\d+/", lambda match: f"/api/v1/{match[1]}/{there[match[1]]}/", address)
    headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")
    assert headers.pop("Authorization") == "Bearer $TOKEN"
    if "If-Match" in headers:
        read = re.match(r"/api/v1/\w+/\d+/", address)[0]
        headers["If-Match"] = program.get(read).headers["ETag"]
    if "-d" in words:
        kind, body = headers.pop("Content-Type"), words[words.index("-d") + 1]
        body = json.dumps(with_what_was_seen(program, address, json.loads(body)))
        answer = program.post(address, body, content_type=kind, **headers)
    else:
        answer = program.get(address, **headers)
    told = answer.json()
    assert str(answer.status_code) == WRITTEN[name].status, told
    assert told.keys() == examples.EXAMPLES[name]["answer"].keys() if isinstance(told, dict) else told == []


def with_what_was_seen(program, address: str, body: dict) -> dict:
    """The body with the words that its preview and its dry run gave, which an example cannot know."""
    if "as_read" in body:
        body |= {"as_read": program.post("profiles/import/preview/", told(body, "text", "day")).json()["as_read"]}
    if "tried" in body:
        values = {name: value for name, value in body.items() if name not in ("because", "tried")}
        body |= {"tried": program.post(f"{address}try/", values).json()["tried"]}
    return body


def told(body: dict, *names: str) -> dict:
    return {name: body[name] for name in names}


def test_a_waived_and_a_reassigned_deficiency_read_as_the_examples_do(program):
    for name in ("deficiencies_waive_create", "deficiencies_reassign_create"):
        owed, example = make.deficiency(owed_by=make.practitioner()), examples.EXAMPLES[name]
        make.practitioner("Okafor", "Ifeoma", pk=example["body"].get("to", 1_000))
        act = name.split("_")[1]
        answer = program.post(f"deficiencies/{owed.pk}/{act}/", example["body"], If_Match="*").json()
        assert (answer["resolved_at"], example["answer"]["resolved_at"]) == (None, None)
        assert answer["status"] == example["answer"]["status"]


def test_the_document_is_served_with_them(client, db):
    served = client.get(reverse("schema"), {"format": "json"}).json()
    content = served["paths"]["/api/v1/records/{id}/"]["get"]["responses"]["200"]["content"]
    assert content["application/json"]["example"] == json.loads(json.dumps(examples.RECORD))
