"""How programs come in: OAuth2 bearer tokens of clients, and what they may do."""

import hashlib
from datetime import timedelta

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.models import AccessToken
from oauth2_provider.scopes import BaseScopes
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from himdept.common.api.description import client_credentials
from records.confidentiality.actions import log_sent
from records.exchange import scopes
from records.exchange.models import Client

REALM = "himdept"
SEEN_EVERY = timedelta(minutes=1)  # how exactly `last_used_at` is kept: a write per request would be dear


class ClientToken(BaseAuthentication):
    """`Authorization: Bearer ...` becomes the service user, and the client as `request.auth`.

    The client's `allowed` are the scopes of the token that the client still holds. Raises AuthenticationFailed (401)
    for a token that is unknown, expired, or of a client or user that was switched off.
    """

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("The Authorization header has no token, or more than one.")
        # Only the hash of a token is kept.
        checksum = hashlib.sha256(words[1]).hexdigest()
        token = (
            AccessToken.objects.filter(token_checksum=checksum, application__client__isnull=False)
            .select_related("application__client__user", "application__client__source")
            .first()
        )
        if token is None or token.is_expired():
            raise AuthenticationFailed("This token is not known, or has expired.")
        client = token.application.client
        if not client.user.is_active:
            raise AuthenticationFailed("This client was switched off.")
        held = frozenset(client.scopes.split())
        client.allowed = frozenset(scope for scope in token.scope.split() if scopes.covers(held, scope))
        # A service user has no role: what it may do is what the token says.
        client.user.granted = scopes.permissions(client.allowed)
        self._note(client)
        return client.user, client

    def authenticate_header(self, request):
        return f'Bearer realm="{REALM}"'

    def _note(self, client: Client) -> None:
        now = timezone.now()
        if client.last_used_at is None or client.last_used_at < now - SEEN_EVERY:
            client.last_used_at = now
            client.save(update_fields=["last_used_at"])


def log(request, records: list[int]):
    """Write into the access log that a client is told of these records: by which address, and what for."""
    address = request.resolver_match.view_name
    log_sent(records, to=request.user, what=f"{address}, {request.auth.purpose}")


class ClientTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names it."""

    target_class = ClientToken
    name = "client"

    def get_security_definition(self, auto_schema):
        return client_credentials(Scopes().get_all_scopes() | scopes.in_words())

    def get_security_requirement(self, auto_schema):
        view = auto_schema.view
        return {self.name: [scopes.that_gives(view.action_permissions[view.action])]}


class Scopes(BaseScopes):
    """Which scopes the token endpoint gives: those that the client holds, or narrower ones."""

    def get_all_scopes(self):
        return {
            "system/*.read": "reads all that the other scopes read",
            "system/*.write": "does all that the other scopes do, and sends whatever comes in",
        }

    def get_available_scopes(self, application=None, request=None, *args, **kwargs):
        client = getattr(application, "client", None)
        held = frozenset(client.scopes.split()) if client else frozenset()
        asked = (getattr(request, "scope", None) or "").split() if request else []
        return sorted(held | {scope for scope in asked if scopes.covers(held, scope)})

    def get_default_scopes(self, application=None, request=None, *args, **kwargs):
        client = getattr(application, "client", None)
        return client.scopes.split() if client else []
