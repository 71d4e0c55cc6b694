"""The FHIR endpoints: doorways of a few lines. Every refusal is an OperationOutcome."""

from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework.exceptions import APIException, MethodNotAllowed, NotAuthenticated
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from himdept.common.errors import DomainError
from records.exchange import tokens
from records.exchange.access import ClientToken
from records.exchange.fhir import capability
from records.exchange.fhir.bundles import Posted, Refusal
from records.exchange.fhir.problems import Problem, outcome
from records.exchange.limits import PerMinute
from records.exchange.models import Client

FHIR, JSON = "application/fhir+json", "application/json"


class FhirRenderer(BaseRenderer):
    media_type = FHIR
    format = "fhir"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        return msgspec.json.encode(data)


class JsonRenderer(FhirRenderer):
    media_type = JSON
    format = "json"


class OneFormat(BaseContentNegotiation):
    """JSON is what there is: FHIR's own media type, unless plain JSON is asked for by name. XML gets 406."""

    def select_parser(self, request, parsers):
        return None

    def select_renderer(self, request, renderers, format_suffix=None):
        asked = [part.partition(";")[0].strip().lower() for part in request.headers.get("Accept", "*/*").split(",")]
        for renderer in renderers:
            if any(one in (renderer.media_type, "*/*", "application/*", "") for one in asked):
                return renderer, renderer.media_type
        if any(one == JSON for one in asked):
            return renderers[-1], JSON
        raise NotAcceptable


class NotAcceptable(APIException):
    status_code = 406
    default_detail = "Answers are application/fhir+json."


class IsClient(BasePermission):
    """A program with a token that reaches some facility; what it may write is asked of each resource."""

    message = "This client reaches no facility."

    def has_permission(self, request, view):
        if not isinstance(request.auth, Client):
            raise NotAuthenticated("This needs a bearer token.")
        return bool(request.user.facility_ids)


class FhirView(APIView):
    schema = None  # what it offers is said by its own `metadata`, not in the OpenAPI schema
    authentication_classes = [ClientToken]
    permission_classes = [IsClient]
    throttle_classes = [PerMinute]
    renderer_classes = [FhirRenderer, JsonRenderer]
    parser_classes: list[Any] = []
    content_negotiation_class = OneFormat

    def handle_exception(self, exc):
        response = refused(exc)
        if response is None:
            raise exc
        if (challenge := self.get_authenticate_header(self.request)) and response.status_code == 401:
            response.headers["WWW-Authenticate"] = challenge
        response.exception = True
        return response


class Base(FhirView):
    """`POST /fhir/R4`: a Bundle of type transaction or batch."""

    def post(self, request):
        if request.content_type.partition(";")[0].strip().lower() not in (FHIR, JSON):
            raise Problem(f"A Bundle is sent as {FHIR}.", status=415)
        return Response(Posted(request._request.body, request.auth).process())


class Metadata(FhirView):
    """`GET /fhir/R4/metadata`: what this server does, for anybody who asks."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def get(self, request):
        return Response(capability.statement(request.build_absolute_uri("/fhir/R4"), tokens.endpoint(request)))


class Elsewhere(FhirView):
    """Any other address below `/fhir/R4`: nothing is there, and nothing is ever replaced or deleted by its address."""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(request.method)
        raise Problem("There is nothing at this address; POST a Bundle to /fhir/R4.", status=404)

    def get(self, request, path):
        raise NotImplementedError

    post = get


def refused(error: Exception) -> Response | None:
    """The answer to a refusal; None for what is a fault of ours."""
    headers = {}
    match error:
        case Refusal():
            found, status = error.problems, error.problems[0].status
        case Problem():
            found, status = [error], error.status
        case RequestDataTooBig():
            found, status = [Problem("The body is too large; send smaller bundles.", status=413)], 413
        case APIException():
            status = error.status_code
            found = [Problem(str(error.detail), status=status)]
            if wait := getattr(error, "wait", None):
                headers["Retry-After"] = str(int(wait) + 1)
        case DomainError():
            found, status = [Problem(error.message, element=error.field, status=error.status)], error.status
        case Http404():
            found, status = [Problem("There is nothing at this address.", status=404)], 404
        case SuspiciousOperation():
            found, status = [Problem("This request cannot be read.", status=400)], 400
        case _:
            return None
    return Response(outcome(*found), status=status, headers=headers)
