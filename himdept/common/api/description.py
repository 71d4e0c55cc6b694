"""What the OpenAPI document says of every operation: how one comes in, and how one is refused."""

from django.conf import settings

PROBLEM = {
    "type": "object",
    "required": ["type", "status", "title", "detail"],
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string", "description": "What is wrong, and where, in one sentence."},
        "field": {"type": "string"},
        "errors": {},
    },
}
ALWAYS = {
    "400": "What was sent cannot be understood.",
    "401": "A token is missing, unknown or expired.",
    "403": "The token does not reach as far.",
    "404": "It is not there, or not in reach.",
    "406": "Answers are JSON.",
    "429": "Too many requests; Retry-After says when to come again.",
}
OF_WRITING = {
    "409": "Somebody else was faster.",
    "412": "It has changed since it was read.",
    "413": "The body is too large.",
    "415": "The body is JSON.",
    "422": "A rule of the department refuses this.",
    "428": "If-Match is missing.",
}

OF_MOMENTS = {"422": OF_WRITING["422"]}


def asks_for_a_moment(operation: dict) -> bool:
    return any(parameter["schema"].get("format") == "date-time" for parameter in operation.get("parameters", []))


def say_how_it_is_refused(result, generator, request, public):
    """Add problem+json to every operation: one hook, so that no view can forget it."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        if name.endswith("Request"):
            schema["additionalProperties"] = False
    schemas["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for method, operation in operations.items():
            refusals = ALWAYS | (OF_WRITING if method != "get" else OF_MOMENTS if asks_for_a_moment(operation) else {})
            for status, words in refusals.items():
                operation["responses"].setdefault(status, {"description": words, "content": of_problem()})
    return result


def of_problem() -> dict:
    """The content of one refusal. Each has its own, for each is given its own example (`himdept.examples`)."""
    return {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def client_credentials(all_scopes: dict[str, str]) -> dict:
    """How one comes in, in the words of OpenAPI."""
    return {
        "type": "oauth2",
        "description": f"Tokens live {settings.OAUTH2_PROVIDER['ACCESS_TOKEN_EXPIRE_SECONDS'] // 60} minutes.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": all_scopes}},
    }
