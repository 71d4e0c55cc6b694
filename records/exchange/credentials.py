"""The secrets and keys with which a client gets its tokens.

Two secrets may be live, so that the program can be told the new one while the old one still works (docs/adr/0019).
"""

import hashlib
import secrets
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common.errors import Conflict, DomainError
from himdept.common.reports import Operator
from records.exchange.clients import handling, see_that_it_is_as_read
from records.exchange.models import Client, ClientSecret
from staff.models import User

PLACES = (1, 2)


def new_secret(
    client: Client, *, by: User | Operator, because: str = "", old_until: datetime | None = None
) -> tuple[ClientSecret, str]:
    """Give a client a new secret, which works at once. The only time that the secret itself is there is now.

    What it had before works until `old_until` (now: no longer), or without that until it is ended. Raises Conflict
    where two would stay live beside it.
    """
    with handling(client, by=by, because=because) as client:
        now = timezone.now()
        if old_until is not None:
            for old in client.secrets.live(now):
                _end(old, max(old_until, now))
        taken = set(client.secrets.live(now).values_list("place", flat=True))
        free = [place for place in PLACES if place not in taken]
        if not free:
            raise Conflict(
                _("%(name)s has two secrets already. End the one that is no longer used.") % {"name": client}
            )
        word = secrets.token_urlsafe(48)
        made = ClientSecret.objects.create(
            client=client,
            place=free[0],
            begins=word[:6],
            sha256=digest(word),
            made_at=now,
            made_by=by if isinstance(by, User) else None,
        )
    return made, word


def end_secret(secret: ClientSecret, *, by: User, because: str, at: datetime | None = None) -> ClientSecret:
    """Let a secret end at a moment to come or, without one, now. Raises Conflict where it has ended already."""
    with handling(secret.client, by=by, because=because):
        now = timezone.now()
        secret = ClientSecret.objects.select_for_update().get(pk=secret.pk)
        if secret.ends_at is not None and secret.ends_at <= now:
            raise Conflict(_("The secret %(secret)s has ended already.") % {"secret": secret})
        if at is not None and at <= now:
            raise DomainError(_("The end of a secret lies ahead, or it is now."), field="at")
        secret.ends_at = at or now
        secret.save(update_fields=["ends_at"])
    return secret


def _end(secret: ClientSecret, at: datetime):
    """No later than `at`: an end that comes sooner stays."""
    if secret.ends_at is None or secret.ends_at > at:
        secret.ends_at = at
        secret.save(update_fields=["ends_at"])


def set_keys(client: Client, *, jwks: list[dict] | None, jwks_url: str, as_read: str, by: User, because: str) -> Client:
    """Say by which public keys a client's signed assertions are known: these, those at an address, or none any more.

    Raises Conflict when somebody has changed the client since its `seal` was read.
    """
    with handling(client, by=by, because=because) as client:
        see_that_it_is_as_read(client, as_read)
        client.jwks, client.jwks_url = jwks, jwks_url
        client.save(update_fields=["jwks", "jwks_url"])
    return client


def proven(client_id: str, word: str) -> ClientSecret | None:
    """The live secret that a client shows, of a client that is switched on; noted as used."""
    found = (
        ClientSecret.objects.live()
        .filter(sha256=digest(word), client__application__client_id=client_id, client__user__is_active=True)
        .select_related("client__application", "client__user")
        .first()
    )
    if found is not None:
        found.last_used_at = timezone.now()
        found.save(update_fields=["last_used_at"])
    return found


def digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
