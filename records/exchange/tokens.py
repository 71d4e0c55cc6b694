"""The token endpoint: which client it is that asks, and by what it proves so (RFC 6749, sections 2.3 and 4.4).

oauthlib goes through the grant; what is ours is the proof, the scopes (access.Scopes) and the bound on how often.
"""

import base64
import binascii
import json
from http import HTTPStatus
from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views import TokenView
from oauthlib.common import Request
from oauthlib.oauth2 import InvalidClientError, InvalidRequestError, InvalidScopeError, OAuth2Error

from records.exchange import assertions, credentials, limits
from records.exchange.models import Client

ENDPOINT = (
    "himdept.token_endpoint"  # where the view tells oauthlib's request what our address is; no header is called so
)


class TooMany(OAuth2Error):
    """The client has made its requests of this minute."""

    error = "temporarily_unavailable"
    status_code = 429

    def __init__(self, seconds: int, **more):
        super().__init__("Too many requests in this minute.", **more)
        self.seconds = seconds

    @property
    def headers(self):
        return {"Retry-After": str(self.seconds)}


class Proof(OAuth2Validator):
    """What shows that a request for a token comes from the client that it names."""

    def authenticate_client(self, request: Request, *args, **kwargs) -> bool:
        """Whether it does; the client's application is then the request's. What was tried in vain leaves no trace."""
        client = client_of(request)
        if client is None:
            told = "No client of this id proves itself so: it is not known, switched off, or the secret is another."
            raise InvalidClientError(told, request=request)
        request.client = client.application
        if (seconds := limits.wait(client)) is not None:
            raise TooMany(seconds, request=request)
        return True

    def validate_scopes(self, client_id, scopes, client, request: Request, *args, **kwargs) -> bool:
        if not super().validate_scopes(client_id, scopes, client, request, *args, **kwargs):
            raise InvalidScopeError(
                "The client does not hold these scopes; its page says which it holds.", request=request
            )
        return True


def client_of(request: Request) -> Client | None:
    """The client that a request proves to come from. Raises InvalidRequestError for one that tries two ways at once."""
    by_header, assertion = basic(request), getattr(request, "client_assertion", None)
    if len([way for way in (by_header, assertion, request.client_secret) if way]) > 1:
        raise InvalidRequestError("Prove who you are in one way, not in two.", request=request)
    if assertion:
        return signer(request, assertion)
    client_id, word = by_header or (request.client_id, request.client_secret)
    if not client_id or not word or "\0" in client_id:
        return None
    secret = credentials.proven(client_id, word)
    return secret and secret.client


def signer(request: Request, assertion: str) -> Client:
    """The client that signed an assertion. Raises InvalidClientError, with a sentence for whoever writes the client."""
    if getattr(request, "client_assertion_type", None) != assertions.TYPE:
        raise InvalidRequestError(f"client_assertion_type is {assertions.TYPE}.", request=request)
    try:
        client = assertions.proven(assertion, endpoint=request.headers[ENDPOINT])
    except assertions.Unproven as refusal:
        raise InvalidClientError(refusal.message, request=request) from refusal
    if request.client_id and request.client_id != client.application.client_id:
        raise InvalidClientError("client_id is another client's.", request=request)
    return client


def basic(request: Request) -> tuple[str, str] | None:
    """Client id and secret of `Authorization: Basic`, each of them form-encoded (RFC 6749, section 2.3.1)."""
    kind, _space, told = (request.headers.get("Authorization") or "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, _colon, word = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(word)


class ClientCredentials(TokenView):
    """`POST /oauth/token/`: a program that proves itself gets a token of some minutes (RFC 6749, section 4.4)."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if fault := fault_of(request):
            return refused(*fault)
        request.META[ENDPOINT] = endpoint(request)
        response = super().post(request, *args, **kwargs)
        if response.status_code < 400:
            return response
        told = json.loads(response.content)
        answer = refused(told["error"], told.get("error_description", ""), status=response.status_code)
        for name in {"WWW-Authenticate", "Retry-After", "Cache-Control", "Pragma"} & set(response.headers):
            answer.headers[name] = response.headers[name]
        return answer

    def http_method_not_allowed(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        answer = refused("invalid_request", "A token is asked for by POST.", status=405)
        answer.headers["Allow"] = "POST"
        return answer

    options = http_method_not_allowed


def refused(error: str, told: str, *, status: int = 400) -> JsonResponse:
    """The refusal that RFC 6749 (section 5.2) asks for, as application/json, with the members of a problem (RFC 9457)
    beside: whoever reads the refusals of /api/v1 can read it too."""
    problem = {"type": "about:blank", "status": status, "title": HTTPStatus(status).phrase, "detail": told}
    return JsonResponse({"error": error, "error_description": told} | problem, status=status)


def endpoint(request: HttpRequest) -> str:
    """The address of the token endpoint, as clients know it: the `aud` of their assertions."""
    return request.build_absolute_uri(reverse("token"))


def fault_of(request: HttpRequest) -> tuple[str, str] | None:
    """What is wrong with a request before it is looked at who sends it: the error of RFC 6749 and a sentence."""
    if request.GET:  # it would stand in the log of every server in between
        return "invalid_request", "Send the parameters in the body, never in the address."
    if request.content_type != "application/x-www-form-urlencoded":
        return "invalid_request", "The body is application/x-www-form-urlencoded."
    try:
        request.POST  # noqa: B018  reads it
    except BadRequest:
        return "invalid_request", "The body is in UTF-8."
    except SuspiciousOperation:
        return "invalid_request", "The body is too large."
    for name, values in request.POST.lists():
        if len(values) > 1:
            return "invalid_request", f"{name} was given more than once." if name.isascii() else "Something came twice."
    if "\0" in request.POST.get("scope", ""):
        return "invalid_scope", "A scope reads system/Encounter.write or system/*.read."
    if "grant_type" not in request.POST:
        return "invalid_request", "grant_type is missing."
    if request.POST["grant_type"] != "client_credentials":
        return "unsupported_grant_type", "Only grant_type=client_credentials is given here."
    return None


def forget_old(step=None) -> dict:
    """Delete the tokens that have expired, and the assertions with which some were got: nobody can use either again."""
    deleted, _each = AccessToken.objects.filter(expires__lte=timezone.now()).delete()
    return {"tokens": deleted, "assertions": assertions.forget_old()}
