"""Programs that prove themselves by a signature: SMART Backend Services, `private_key_jwt`.

The assertions are signed here by `cryptography` alone, as a program of somebody else's would.
"""

import base64
import json
import time
import uuid
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.core.cache import cache
from django.db import IntegrityError
from django.test import Client as Browser
from django.utils import timezone
from oauth2_provider.models import AccessToken

from himdept.common.errors import DomainError
from records.exchange import assertions, clients, credentials, keys
from records.models import Client, SeenAssertion
from tests import factories as make
from tests.https import host  # noqa: F401

pytestmark = pytest.mark.django_db

ENDPOINT = "http://testserver/oauth/token/"
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP384R1())


def b64(value: bytes | int) -> str:
    if isinstance(value, int):
        value = value.to_bytes((value.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def public(key, kid: str) -> dict:
    """The public half of a key, as a JSON Web Key."""
    numbers = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "kid": kid, "n": b64(numbers.n), "e": b64(numbers.e)}
    long = (key.curve.key_size + 7) // 8
    curve = {256: "P-256", 384: "P-384"}[key.curve.key_size]
    return {
        "kty": "EC",
        "kid": kid,
        "crv": curve,
        "x": b64(numbers.x.to_bytes(long)),
        "y": b64(numbers.y.to_bytes(long)),
    }


def key_set(**named) -> str:
    return json.dumps({"keys": [public(key, kid) for kid, key in named.items()]})


def signed(key, header: dict, claims: dict) -> str:
    told = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(told.encode(), padding.PKCS1v15(), hashes.SHA384())
    else:
        r, s = decode_dss_signature(key.sign(told.encode(), ec.ECDSA(hashes.SHA384())))
        signature = r.to_bytes(48) + s.to_bytes(48)
    return f"{told}.{b64(signature)}"


def assertion(of: Client, key=RSA_KEY, kid: str = "one", header: dict | None = None, **claims) -> str:
    """An assertion as it should be, but for what is said otherwise; a claim that is None is left away."""
    client_id = of.application.client_id
    usual = {
        "iss": client_id,
        "sub": client_id,
        "aud": ENDPOINT,
        "exp": int(time.time()) + 240,
        "jti": str(uuid.uuid4()),
    }
    algorithm = "RS384" if isinstance(key, rsa.RSAPrivateKey) else "ES384"
    told = {name: value for name, value in (usual | claims).items() if value is not None}
    return signed(key, {"alg": algorithm, "kid": kid, "typ": "JWT"} | (header or {}), told)


def ask(assertion: str, **more):
    told = {
        "grant_type": "client_credentials",
        "scope": "system/*.read",
        "client_assertion_type": assertions.TYPE,
        "client_assertion": assertion,
    }
    return Browser().post("/oauth/token/", urlencode(told | more), content_type="application/x-www-form-urlencoded")


def refused(answer, sentence: str):
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), answer.content
    assert sentence in answer.json()["error_description"]
    assert not AccessToken.objects.exists()


UNKNOWN = "not signed RS384 or ES384 by a key of a client that is known here"


@pytest.fixture
def engineer():
    return make.person("engineer", role="Interface engineer")


@pytest.fixture
def ehr(engineer):
    make.facility()
    client = clients.admit("ehr", scope="system/*.read")
    return known_by(client, engineer, jwks=keys.read(key_set(one=RSA_KEY, two=EC_KEY)))


def known_by(client: Client, by, *, jwks=None, jwks_url: str = "") -> Client:
    cache.clear()
    because = {"because": "go-live", "as_read": clients.seal(client), "by": by}
    return credentials.set_keys(client, jwks=jwks, jwks_url=jwks_url, **because)


class TestProving:
    @pytest.mark.parametrize(("key", "kid"), [(RSA_KEY, "one"), (EC_KEY, "two")], ids=["RS384", "ES384"])
    def test_a_signature_gets_a_token_of_five_minutes(self, ehr, key, kid):
        answer = ask(assertion(ehr, key, kid))
        assert (answer.status_code, answer.json()["expires_in"]) == (200, 300)
        token = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert Browser().get("/api/v1/records/", headers=token).status_code == 200
        assert ehr.key_uses.get().kid == kid

    def test_it_opens_once(self, ehr):
        once = assertion(ehr)
        assert ask(once).status_code == 200
        AccessToken.objects.all().delete()
        refused(ask(once), "jti of the assertion was used before")
        refused(ask(assertion(ehr, jti=json.loads(base64.urlsafe_b64decode(once.split(".")[1] + "=="))["jti"])), "jti")

    def test_a_word_that_is_no_text_is_as_good_as_another(self, ehr):
        assert [ask(assertion(ehr, jti="\ud800")).status_code for _ in range(2)] == [200, 401]

    def test_and_the_same_word_of_another_client_is_not_the_same(self, ehr, engineer):
        lab = clients.admit("lab", scope="system/*.read")
        known_by(lab, engineer, jwks=keys.read(key_set(one=RSA_KEY)))
        assert [ask(assertion(client, jti="x")).status_code for client in (ehr, lab)] == [200, 200]

    @pytest.mark.parametrize(
        ("claims", "sentence"),
        [
            ({"aud": "http://elsewhere.example/oauth/token/"}, f"aud of the assertion is {ENDPOINT}"),
            ({"aud": ENDPOINT.removesuffix("/")}, "aud of the assertion"),
            ({"aud": None}, "aud of the assertion"),
            ({"sub": "somebody else"}, "iss and sub"),
            ({"sub": None}, "iss and sub"),
            ({"exp": 1}, "exp of the assertion lies ahead"),
            ({"exp": None}, "exp of the assertion"),
            ({"exp": "soon"}, "exp of the assertion"),
            ({"exp": True}, "exp of the assertion"),
            ({"exp": float("nan")}, "exp of the assertion"),
            ({"exp": 1e400}, "exp of the assertion"),
            ({"exp": 4102444800}, "by at most five minutes"),
            ({"nbf": 4102444800}, "nbf of the assertion"),
            ({"iat": "yesterday"}, "iat of the assertion"),
            ({"jti": None}, "jti of the assertion is a text"),
            ({"jti": 7}, "jti of the assertion is a text"),
            ({"jti": "x" * 256}, "jti of the assertion is a text"),
        ],
    )
    def test_what_is_not_for_here_and_now_is_told_to_who_signed_it(self, ehr, claims, sentence):
        refused(ask(assertion(ehr, **claims)), sentence)
        assert not SeenAssertion.objects.exists()

    @pytest.mark.parametrize("ahead", [299, 300, 400])
    def test_five_minutes_are_the_most(self, ehr, ahead):
        answer = ask(assertion(ehr, exp=int(time.time()) + ahead))
        assert answer.status_code == (200 if ahead <= 300 else 401)

    def test_of_an_audience_of_several_one_is_us(self, ehr):
        assert ask(assertion(ehr, aud=["https://another.example", ENDPOINT])).status_code == 200

    def test_whoever_cannot_sign_is_told_nothing(self, ehr):
        forged, told = assertion(ehr).rpartition(".")[0], assertion(ehr).split(".")
        hmac = signed_by_hmac(ehr)
        for wrong in (
            f"{forged}.{told[2][::-1]}",
            f"{forged}.",
            "a.b.c",
            "x",
            "é.é.é",
            f"{b64(b'[]')}.{told[1]}.{told[2]}",
            assertion(ehr, rsa.generate_private_key(65537, 2048)),  # another's key
            assertion(ehr, kid="three"),
            assertion(ehr, RSA_KEY, "two"),  # the name of the other key
            assertion(ehr, header={"kid": None}),
            assertion(ehr, header={"alg": "RS256"}),
            assertion(ehr, header={"alg": "none"}),
            assertion(ehr, header={"jku": "https://another.example/keys"}),
            assertion(ehr, header={"alg": ["RS384"]}),
            assertion(ehr, header={"crit": ["b64"], "b64": False}),
            assertion(ehr, header={"crit": 5}),
            assertion(ehr, header={"b64": False}),
            assertion(ehr, header={"jwk": public(RSA_KEY, "one"), "alg": {}}),
            assertion(ehr, iss="nobody"),
            assertion(ehr, iss=["a"]),
            assertion(ehr, iss="\0"),
            assertion(ehr, iss="\ud800"),
            assertion(ehr, kid="\ud800"),
            f"{told[0]}.{b64(b'[]')}.{told[2]}",
            f"{told[0]}.{b64(b'9' * 5_000)}.{told[2]}",
            f"{told[0]}.{b64(b'[' * 5_000)}.{told[2]}",
            assertion(ehr, padding="x" * 9_000),
            hmac,
        ):
            answer = ask(wrong)
            assert answer.status_code in (400, 401), wrong
            assert answer.json()["error"] in ("invalid_client", "invalid_request"), wrong
            assert UNKNOWN in answer.json().get("error_description", UNKNOWN)
        assert not AccessToken.objects.exists()
        assert not SeenAssertion.objects.exists()

    def test_a_client_that_is_switched_off_gets_none(self, ehr, engineer):
        clients.switch_off(ehr, by=engineer, because="over")
        refused(ask(assertion(ehr)), UNKNOWN)

    def test_without_keys_nothing_is_believed(self, ehr, engineer):
        known_by(ehr, engineer)
        refused(ask(assertion(ehr)), UNKNOWN)

    def test_the_client_id_beside_it_is_the_same_one(self, ehr):
        assert ask(assertion(ehr), client_id=ehr.application.client_id).status_code == 200
        AccessToken.objects.all().delete()
        refused(ask(assertion(ehr), client_id="another"), "another client")

    def test_one_way_at_a_time_and_its_type_is_said(self, ehr):
        two = ask(assertion(ehr), client_id=ehr.application.client_id, client_secret="x")
        untyped = ask(assertion(ehr), client_assertion_type="saml")
        assert [answer.json()["error"] for answer in (two, untyped)] == ["invalid_request", "invalid_request"]

    def test_what_has_ended_of_itself_is_forgotten_and_the_rest_kept(self, ehr):
        assert [ask(assertion(ehr)).status_code for _ in range(2)] == [200, 200]
        SeenAssertion.objects.filter(pk=SeenAssertion.objects.earliest("pk").pk).update(until=timezone.now())
        assert assertions.forget_old() == 1
        assert SeenAssertion.objects.count() == 1


def signed_by_hmac(of: Client) -> str:
    """The old trick: HS384 with the public key, which everybody has, as its secret."""
    import hashlib
    import hmac

    told = assertion(of, header={"alg": "HS384"}).rpartition(".")[0]
    secret = json.dumps(public(RSA_KEY, "one")).encode()
    return f"{told}.{b64(hmac.digest(secret, told.encode(), hashlib.sha384))}"


class TestKeySets:
    @pytest.mark.parametrize(
        ("told", "sentence"),
        [
            ("{", "A key set is a JSON object"),
            ("[]", "A key set is a JSON object"),
            ('{"keys": []}', "1 to 10 keys"),
            (json.dumps({"keys": [public(RSA_KEY, "one")] * 11}), "1 to 10 keys"),
            (json.dumps({"keys": [public(RSA_KEY, "one")] * 2}), "a kid of its own"),
            (json.dumps({"keys": [public(RSA_KEY, "")]}), "Key 1 has no kid"),
            (json.dumps({"keys": [public(RSA_KEY, "a\0b")]}), "Key 1 has no kid"),
            (json.dumps({"keys": [public(RSA_KEY, "a\ud800")]}), "Key 1 has no kid"),
            ('{"keys": ["x"]}', "Key 1 has no kid"),
            (json.dumps({"keys": [public(RSA_KEY, "one") | {"d": "AQAB"}]}), "Key 1 is a private one"),
            ('{"keys": [{"kty": "oct", "kid": "one", "k": "AAAA"}]}', "Key 1 is a private one"),
            ('{"keys": [{"kty": "oct", "kid": "one"}]}', "Key 1 signs neither"),
            ('{"keys": [{"kty": ["RSA"], "kid": "one"}]}', "Key 1 signs neither"),
            ('{"keys": [{"kty": "EC", "kid": "one", "crv": "P-384", "x": "AA", "y": "AA"}]}', "Key 1 cannot be read"),
            ('{"keys": [{"kty": "RSA", "kid": "one", "n": "!", "e": "AQAB"}]}', "Key 1 cannot be read"),
            (key_set(one=rsa.generate_private_key(65537, 1024)), "Key 1 signs neither"),  # noqa: S505
            (key_set(one=ec.generate_private_key(ec.SECP256R1())), "Key 1 signs neither"),
            (json.dumps({"keys": [public(RSA_KEY, "one") | {"alg": "RS256"}]}), "Key 1 signs neither"),
            (json.dumps({"keys": [public(RSA_KEY, "one") | {"use": "enc"}]}), "Key 1 signs neither"),
            ('{"keys": ' + "[" * 100_000, "A key set is a JSON object"),
        ],
    )
    def test_a_key_that_cannot_be_used_is_named(self, told, sentence):
        with pytest.raises(DomainError, match=sentence) as refusal:
            keys.read(told)
        assert refusal.value.field == "jwks"

    def test_the_database_knows_one_place_for_them(self, ehr):
        ehr.jwks_url = "https://keys.example.org/"
        with pytest.raises(IntegrityError, match="keys_of_a_client_are_in_one_place"):
            ehr.save()


class TestKeysAtAnAddress:
    @pytest.fixture
    def ehr(self, engineer, host, settings):  # noqa: F811
        settings.OUTBOUND_PRIVATE_HOSTS = ["localhost"]
        make.facility()
        host.body = key_set(one=RSA_KEY).encode()
        return known_by(clients.admit("ehr", scope="system/*.read"), engineer, jwks_url=f"{host.url}/keys")

    def test_they_are_fetched_once_and_believed_for_a_while(self, ehr, host):  # noqa: F811
        assert [ask(assertion(ehr)).status_code for _ in range(3)] == [200, 200, 200]
        assert len(host.asked) == 1

    def test_a_new_key_is_found_and_names_that_are_made_up_do_not_make_us_ask_again(self, ehr, host):  # noqa: F811
        assert ask(assertion(ehr)).status_code == 200
        cache.delete(f"keys-asked-{ehr.pk}-{ehr.jwks_url}")  # a minute later
        host.body = key_set(two=EC_KEY).encode()
        assert ask(assertion(ehr, EC_KEY, "two")).status_code == 200
        assert ask(assertion(ehr)).status_code == 401  # the first one was taken out
        for kid in ("three", "four"):
            assert ask(assertion(ehr, kid=kid)).status_code == 401
        assert len(host.asked) == 2

    def test_a_host_that_does_not_answer_shuts_its_client_out_and_is_not_asked_all_day(self, ehr, host):  # noqa: F811
        host.body = b"<html>"
        answers = [ask(assertion(ehr)) for _ in range(3)]
        for answer in answers:
            refused(answer, UNKNOWN)
        assert len(host.asked) == 1

    def test_a_jku_that_says_the_same_address_is_fine(self, ehr):
        assert ask(assertion(ehr, header={"jku": ehr.jwks_url})).status_code == 200


@pytest.mark.parametrize("path", ["/.well-known/smart-configuration", "/fhir/R4/.well-known/smart-configuration"])
def test_a_client_finds_out_what_is_offered(path):
    told = Browser().get(path).json()
    assert told["token_endpoint"] == ENDPOINT
    assert told["grant_types_supported"] == ["client_credentials"]
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]
    assert told["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert {"system/*.read", "system/Encounter.write", "system/Deficiency.read"} <= set(told["scopes_supported"])
    assert "client-confidential-asymmetric" in told["capabilities"]
    statement = Browser().get("/fhir/R4/metadata").json()
    assert ENDPOINT in json.dumps(statement["rest"][0]["security"])
