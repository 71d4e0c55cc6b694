"""The API for people: its OpenAPI document as a page of the house, made on the server, without a script."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@dataclass(frozen=True)
class Value:
    """A parameter or a property: its name, what it is, what it means."""

    name: str
    type: str
    description: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    within: str = ""  # where a parameter is sent: query, path, header


@dataclass(frozen=True)
class Refusal:
    """A status, what it means, and a sentence that is sent with it."""

    status: str
    description: str
    detail: str


@dataclass(frozen=True)
class Operation:
    """What can be asked. `curl` asks it from a shell and `answer` is what comes back, as JSON that can be read."""

    method: str
    path: str
    slug: str
    summary: str
    scope: str
    parameters: list[Value]
    body: list[Value]
    status: str
    answers: list[Value]
    is_list: bool
    refusals: list[Refusal]
    curl: str
    answer: str


@dataclass
class Resource:
    """The operations under one name of the address."""

    name: str
    operations: list[Operation] = field(default_factory=list)


HOST = "https://HOST"
FETCH = """\
TOKEN=$(curl -s {host}/oauth/token/ -u "$CLIENT_ID:$CLIENT_SECRET" \\
  -d grant_type=client_credentials | jq -r .access_token)"""
A_REFUSAL = {
    "type": "about:blank",
    "status": 400,
    "title": "Bad Request",
    "detail": "limit is a whole number from 1 to 200.",
    "field": "limit",
}


@require_safe
@login_not_required
def page(request):
    """`/api/docs/`: what there is, what to send, what comes back, how it is refused."""
    context = {"resources": resources(), "token": FETCH.format(host=HOST), "refusal": in_lines(A_REFUSAL)}
    return render(request, "api/docs.html", context)


@cache
def resources() -> list[Resource]:
    """The document, laid out for reading; it changes only with the program."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    found: dict[str, Resource] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = operation["tags"][0]
            found.setdefault(name, Resource(name)).operations.append(operation_of(document, method, path, operation))
    return list(found.values())


def operation_of(document: dict, method: str, path: str, operation: dict) -> Operation:
    responses = operation["responses"]
    status = next(code for code in responses if code.startswith("2"))
    answer = content_of(document, responses[status])
    is_list = "results" in answer.get("properties", {}) or answer.get("type") == "array"
    if is_list:
        answer = resolve(document, (answer.get("properties", {}).get("results") or answer)["items"])
    return Operation(
        method=method.upper(),
        path=path,
        slug=operation["operationId"],
        summary=operation.get("description", ""),
        scope=" ".join(scope for each in operation["security"] for scopes in each.values() for scope in scopes),
        parameters=[parameter_of(one) for one in operation.get("parameters", [])],
        body=list(properties(document, content_of(document, operation.get("requestBody", {})))),
        status=status,
        answers=list(properties(document, answer)),
        is_list=is_list,
        refusals=[refusal_of(code, one) for code, one in responses.items() if code >= "400"],
        curl=curl_of(method, path, operation),
        answer=in_lines(example_of(responses[status])),
    )


def refusal_of(status: str, response: dict) -> Refusal:
    return Refusal(status, response["description"], (example_of(response) or {}).get("detail", ""))


def example_of(told: dict) -> Any:
    """The example of a body or an answer; None where there is none."""
    return next(iter(told.get("content", {}).values()), {}).get("example")


def in_lines(value) -> str:
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)


def curl_of(method: str, path: str, operation: dict) -> str:
    """The command that asks this, with the examples of the document."""
    sent = {"path": {}, "query": {}, "header": {}}
    for parameter in operation.get("parameters", []):
        if "example" in parameter:
            sent[parameter["in"]][parameter["name"]] = written(parameter["example"])
    address = f"{HOST}{path.format(**sent['path'])}"
    if sent["query"]:
        address += f"?{urlencode(sent['query'])}"
    lines = [f"curl -s {quoted(address)}", '-H "Authorization: Bearer $TOKEN"']
    lines += ["-H " + quoted(f"{name}: {value}") for name, value in sent["header"].items()]
    if (body := example_of(operation.get("requestBody", {}))) is not None:
        lines += ["-H 'Content-Type: application/json'", "-d " + quoted(json.dumps(body, ensure_ascii=False))]
    elif method != "get":
        lines.insert(1, f"-X {method.upper()}")
    return " \\\n  ".join(lines)


def written(value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def quoted(text: str) -> str:
    """A word of a shell, in single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


def content_of(document: dict, told: dict) -> dict:
    content = told.get("content", {})
    return resolve(document, next(iter(content.values()))["schema"]) if content else {}


def resolve(document: dict, schema: dict) -> dict:
    """Follow references; of one that is combined with null, the rest."""
    while "$ref" in schema or "allOf" in schema or "oneOf" in schema:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            continue
        parts = [part for part in schema.get("allOf", schema.get("oneOf")) if part.get("type") != "null"]
        rest = {key: value for key, value in schema.items() if key not in ("allOf", "oneOf")}
        schema = parts[0] | rest
    return schema


def properties(document: dict, schema: dict) -> Iterator[Value]:
    required = schema.get("required", [])
    for name, told in schema.get("properties", {}).items():
        described = resolve(document, told)
        description = told.get("description") or described.get("description", "")
        yield Value(
            name,
            type_of(document, described),
            spoken(description),
            name in required,
            choices_of(described),
        )


def type_of(document: dict, schema: dict) -> str:
    """A type in a word or two: "text", "number", "instant", "list of text", "object (system, value)"."""
    kinds = schema.get("type", "")
    kind, *_rest = [one for one in (kinds if isinstance(kinds, list) else [kinds]) if one != "null"] or [""]
    match kind:
        case "array":
            return f"list of {type_of(document, resolve(document, schema['items']))}"
        case "object":
            return f"object ({', '.join(schema['properties'])})" if "properties" in schema else "object"
        case "string":
            return {"date-time": "instant", "date": "date"}.get(schema.get("format", ""), "text")
        case "integer" | "number":
            return "number"
        case "boolean":
            return "true or false"
    return "any"


def spoken(description: str) -> str:
    """A description without the list of choices that the generator appends, and without marks of Markdown."""
    lines = [line for line in description.splitlines() if not line.startswith("* ")]
    return " ".join(lines).replace("`", "").strip()


def choices_of(schema: dict) -> tuple[str, ...]:
    return tuple(str(choice) for choice in schema.get("enum", []) if choice not in (None, ""))


def parameter_of(told: dict[str, Any]) -> Value:
    schema = told["schema"]
    return Value(
        told["name"],
        type_of({}, schema),
        spoken(told.get("description", "")),
        told.get("required", False),
        choices_of(schema),
        told["in"],
    )
