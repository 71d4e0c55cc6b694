"""Letting programs in: clients, their service users, and tokens made by hand."""

import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application, set_token_value

from himdept.common.errors import DomainError
from records.exchange import scopes
from records.exchange.models import Client
from records.inventory.models import Source
from staff.models import Facility, User

NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")


def admit(
    name: str,
    *,
    scope: str,
    facilities: list[Facility] | None = None,
    clearance: int | None = None,
    source: str | None = None,
) -> Client:
    """Make a client, or give one that is there what is said here: scopes and facilities are added, clearance is set.

    A new client has a service user of its name, who signs in nowhere, and a source of ids, of its name too unless
    said otherwise. Without facilities it reaches the only one there is. Raises DomainError where that is not clear.
    """
    if not NAME.fullmatch(name):
        raise DomainError("A client's name has 1 to 50 letters, digits, hyphens and underscores.", field="client")
    asked = scopes.parse(scope)
    with transaction.atomic():
        client = Client.objects.select_for_update(of=["self"]).filter(application__name=name).first()
        client = client or _new(name, source or name, facilities)
        if source and client.source.name != source:
            raise DomainError(f"The client {name} has the source {client.source.name}.", field="source")
        client.scopes = " ".join(sorted(asked | set(client.scopes.split())))
        client.save(update_fields=["scopes"])
        if facilities:
            client.user.facilities.add(*facilities)
        if clearance is not None:
            client.user.clearance = clearance
            client.user.save(update_fields=["clearance"])
    return client


def _new(name: str, source: str, facilities: list[Facility] | None) -> Client:
    if not NAME.fullmatch(source):
        raise DomainError("A source's name has 1 to 50 letters, digits, hyphens and underscores.", field="source")
    if not facilities:
        facilities = list(Facility.objects.all()[:2])
        if len(facilities) != 1:
            raise DomainError("There are several facilities: say which ones the client reaches.", field="facility")
    if User.objects.filter(username=name).exists():
        raise DomainError(f"There is a user {name} already; give the client another name.", field="client")
    user = User(username=name, kind=User.Kind.SERVICE)
    user.set_unusable_password()
    user.save()
    user.facilities.set(facilities)
    application = Application.objects.create(
        name=name,
        user=None,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    return Client.objects.create(
        application=application, user=user, source=Source.objects.get_or_create(name=source)[0]
    )


def new_secret(client: Client) -> str:
    """Give a client a new secret for the token endpoint; only its hash is kept, and the old one ends."""
    secret = secrets.token_urlsafe(48)
    client.application.client_secret = secret
    client.application.save(update_fields=["client_secret"])
    return secret


def issue_token(client: Client, *, scope: str, life: timedelta) -> str:
    """An access token made by hand; only its hash is kept. Raises DomainError for a scope beyond the client's."""
    held = frozenset(client.scopes.split())
    for one in scopes.parse(scope):
        if not scopes.covers(held, one):
            raise DomainError(f"The client does not hold the scope {one}.", field="scope")
    word = secrets.token_urlsafe(32)
    token = AccessToken(application=client.application, expires=timezone.now() + life, scope=scope)
    set_token_value(token, word)
    token.save()
    return word
