"""Letting programs in, saying what they may do and reach, switching them off; and tokens made by hand.

Every act is in the trail with who did it and why: by a person on the screen, or by whoever runs a command on the
server.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import timedelta

from auditlog.models import LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken, Application, set_token_value

from himdept.common.audit import acting_as
from himdept.common.errors import Conflict, DomainError
from himdept.common.reports import Operator
from records.exchange import scopes
from records.exchange.models import Client
from records.inventory.models import Source
from staff.models import Facility, User

NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")
LONGEST_REASON = 500  # characters
TERMINAL = Operator("the command line")


class BeyondReach(DomainError):
    """A person may give a program no more than what their own facilities and clearance reach."""

    status = 403


def admit(
    name: str,
    *,
    scope: str,
    facilities: list[Facility] | None = None,
    clearance: int | None = None,
    source: str | None = None,
    purpose: str | None = None,
    requests_per_minute: int | None = None,
    by: User | Operator = TERMINAL,
    because: str = "",
) -> Client:
    """Make a client, or give one that is there what is said here: scopes and facilities are added, clearance is set.

    A new client has a service user of its name, who signs in nowhere, and a source of ids, of its name too unless
    said otherwise. Without facilities it reaches the only one there is. Raises DomainError where that is not clear.
    """
    named(name)
    asked = scopes.parse(scope)
    with transaction.atomic(), acting(by, because):
        client = Client.objects.select_for_update(of=["self"]).filter(application__name=name).first()
        client = client or _new(name, source or name, facilities)
        if source and client.source.name != source:
            raise DomainError(f"The client {name} has the source {client.source.name}.", field="source")
        client.scopes = " ".join(sorted(asked | set(client.scopes.split())))
        client.purpose = purpose or client.purpose
        client.requests_per_minute = requests_per_minute or client.requests_per_minute
        client.save(update_fields=["scopes", "purpose", "requests_per_minute"])
        if facilities:
            client.user.facilities.add(*facilities)
        if clearance is not None:
            client.user.clearance = clearance
            client.user.save(update_fields=["clearance"])
        _within_reach(client, by)
    return client


def let_in(name: str, **more) -> Client:
    """`admit` for one that is not here yet. Raises Conflict where it is: somebody else may have been faster."""
    with transaction.atomic():
        if Client.objects.filter(application__name=name).exists():
            raise Conflict(_("There is a client %(name)s already; change that one.") % {"name": name}, field="name")
        return admit(name, **more)


def named(name: str):
    if not NAME.fullmatch(name):
        raise DomainError("A client's name has 1 to 50 letters, digits, hyphens and underscores.", field="name")


def _new(name: str, source: str, facilities: list[Facility] | None) -> Client:
    if not NAME.fullmatch(source):
        raise DomainError("A source's name has 1 to 50 letters, digits, hyphens and underscores.", field="source")
    if not facilities:
        facilities = list(Facility.objects.all()[:2])
        if len(facilities) != 1:
            raise DomainError("There are several facilities: say which ones the client reaches.", field="facilities")
    if User.objects.filter(username=name).exists():
        raise DomainError(f"There is a user {name} already; give the client another name.", field="name")
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


def change(
    client: Client,
    *,
    scope: str,
    purpose: str,
    facilities: Iterable[Facility],
    clearance: int,
    requests_per_minute: int | None,
    as_read: str,
    by: User,
    because: str,
) -> Client:
    """Say anew what a client may do, what it reaches and how often it may ask; its tokens follow at once.

    `as_read` is the `seal` of what was changed. Raises Conflict when somebody has changed it since, and BeyondReach
    where it reaches, before or afterwards, what the person does not.
    """
    asked = scopes.parse(scope)
    with handling(client, by=by, because=because) as client:
        see_that_it_is_as_read(client, as_read)
        client.scopes, client.requests_per_minute = " ".join(sorted(asked)), requests_per_minute
        client.purpose = purpose
        client.save(update_fields=["scopes", "purpose", "requests_per_minute"])
        client.user.facilities.set(facilities)
        client.user.clearance = clearance
        client.user.save(update_fields=["clearance"])
        _within_reach(client, by)
    return client


def switch_off(client: Client, *, by: User, because: str) -> Client:
    """Shut a client out at once: its tokens are deleted, its credentials open nothing until it is switched on."""
    with locked(client, by=by, because=because) as client:
        if not client.user.is_active:
            raise Conflict(_("%(name)s is switched off already.") % {"name": client})
        _set_active(client, on=False)
        tokens_of(client).delete()
    return client


def switch_on(client: Client, *, by: User, because: str) -> Client:
    """Let a client in again with the credentials that it had; it fetches new tokens."""
    with handling(client, by=by, because=because) as client:
        if client.user.is_active:
            raise Conflict(_("%(name)s is switched on already.") % {"name": client})
        _set_active(client, on=True)
    return client


def _set_active(client: Client, *, on: bool):
    client.user.is_active = on
    client.user.save(update_fields=["is_active"])


def tokens_of(client: Client):
    """The tokens of a client that have not expired."""
    return AccessToken.objects.filter(application=client.application, expires__gt=timezone.now())


def revoke_tokens(client: Client, *, by: User, because: str) -> int:
    """Delete the tokens of a client, those made by hand too; with its credentials it gets new ones."""
    with handling(client, by=by, because=because) as client:
        number, _each = tokens_of(client).delete()
        note(client, tokens=[str(number), "0"])
    return number


def issue_token(client: Client, *, scope: str, life: timedelta, by: User | Operator = TERMINAL) -> str:
    """An access token made by hand; only its hash is kept. Raises DomainError for a scope beyond the client's."""
    held = frozenset(client.scopes.split())
    for one in scopes.parse(scope):
        if not scopes.covers(held, one):
            raise DomainError(f"The client does not hold the scope {one}.", field="scope")
    word = secrets.token_urlsafe(32)
    with transaction.atomic(), acting(by):
        token = AccessToken(application=client.application, expires=timezone.now() + life, scope=scope)
        set_token_value(token, word)
        token.save()
        note(client, token=["", f"{scope}, {token.expires:%Y-%m-%d %H:%M} UTC"])
    return word


# -- What every act on a client has in common ----------------------------------------------------------------------


@contextmanager
def locked(client: Client, *, by: User | Operator, because: str):
    """The client as it stands, locked, in a transaction whose changes are written down with who and why."""
    with transaction.atomic(), acting(by, because):
        rows = Client.objects.select_for_update(of=["self", "user"])
        yield rows.select_related("user", "application", "source").get(pk=client.pk)


@contextmanager
def handling(client: Client, *, by: User | Operator, because: str):
    """The same for an act that only somebody may do who reaches what the client reaches. Raises BeyondReach."""
    with locked(client, by=by, because=because) as client:
        _within_reach(client, by)
        yield client


def within_reach(client: Client, person: User) -> bool:
    """Whether a person reaches every facility and every record that the client does."""
    mine = set(person.facility_ids)
    return client.user.clearance <= person.clearance and all(f.pk in mine for f in client.user.facilities.all())


def _within_reach(client: Client, by: User | Operator):
    if isinstance(by, User) and not within_reach(client, by):
        raise BeyondReach(
            _("%(name)s reaches records that you do not. Somebody with its facilities and its clearance can do this.")
            % {"name": client}
        )


@contextmanager
def acting(by: User | Operator, because: str = ""):
    """Write who and why into the trail. Raises DomainError where a person gives no reason."""
    if isinstance(by, Operator):
        with acting_as(None, because=because or str(_("by %(who)s on the server") % {"who": by})):
            yield
        return
    because = because.strip()
    if not because:
        raise DomainError(_("Say why: the reason is kept in the trail."), field="because")
    if len(because) > LONGEST_REASON:
        told = _("A reason has at most %(n)s characters, and this one %(length)s.")
        raise DomainError(told % {"n": LONGEST_REASON, "length": len(because)}, field="because")
    with acting_as(by, because=because):
        yield


def note(client: Client, **changes: list[str]):
    """Write into a client's trail what is no column of it."""
    LogEntry.objects.log_create(client, force_log=True, action=LogEntry.Action.UPDATE, changes=changes)


def see_that_it_is_as_read(client: Client, as_read: str):
    """Raises Conflict when somebody has changed the client since."""
    if seal(client) != as_read:
        raise Conflict(_("Somebody has changed this client since you opened it. Look again, and decide anew."))


def seal(client: Client) -> str:
    """What a client may do and reach, and by which keys it is known, as a short word: another after any change."""
    facilities = sorted(client.user.facilities.values_list("pk", flat=True))
    may = [client.scopes, client.purpose, client.requests_per_minute]
    told = [*may, client.user.clearance, facilities, client.jwks, client.jwks_url]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
