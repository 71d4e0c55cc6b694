"""How a program gets its tokens with a secret, and how a secret is replaced without a pause."""

import base64
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client as Browser
from django.utils import timezone
from oauth2_provider.models import AccessToken

from himdept.common.errors import Conflict, DomainError
from records.exchange import clients, credentials, tokens
from records.exchange.clients import BeyondReach
from records.models import ClientSecret
from tests import factories as make

pytestmark = pytest.mark.django_db

SCOPE = "system/Record.read system/Deficiency.read"


@pytest.fixture
def engineer():
    return make.person("engineer", role="Interface engineer")


@pytest.fixture
def ehr():
    make.facility()
    return clients.admit("ehr", scope=SCOPE)


def ask(client, word: str, **more):
    """A token, by client id and secret in the body."""
    told = {"grant_type": "client_credentials", "client_id": client.application.client_id, "client_secret": word}
    return post(told | more)


def post(told: dict | str, **headers):
    body = told if isinstance(told, str) else "&".join(f"{name}={value}" for name, value in told.items())
    form = "application/x-www-form-urlencoded"
    return Browser().post("/oauth/token/", data=body, content_type=form, headers=headers)


def renewed(client, by, **more) -> tuple[ClientSecret, str]:
    return credentials.new_secret(client, by=by, because="yearly", **more)


def backdated(secret: ClientSecret, **ago) -> ClientSecret:
    secret.made_at -= timedelta(**ago)
    secret.save()
    return secret


class TestGettingAToken:
    def test_it_lasts_five_minutes_and_opens_what_the_client_holds(self, ehr, engineer):
        made, word = renewed(ehr, engineer)
        response = ask(ehr, word)
        told = response.json()
        assert (response.status_code, told["token_type"], told["expires_in"]) == (200, "Bearer", 300)
        assert set(told["scope"].split()) == set(SCOPE.split())
        assert response.headers["Cache-Control"] == "no-store"
        token = {"Authorization": f"Bearer {told['access_token']}"}
        assert Browser().get("/api/v1/records/", headers=token).status_code == 200
        made.refresh_from_db()
        assert timezone.now() - made.last_used_at < timedelta(minutes=1)

    def test_by_the_authorization_header_too(self, ehr, engineer):
        _made, word = renewed(ehr, engineer)
        told = base64.b64encode(f"{ehr.application.client_id}:{word}".encode()).decode()
        response = post({"grant_type": "client_credentials"}, Authorization=f"Basic {told}")
        assert response.status_code == 200

    def test_neither_secret_nor_token_is_kept(self, ehr, engineer):
        _made, word = renewed(ehr, engineer)
        token = ask(ehr, word).json()["access_token"]
        kept = repr([*ClientSecret.objects.values(), *AccessToken.objects.values()])
        assert word not in kept
        assert token not in kept

    def test_a_narrower_scope_may_be_asked_for_and_a_wider_one_not(self, ehr, engineer):
        _made, word = renewed(ehr, engineer)
        assert ask(ehr, word, scope="system/Record.r").status_code == 400  # neither read nor rs
        assert ask(ehr, word, scope="system/Record.rs").json()["scope"] == "system/Record.rs"
        wider = ask(ehr, word, scope="system/*.write")
        assert (wider.status_code, wider.json()["error"]) == (400, "invalid_scope")

    @pytest.mark.parametrize("known", [True, False])
    def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(self, ehr, engineer, known):
        renewed(ehr, engineer)
        told = {"grant_type": "client_credentials", "client_secret": "x" * 64}
        response = post(told | {"client_id": ehr.application.client_id if known else "nobody"})
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
        assert response.json()["error_description"].startswith("No client of this id proves itself so")

    def test_the_secret_of_another_client_opens_nothing(self, ehr, engineer):
        _made, word = renewed(clients.admit("lab", scope=SCOPE), engineer)
        assert ask(ehr, word).status_code == 401

    def test_a_client_that_is_switched_off_gets_none(self, ehr, engineer):
        _made, word = renewed(ehr, engineer)
        clients.switch_off(ehr, by=engineer, because="over")
        assert ask(ehr, word).status_code == 401
        clients.switch_on(ehr, by=engineer, because="again")
        assert ask(ehr, word).status_code == 200

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
            ("client_id=a&client_secret=b", "invalid_request"),
            ("grant_type=client_credentials&scope=system/*.read&scope=system/*.write", "invalid_request"),
            ("grant_type=client_credentials&client_id=a&client_id=b&client_secret=c", "invalid_request"),
            ("grant_type=client_credentials&client_id=a&client_secret=c&scope=%00", "invalid_scope"),
            ("grant_type=client_credentials&client_id=%00&client_secret=c", "invalid_client"),
            ("grant_type=client_credentials", "invalid_client"),
        ],
    )
    def test_a_request_that_cannot_be_is_refused_in_the_words_of_oauth(self, body, error):
        response = post(body)
        assert (response.status_code, response.json()["error"]) == (401 if error == "invalid_client" else 400, error)

    def test_nothing_of_it_stands_in_an_address(self, ehr, engineer):
        _made, word = renewed(ehr, engineer)
        told = f"grant_type=client_credentials&client_id={ehr.application.client_id}&client_secret={word}"
        form = "application/x-www-form-urlencoded"
        response = Browser().post(f"/oauth/token/?{told}", data="grant_type=client_credentials", content_type=form)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")

    def test_two_proofs_at_once_are_refused(self, ehr, engineer):
        _made, word = renewed(ehr, engineer)
        told = base64.b64encode(f"{ehr.application.client_id}:{word}".encode()).decode()
        both = {"grant_type": "client_credentials", "client_id": ehr.application.client_id, "client_secret": word}
        assert post(both, Authorization=f"Basic {told}").json()["error"] == "invalid_request"
        assert not AccessToken.objects.exists()

    @pytest.mark.parametrize("header", ["Basic", "Basic !!", "Basic /////w==", "Basic Og=="])
    def test_a_header_that_cannot_be_read_is_nobodys(self, header):
        assert post({"grant_type": "client_credentials"}, Authorization=header).status_code == 401

    def test_asking_for_tokens_counts_as_asking(self, ehr, engineer):
        _made, word = renewed(ehr, engineer)
        ehr.requests_per_minute = 1
        ehr.save()
        first, second = ask(ehr, word), ask(ehr, word)
        if second.status_code == 200:  # the minute turned between the two
            second = ask(ehr, word)
        assert (first.status_code, second.status_code) == (200, 429)
        assert second.json()["error"] == "temporarily_unavailable"
        assert 0 < int(second.headers["Retry-After"]) <= 60


class TestRotation:
    def test_the_new_one_works_at_once_and_the_old_one_until_it_is_ended(self, ehr, engineer):
        old, old_word = renewed(ehr, engineer)
        new, new_word = renewed(ehr, engineer)
        assert [ask(ehr, word).status_code for word in (old_word, new_word)] == [200, 200]
        credentials.end_secret(old, by=engineer, because="its last use was a week ago")
        assert [ask(ehr, word).status_code for word in (old_word, new_word)] == [401, 200]
        new.refresh_from_db()
        assert new.ends_at is None

    def test_or_until_a_moment_that_was_chosen(self, ehr, engineer):
        old, _word = renewed(ehr, engineer)
        until = timezone.now() + timedelta(days=7)
        new, _word = renewed(ehr, engineer, old_until=until)
        old.refresh_from_db()
        assert (old.ends_at, new.ends_at) == (until, None)
        assert set(ehr.secrets.live(until - timedelta(seconds=1))) == {old, new}
        assert set(ehr.secrets.live(until)) == {new}

    def test_an_end_that_comes_sooner_stays(self, ehr, engineer):
        old, _word = renewed(ehr, engineer)
        sooner = timezone.now() + timedelta(hours=1)
        credentials.end_secret(old, by=engineer, because="soon", at=sooner)
        renewed(ehr, engineer, old_until=sooner + timedelta(days=1))
        old.refresh_from_db()
        assert old.ends_at == sooner

    def test_a_third_waits_until_one_has_ended(self, ehr, engineer):
        old, _word = renewed(ehr, engineer)
        renewed(ehr, engineer)
        with pytest.raises(Conflict, match="two secrets already"):
            renewed(ehr, engineer)
        credentials.end_secret(old, by=engineer, because="idle")
        renewed(ehr, engineer)
        assert (ehr.secrets.count(), ehr.secrets.live().count()) == (3, 2)

    def test_the_database_itself_knows_no_third(self, ehr, engineer):
        renewed(ehr, engineer)
        with pytest.raises(IntegrityError, match="two_live_secrets_of_a_client"):
            ClientSecret.objects.create(client=ehr, place=1, begins="third", sha256="0", made_at=timezone.now())

    def test_how_long_each_is_idle_is_told_apart(self, ehr, engineer):
        old, old_word = renewed(ehr, engineer)
        new, _word = renewed(ehr, engineer)
        ask(ehr, old_word)
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.last_used_at is None, new.last_used_at is None) == (False, True)

    def test_what_has_ended_does_not_end_again(self, ehr, engineer):
        secret = backdated(renewed(ehr, engineer)[0], hours=1)
        credentials.end_secret(secret, by=engineer, because="over")
        with pytest.raises(Conflict, match="ended already"):
            credentials.end_secret(secret, by=engineer, because="over")

    def test_an_end_lies_ahead(self, ehr, engineer):
        secret, _word = renewed(ehr, engineer)
        with pytest.raises(DomainError, match="lies ahead"):
            credentials.end_secret(secret, by=engineer, because="x", at=timezone.now() - timedelta(minutes=1))

    def test_who_does_not_reach_what_it_reaches_makes_none(self, engineer):
        wide = clients.admit("wide", scope=SCOPE, facilities=[make.facility("NORTH")])
        with pytest.raises(BeyondReach):
            renewed(wide, engineer)
        assert not ClientSecret.objects.exists()


def test_expired_tokens_are_forgotten_at_night(ehr):
    for hours in (-1, 1):
        clients.issue_token(ehr, scope="system/Record.read", life=timedelta(hours=hours))
    assert tokens.forget_old() == {"tokens": 1, "assertions": 0}
    assert AccessToken.objects.get().expires > timezone.now()
