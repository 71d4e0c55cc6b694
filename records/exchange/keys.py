"""The public keys with which signed assertions are checked: a JSON Web Key Set (RFC 7517), pasted or by its address."""

import base64
import json

from django.core.cache import cache
from django.utils.translation import gettext as _
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from himdept.common import outbound
from himdept.common.errors import DomainError
from records.exchange.models import Client

MOST_KEYS = 10
LARGEST = 64 * 1024  # bytes of a key set
FEWEST_BITS, MOST_BITS = 2048, 8192  # of an RSA key: NIST SP 800-131A; what is cheap to check
CURVE = "P-384"  # what ES384 signs with (RFC 7518, section 3.4)
KEPT = 300  # seconds for which a fetched set is believed
ASKED_AGAIN_AFTER = 60  # seconds after which it may be fetched again for a key that is not in it, or after a failure
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}  # members that only their owner has
SHOWN = ("kty", "kid", "alg", "use", "n", "e", "crv", "x", "y")


def read(text: str | bytes) -> list[dict]:
    """The keys of a set, each with what is public of it. Raises DomainError naming the first that cannot be used."""
    try:
        told = json.loads(text)
        keys = told["keys"]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise _wrong(_('A key set is a JSON object: {"keys": [...]}.')) from problem
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_KEYS:
        raise _wrong(_("A key set has 1 to %(most)s keys.") % {"most": MOST_KEYS})
    found = [_public(key, place) for place, key in enumerate(keys, 1)]
    names = [key["kid"] for key in found]
    if len(set(names)) < len(names):
        raise _wrong(_("Each key has a kid of its own."))
    return found


def _public(given, place: int) -> dict:
    kid = given.get("kid") if isinstance(given, dict) else None
    if not isinstance(kid, str) or not 0 < len(kid) <= 200 or not kid.isprintable():
        raise _wrong(_("Key %(n)s has no kid, the name by which an assertion says what signed it.") % {"n": place})
    if PRIVATE & given.keys():
        told = _("Key %(n)s is a private one, and no longer secret. Make a new one, and give us its public half alone.")
        raise _wrong(told % {"n": place})
    public = {name: given[name] for name in SHOWN if name in given}
    try:
        public["alg"] = _signs(public)
        if public["alg"] is None:
            told = _("Key %(n)s signs neither RS384 (RSA of %(few)s to %(many)s bits) nor ES384 (the curve %(curve)s).")
            raise _wrong(told % {"n": place, "few": FEWEST_BITS, "many": MOST_BITS, "curve": CURVE})
        JWKRegistry.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError) as problem:
        raise _wrong(_("Key %(n)s cannot be read.") % {"n": place}) from problem
    return public


def _signs(public: dict) -> str | None:
    """The one algorithm that a key is for; None for a key that is not for signing, or that is too weak."""
    match public:
        case {"kty": "RSA", "n": str(n)} if FEWEST_BITS <= bits(n) <= MOST_BITS:
            algorithm = "RS384"
        case {"kty": "EC", "crv": str(curve)} if curve == CURVE:
            algorithm = "ES384"
        case _:
            return None
    fits = public.get("use", "sig") == "sig" and public.get("alg", algorithm) == algorithm
    return algorithm if fits else None


def bits(number: str) -> int:
    """The length of a number that is written in base64url. Raises ValueError for what is none."""
    padded = number + "=" * (-len(number) % 4)
    return int.from_bytes(base64.b64decode(padded, altchars=b"-_", validate=True)).bit_length()


def _wrong(sentence: str) -> DomainError:
    return DomainError(sentence, field="jwks")


def at(url: str) -> list[dict]:
    """The keys that stand at an address now. Raises Unreachable, or DomainError for what is no key set."""
    return read(outbound.fetch(url, most=LARGEST))


def named(client: Client, kid: str) -> Key | None:
    """The key of a client that has this name.

    A set by URL is believed for five minutes; for a name that is not in it, it is fetched again, at most once a minute:
    a client puts its new key there and signs with it, and nobody who invents names makes us ask all day.
    """
    keys = client.jwks if client.jwks is not None else fetched(client, kid)
    found = next((key for key in keys if key["kid"] == kid), None)
    return found and JWKRegistry.import_key(found)


def fetched(client: Client, kid: str) -> list[dict]:
    if not client.jwks_url:
        return []
    place, asked = f"keys-{client.pk}-{client.jwks_url}", f"keys-asked-{client.pk}-{client.jwks_url}"
    keys = cache.get(place)
    if keys is None or all(key["kid"] != kid for key in keys):
        if not cache.add(asked, True, ASKED_AGAIN_AFTER):
            return keys or []
        try:
            keys = at(client.jwks_url)
        except DomainError:
            return keys or []
        cache.set(place, keys, KEPT)
    return keys
