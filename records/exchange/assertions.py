"""Signed assertions: a client proves who it is by its private key, which we never see (RFC 7523, SMART Backend
Services).

The assertion is a JSON Web Token signed RS384 or ES384: `iss` and `sub` are the client's id, `aud` the token endpoint,
`exp` at most five minutes ahead, `jti` a word that is used once.
"""

import hashlib
import json
import time
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from himdept.common.errors import DomainError
from records.exchange import keys
from records.exchange.models import Client, SeenAssertion

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS384", "ES384"]
LARGEST = 8 * 1024  # characters
LONGEST = 300  # seconds ahead that `exp` may lie
APART = 10  # seconds by which the clocks of two machines may differ


class Unproven(DomainError):
    """The assertion does not show who sent it; the sentence is for whoever writes the client."""

    status = 401


def proven(assertion: str, *, endpoint: str) -> Client:
    """The client that signed an assertion for this token endpoint; it is noted, and works no second time.

    Raises Unproven. What is wrong in it is told only to who has shown the key: before that every refusal is the same.
    """
    client, key, kid = signer_of(assertion)
    try:
        claims = jwt.decode(assertion, key, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, TypeError) as problem:  # TypeError: a header that is no header, as `crit` of 5
        raise unknown() from problem
    look_at(claims, client, endpoint)
    remember(client, claims)
    client.key_uses.update_or_create(kid=kid, defaults={"last_used_at": timezone.now()})
    return client


def signer_of(assertion: str) -> tuple[Client, Key, str]:
    """Who says to have signed it, and the key by whose name they say so: nothing of it is proven yet."""
    if len(assertion) > LARGEST:
        raise unknown()
    try:
        told = jws.extract_compact(assertion.encode())
        header, claims = told.protected, json.loads(told.payload)
        name, kid = claims["iss"], header["kid"]
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise unknown() from problem
    if not isinstance(name, str) or not isinstance(kid, str) or not name.isprintable():
        raise unknown()  # the database refuses a NUL and half of a surrogate pair, which JSON can hold
    rows = Client.objects.select_related("application", "user")
    client = rows.filter(application__client_id=name, user__is_active=True).first()
    key = client and keys.named(client, kid)
    if not key or header.get("jku", client.jwks_url) != client.jwks_url:
        raise unknown()
    return client, key, kid


def look_at(claims: dict[str, Any], client: Client, endpoint: str):
    """Raises Unproven for a signed assertion that is not for here and now."""
    now, audience, until = time.time(), claims.get("aud"), claims.get("exp")
    if claims.get("sub") != client.application.client_id:
        raise Unproven("iss and sub of the assertion are both the client's id.")
    if endpoint not in (audience if isinstance(audience, list) else [audience]):
        raise Unproven(f"aud of the assertion is {endpoint}.")
    if isinstance(until, bool) or not isinstance(until, int | float) or not now < until <= now + LONGEST + APART:
        raise Unproven("exp of the assertion lies ahead, by at most five minutes.")
    for name in ("nbf", "iat"):
        moment = claims.get(name, 0)
        if isinstance(moment, bool) or not isinstance(moment, int | float) or not moment <= now + APART:
            raise Unproven(f"{name} of the assertion does not lie ahead.")
    if not isinstance(claims.get("jti"), str) or not 0 < len(claims["jti"]) <= 255:
        raise Unproven("jti of the assertion is a text of 1 to 255 characters.")


def remember(client: Client, claims: dict[str, Any]):
    """Keep what was used until it ends of itself. Raises Unproven for what was used before."""
    digest = hashlib.sha256(claims["jti"].encode(errors="surrogatepass")).hexdigest()
    until = datetime.fromtimestamp(claims["exp"], UTC)
    _seen, is_new = SeenAssertion.objects.get_or_create(client=client, jti_sha256=digest, defaults={"until": until})
    if not is_new:
        raise Unproven("jti of the assertion was used before.")


def unknown() -> Unproven:
    return Unproven("The assertion is not signed RS384 or ES384 by a key of a client that is known here.")


def forget_old() -> int:
    """Delete what could not be used again anyway."""
    deleted, _each = SeenAssertion.objects.filter(until__lt=timezone.now()).delete()
    return deleted
