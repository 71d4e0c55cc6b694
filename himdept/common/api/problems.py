"""Refusals as problem+json (RFC 9457)."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework.exceptions import (
    APIException,
    NotAcceptable,
    NotAuthenticated,
    Throttled,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.response import Response
from rest_framework.settings import api_settings

from himdept.common.errors import DomainError

MEDIA_TYPE = "application/problem+json"
OF_NO_FIELD = api_settings.NON_FIELD_ERRORS_KEY


class PreconditionFailed(APIException):
    """What was read has changed since (RFC 9110, section 15.5.13)."""

    status_code = 412
    default_detail = "This has changed since you read it; read it again and decide anew."


class PreconditionRequired(APIException):
    """RFC 6585, section 3."""

    status_code = 428
    default_detail = "Send If-Match with the ETag of what you read."


def problem_response(error, context):
    """Answer a refusal with `application/problem+json`: status, title and a detail that names what and where."""
    field = ""
    match error:
        case DomainError():
            status, detail, field = error.status, error.message, error.field
        case ValidationError():
            status, detail, field = 400, first_fault(error.detail), first_field(error.detail)
        case Throttled():
            status, detail = 429, f"Too many requests in this minute; come again in {int(error.wait) + 1} seconds."
        case NotAuthenticated():
            status, detail = 401, "Send a token, Authorization: Bearer ..., that POST /oauth/token/ gave."
        case UnsupportedMediaType():
            status, detail = 415, "The body is JSON: send it with Content-Type: application/json."
        case NotAcceptable():
            status, detail = 406, "Answers are JSON: send Accept: application/json, or none."
        case APIException():
            status, detail = error.status_code, str(error.detail)
        case Http404():
            status, detail = 404, "There is nothing here, or not for you."
        case PermissionDenied():
            status, detail = 403, "You may not do this."
        case RequestDataTooBig():
            status, detail = 413, str(error)
        case SuspiciousOperation():
            status, detail = 400, "This request cannot be read."
        case _:
            return None
    body = {"type": "about:blank", "status": status, "title": HTTPStatus(status).phrase, "detail": str(detail)}
    if field:
        body["field"] = field
    if isinstance(error, ValidationError):
        body["errors"] = error.detail
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def first_fault(detail) -> str:
    """The first sentence of a validation error, with the name of its field."""
    while isinstance(detail, list) and detail:
        detail = detail[0]
    if isinstance(detail, dict):
        for name, fault in detail.items():
            return first_fault(fault) if name == OF_NO_FIELD else f"{name}: {first_fault(fault)}"
    return str(detail)


def first_field(detail) -> str:
    """The name of the field that it is about; empty where it is about the whole."""
    name = next(iter(detail), "") if isinstance(detail, dict) else ""
    return "" if name == OF_NO_FIELD else name
