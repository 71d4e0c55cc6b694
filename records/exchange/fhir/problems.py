"""What is wrong with a resource: where, which element, in a sentence; and how FHIR says it."""

from http import HTTPStatus
from typing import Any

import msgspec

from himdept.common import shapes
from himdept.common.errors import Unreadable

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


MOST = 50  # faults that one refusal names


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
    """A FHIR OperationOutcome: one issue for each fault, up to MOST, and how many more there are."""
    issues = [problem.as_issue() for problem in problems[:MOST]]
    if more := problems[MOST:]:
        sentence = f"{len(more)} more faults are not named here."
        issues.append({"severity": "information", "code": "informational", "diagnostics": sentence})
    return {"resourceType": "OperationOutcome", "issue": issues}


def not_stored(type_name: str) -> dict[str, Any]:
    """What is answered for a resource type that is kept in the log and goes no further."""
    sentence = f"This {type_name} tells nothing that is stored; it is kept in the inbound log."
    issue = {"severity": "information", "code": "informational", "diagnostics": sentence}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def decode[T](raw: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T], name: str) -> T:
    """Decode JSON into a type. Raises Problem (400) that names the element."""
    try:
        return shapes.decode(raw, decoder, name)
    except Unreadable as error:
        raise Problem(error.message, element=error.field, status=error.status) from None


def without_nul(raw: bytes | msgspec.Raw, name: str) -> None:
    """Raises Problem for the character NUL, which PostgreSQL cannot hold, and for a number out of range."""
    if b"\\u0000" not in bytes(raw):
        return
    for path, value in shapes.walk(decode(raw, ANYTHING, name), name):
        if isinstance(value, str) and "\0" in value:
            raise Problem("A text may not contain the character NUL.", element=path, code="value", status=400)


ANYTHING = msgspec.json.Decoder()
