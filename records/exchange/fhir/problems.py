"""What is wrong with a resource: where, which element, in a sentence; and how FHIR says it."""

import re
from http import HTTPStatus
from typing import Any

import msgspec

ISSUES = {
    HTTPStatus.BAD_REQUEST: "structure",
    HTTPStatus.UNAUTHORIZED: "login",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not-supported",
    HTTPStatus.NOT_ACCEPTABLE: "not-supported",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.GONE: "deleted",
    HTTPStatus.PRECONDITION_FAILED: "conflict",
    HTTPStatus.CONTENT_TOO_LARGE: "too-long",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "not-supported",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
    HTTPStatus.SERVICE_UNAVAILABLE: "transient",
}


class Problem(Exception):
    """Why something that came in was refused. No name, number or date of a patient stands in it.

    `element` is a FHIRPath; `code` one of FHIR's issue types; `status` what HTTP says.
    """

    def __init__(self, sentence: str, *, element: str = "", code: str = "", status: int = 422, place: str = ""):
        super().__init__(sentence)
        self.sentence, self.element, self.status, self.place = sentence, element, status, place
        self.code = code or ISSUES.get(status, "processing")

    def as_json(self) -> dict[str, str]:
        """As the inbound log keeps it."""
        return {"place": self.place, "element": self.element, "problem": self.sentence}

    def as_issue(self) -> dict[str, Any]:
        issue = {"severity": "error", "code": self.code, "diagnostics": self.sentence}
        return issue | ({"expression": [self.element]} if self.element else {})

    def in_entry(self, n: int) -> "Problem":
        """The same, seen from the bundle that the resource stands in."""
        below = self.element.partition(".")[2]
        element = f"Bundle.entry[{n}].resource" + (f".{below}" if below else "")
        if self.element.startswith("Bundle."):
            element = self.element
        return Problem(self.sentence, element=element, code=self.code, status=self.status, place=f"entry {n}")


def outcome(*problems: Problem) -> dict[str, Any]:
    """A FHIR OperationOutcome."""
    return {"resourceType": "OperationOutcome", "issue": [problem.as_issue() for problem in problems]}


def not_stored(type_name: str) -> dict[str, Any]:
    """What is answered for a resource type that is kept in the log and goes no further."""
    sentence = f"This {type_name} tells nothing that is stored; it is kept in the inbound log."
    issue = {"severity": "information", "code": "informational", "diagnostics": sentence}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


WORDS = {"str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "null"}
WORDS |= {"object": "an object", "array": "a list"}
SHAPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`(?: - at `\$(.*)`)?")
KEY = re.compile(r"Object missing required field `([^`]+)`(?: - at `\$(.*)`)?")


def decode[T](raw: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T], name: str) -> T:
    """Decode JSON into a type. Raises Problem (400) that names the element."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        text = str(error)
        if match := SHAPE.match(text):
            shapes = [word.strip() for word in match[1].split("|")]
            wanted = " or ".join(WORDS.get(shape, shape) for shape in shapes if shape != "null")
            got = WORDS.get(match[2], match[2])
            raise Problem(
                f"Here {wanted} is expected, not {got}.", element=name + (match[3] or ""), status=400
            ) from None
        if match := KEY.match(text):
            raise Problem(
                "This element is missing.", element=f"{name}{match[2] or ''}.{match[1]}", status=400
            ) from None
        sentence, _, where = text.partition(" - at `$")
        raise Problem(f"{sentence}.", element=name + where.rstrip("`"), status=400) from None
    except UnicodeDecodeError:
        raise Problem("This is not UTF-8.", element=name, status=400) from None
    except msgspec.DecodeError as error:
        raise Problem(f"This is not JSON: {error}.", element=name, status=400) from None
    except RecursionError:
        raise Problem("This is nested too deeply.", element=name, status=400) from None


def without_nul(raw: bytes | msgspec.Raw, name: str) -> None:
    """Raises Problem for the character NUL, which PostgreSQL cannot hold, and for a number out of range."""
    if b"\\u0000" not in bytes(raw):
        return
    for path, value in walk(decode(raw, ANYTHING, name), name):
        if isinstance(value, str) and "\0" in value:
            raise Problem("A text may not contain the character NUL.", element=path, code="value", status=400)


ANYTHING = msgspec.json.Decoder()


def walk(value: Any, path: str):
    """Every part of decoded JSON with its path."""
    yield path, value
    if isinstance(value, dict):
        for name, part in value.items():
            if "\0" in name:
                yield path, name
            yield from walk(part, f"{path}.{name}")
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from walk(part, f"{path}[{n}]")
