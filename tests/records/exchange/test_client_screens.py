"""The screens of the programs that are let in, and who may do what there."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from himdept.common.confidentiality import Confidentiality
from records.exchange import clients, credentials, scopes
from records.exchange.fhir.reading import TYPES
from records.models import Client, ClientSecret
from tests import factories as make
from tests.https import host  # noqa: F401
from tests.programs import Program
from tests.queries import counted
from tests.records.exchange.test_assertions import EC_KEY, RSA_KEY, key_set

pytestmark = pytest.mark.django_db

BECAUSE = {"because": "ticket 7"}
FOR = {"purpose": "TREAT"}


@pytest.fixture
def engineer(client):
    client.force_login(make.person("engineer", role="Interface engineer"))
    return client


@pytest.fixture
def proven(engineer):
    """The engineer, who has just proved again who they are."""
    assert engineer.post("/account/confirm/", {"password": make.PASSWORD}).status_code == 302
    return engineer


@pytest.fixture
def ehr():
    make.facility()
    return clients.admit("ehr", scope="system/*.read")


def address(of: Client, act: str = "") -> str:
    return f"/interfaces/clients/{of.pk}/{act}"


def word_on(page: str) -> str:
    return re.search(r'id="client-secret" value="([^"]+)"', page)[1]


def filled_in(page, **more) -> dict:
    """What a browser would send of the form on a page."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | more).items() if value is not None}


@pytest.mark.parametrize(
    ("role", "listed", "manage", "switch_off"),
    [
        ("Interface engineer", 200, 200, 200),
        ("Privacy officer", 200, 403, 200),
        ("Records manager", 403, 403, 403),
        ("Records clerk", 403, 403, 403),
        ("", 403, 403, 403),
    ],
)
def test_who_may_see_manage_and_stop_a_program(client, ehr, role, listed, manage, switch_off):
    client.force_login(make.person(role=role))
    secret, _word = credentials.new_secret(ehr, by=clients.TERMINAL)
    for path in ("/interfaces/clients/", address(ehr)):
        assert client.get(path).status_code == listed, path
    managing = ["/interfaces/clients/new/", *(address(ehr, act) for act in ("change/", "on/", "tokens/"))]
    for path in (*managing, f"/interfaces/secrets/{secret.pk}/end/"):
        assert client.get(path).status_code == manage, path
    assert client.get(address(ehr, "off/")).status_code == switch_off
    if manage == 403:
        assert client.get(address(ehr, "secret/")).status_code == 403


def test_the_list_tells_what_each_may_and_whether_it_comes(engineer):
    program = Program(scope="system/Record.read")
    page = engineer.get("/interfaces/clients/").content.decode()
    for words in ("ehr", "system/Record.read", "Main hospital", "never", "switched on", "6,000"):
        assert words in page, words
    program.get("records/")
    assert "never" not in engineer.get("/interfaces/clients/").content.decode()


def test_it_is_narrowed_to_those_that_are_switched_off(engineer, ehr):
    clients.admit("lab", scope="system/*.read")
    clients.switch_off(ehr, by=make.person("another"), because="over")
    page = engineer.get("/interfaces/clients/?state=off").context["page"]
    assert [str(row) for row in page] == ["ehr"]


def test_list_and_page_cost_a_bounded_number_of_queries(engineer):
    program = Program()
    credentials.new_secret(program.client, by=clients.TERMINAL)
    engineer.get("/interfaces/clients/")
    with counted("client_list"):
        engineer.get("/interfaces/clients/")
    with counted("client_page"):
        engineer.get(address(program.client))


def test_every_scope_that_is_checked_is_told_where_a_program_is_let_in(engineer, ehr):
    told = [*(f"system/{of}.{act}" for of, act in scopes.PERMISSIONS), *(f"system/{name}.write" for name in TYPES)]
    for path in ("/interfaces/clients/new/", address(ehr, "change/")):
        page = engineer.get(path).content.decode()
        for scope in ("system/*.read", "system/*.write", *told):
            assert page.count(f"<dt><code>{scope}</code></dt>") == 1, scope
        assert "publishes and ends rules" in page


def test_a_program_is_let_in(engineer):
    form = {"name": "lab", "scope": "system/*.write", "facilities": [make.facility().pk], "clearance": 3} | FOR
    done = engineer.post("/interfaces/clients/new/", form | BECAUSE)
    lab = Client.objects.get()
    assert (done.status_code, done.headers["Location"]) == (302, address(lab))
    assert (str(lab), lab.source.name, lab.scopes, lab.user.clearance) == ("lab", "lab", "system/*.write", 3)
    assert lab.purpose == Client.Purpose.TREATMENT
    again = engineer.post("/interfaces/clients/new/", form | BECAUSE)
    assert again.status_code == 409
    assert "a client lab already" in again.content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scope": "everything"}, "is not a scope"),
        ({"name": "two words"}, "A name has letters, digits, hyphens and underscores alone."),
        ({"because": ""}, "Say why"),
        ({"requests_per_minute": "0"}, "greater than or equal to 1"),
        ({"clearance": Confidentiality.VERY_RESTRICTED}, "Select a valid choice"),
        ({"facilities": []}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_made(engineer, wrong, sentence):
    form = {"name": "lab", "scope": "system/*.write", "facilities": [make.facility().pk], "clearance": 3} | FOR
    answer = engineer.post("/interfaces/clients/new/", form | BECAUSE | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Client.objects.exists()


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(engineer, ehr):
    opened = engineer.get(address(ehr, "change/"))
    sent = filled_in(opened, facilities=[make.facility().pk], scope="system/Record.read", because="less is enough")
    assert engineer.post(address(ehr, "change/"), sent).status_code == 302
    stale = engineer.post(address(ehr, "change/"), sent | {"scope": "system/*.write"})
    assert stale.status_code == 409
    assert "Somebody has changed this client" in stale.content.decode()
    ehr.refresh_from_db()
    assert ehr.scopes == "system/Record.read"


def test_before_a_secret_is_made_the_person_proves_again_who_they_are(engineer, ehr):
    for answer in (engineer.get(address(ehr, "secret/")), engineer.post(address(ehr, "secret/"), BECAUSE)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/confirm/?next=")
    assert not ClientSecret.objects.exists()


def test_a_secret_is_shown_once_and_never_again(proven, ehr):
    sent = filled_in(proven.get(address(ehr, "secret/")), **BECAUSE)
    page = proven.post(address(ehr, "secret/"), sent)
    word = word_on(page.content.decode())
    assert page.headers["Cache-Control"] == "no-store"
    assert credentials.proven(ehr.application.client_id, word)
    assert word not in proven.get(address(ehr)).content.decode()
    again = proven.post(address(ehr, "secret/"), sent)  # the page loaded again
    assert (again.status_code, ClientSecret.objects.count()) == (409, 1)


def test_the_old_secret_is_given_its_end_with_the_new_one(proven, ehr):
    old, _word = credentials.new_secret(ehr, by=clients.TERMINAL)
    sent = filled_in(proven.get(address(ehr, "secret/")), old="24", **BECAUSE)
    assert proven.post(address(ehr, "secret/"), sent).status_code == 200
    old.refresh_from_db()
    assert timedelta(hours=23, minutes=59) < old.ends_at - timezone.now() < timedelta(hours=24)
    third = proven.post(address(ehr, "secret/"), filled_in(proven.get(address(ehr, "secret/")), **BECAUSE))
    assert third.status_code == 409
    assert "two secrets already" in third.content.decode()


def test_a_secret_is_ended(engineer, ehr):
    old, word = credentials.new_secret(ehr, by=clients.TERMINAL)
    path = f"/interfaces/secrets/{old.pk}/end/"
    ahead = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert engineer.post(path, {"at": ahead} | BECAUSE).status_code == 302
    assert credentials.proven(ehr.application.client_id, word)
    assert engineer.post(path, BECAUSE).status_code == 302
    assert credentials.proven(ehr.application.client_id, word) is None
    assert engineer.post(path, BECAUSE).status_code == 409


def test_a_program_is_switched_off_and_on(engineer):
    program = Program()
    assert engineer.post(address(program.client, "off/"), {"because": ""}).status_code == 422
    assert program.get("records/").status_code == 200
    assert engineer.post(address(program.client, "off/"), BECAUSE).status_code == 302
    assert program.get("records/").status_code == 401
    assert "switched off" in engineer.get(address(program.client)).content.decode()
    assert engineer.post(address(program.client, "on/"), BECAUSE).status_code == 302
    program.client.user.refresh_from_db()
    assert program.client.user.is_active


def test_the_privacy_officer_can_stop_a_program_that_reaches_everywhere(client):
    program = Program(facilities=[make.facility("NORTH")], clearance=Confidentiality.VERY_RESTRICTED)
    client.force_login(make.person(role="Privacy officer"))
    assert client.post(address(program.client, "off/"), {"because": "a leak"}).status_code == 302
    assert program.get("records/").status_code == 401


def test_what_reaches_further_than_the_person_is_not_theirs_to_change(proven):
    wide = clients.admit("wide", scope="system/*.read", facilities=[make.facility("NORTH")])
    page = proven.get(address(wide)).content.decode()
    assert "It reaches records that you do not" in page
    assert "/secret/" not in page
    refused = proven.post(address(wide, "secret/"), BECAUSE)
    assert refused.status_code == 403
    assert not ClientSecret.objects.exists()


def test_its_page_tells_what_was_done_and_why(engineer, ehr):
    engineer.post(address(ehr, "off/"), {"because": "a laptop was stolen"})
    page = engineer.get(address(ehr)).content.decode()
    assert "a laptop was stolen" in page
    assert "let in" in page


class TestKeys:
    @pytest.fixture
    def keys(self) -> str:
        return key_set(one=RSA_KEY, two=EC_KEY)

    def test_they_are_asked_for_only_after_the_person_proved_again_who_they_are(self, engineer, ehr, keys):
        answer = engineer.post(address(ehr, "keys/"), {"jwks": keys} | BECAUSE)
        assert answer.headers["Location"].startswith("/account/confirm/?next=")
        ehr.refresh_from_db()
        assert ehr.jwks is None

    def test_they_are_told_pasted_shown_and_in_the_trail(self, proven, ehr, keys):
        sent = filled_in(proven.get(address(ehr, "keys/")), jwks=keys, **BECAUSE)
        assert proven.post(address(ehr, "keys/"), sent).status_code == 302
        page = proven.get(address(ehr)).content.decode()
        assert re.search(r"<code[^>]*>two</code>.*ES384", page)
        assert "its keys: one, two" in page
        stale = proven.post(address(ehr, "keys/"), sent)
        assert stale.status_code == 409
        again = filled_in(proven.get(address(ehr, "keys/")), jwks="", because="back to secrets")
        assert proven.post(address(ehr, "keys/"), again).status_code == 302
        ehr.refresh_from_db()
        assert ehr.jwks is None

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"jwks": "{}"}, "A key set is a JSON object"),
            ({"jwks": "", "jwks_url": "http://keys.example.org/"}, "An address reads https://host/path."),
            ({"jwks": "", "jwks_url": "https://127.0.0.1/keys"}, "an address of a private network"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(self, proven, ehr, wrong, sentence):
        sent = filled_in(proven.get(address(ehr, "keys/")), **BECAUSE, **wrong)
        answer = proven.post(address(ehr, "keys/"), sent)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()

    def test_an_address_is_tried_before_it_is_kept(self, proven, ehr, host, settings):  # noqa: F811
        settings.OUTBOUND_PRIVATE_HOSTS = ["localhost"]
        host.body = b"<html>"
        sent = filled_in(proven.get(address(ehr, "keys/")), jwks_url=f"{host.url}/keys", **BECAUSE)
        assert proven.post(address(ehr, "keys/"), sent).status_code == 422
        host.body = key_set(one=RSA_KEY).encode()
        assert proven.post(address(ehr, "keys/"), sent).status_code == 302
        ehr.refresh_from_db()
        assert ehr.jwks_url == f"{host.url}/keys"

    def test_not_both(self, proven, ehr, host, settings, keys):  # noqa: F811
        settings.OUTBOUND_PRIVATE_HOSTS = ["localhost"]
        host.body = keys.encode()
        sent = filled_in(proven.get(address(ehr, "keys/")), jwks=keys, jwks_url=f"{host.url}/keys", **BECAUSE)
        answer = proven.post(address(ehr, "keys/"), sent)
        assert answer.status_code == 422
        assert "not both" in answer.content.decode()
