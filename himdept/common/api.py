"""The edge of the API: which action asks for which permission, and refusals as problem+json (RFC 9457)."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from himdept.common.errors import DomainError


class HoldsActionPermission(BasePermission):
    """Refuses every action that the view's `action_permissions` table does not name: it fails closed."""

    def has_permission(self, request, view):
        wanted = getattr(view, "action_permissions", {}).get(getattr(view, "action", None) or request.method.lower())
        return bool(wanted and request.user and request.user.is_active and request.user.has_perm(wanted))


def problem_response(error, context):
    """Answer a refusal with `application/problem+json`: status, title and a detail that names what and where."""
    if isinstance(error, DomainError):
        status, detail, field = error.status, error.message, error.field
    elif isinstance(error, ValidationError):
        status, detail, field = 400, "The request is not as it should be.", ""
    elif isinstance(error, APIException):
        status, detail, field = error.status_code, str(error.detail), ""
    elif isinstance(error, Http404):
        status, detail, field = 404, "There is nothing here, or not for you.", ""
    elif isinstance(error, PermissionDenied):
        status, detail, field = 403, "You may not do this.", ""
    else:
        return None
    body = {"type": "about:blank", "status": status, "title": HTTPStatus(status).phrase, "detail": detail}
    if field:
        body["field"] = field
    if isinstance(error, ValidationError):
        body["errors"] = error.detail
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(body, status=status, headers=headers, content_type="application/problem+json")
