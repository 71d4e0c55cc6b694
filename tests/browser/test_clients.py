"""The interface engineer lets a program in, gives it a secret, replaces that one, and switches the program off."""

import re

import pytest
import requests
from playwright.sync_api import expect

from records.exchange import clients, credentials, keys
from records.models import Client
from tests import factories as make
from tests.browser.conftest import PASSWORD, barriers, picture, sign_in, width_of
from tests.records.exchange.test_assertions import EC_KEY, RSA_KEY, key_set

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def engineer():
    make.facility()
    return make.person("engineer", role="Interface engineer", first_name="Ada", last_name="Kim")


def token(live_server, client_id: str, secret: str) -> int:
    """The status of a program's own request for a token."""
    told = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return requests.post(f"{live_server.url}/oauth/token/", data=told, timeout=20).status_code


def new_secret(page) -> tuple[str, str]:
    page.get_by_label("Why").fill("go-live")
    page.get_by_role("button", name="Make it").click()
    shown = page.get_by_label("Secret", exact=True)
    expect(shown).to_be_visible()
    return page.get_by_label("Client id").input_value(), shown.input_value()


def test_a_program_is_let_in_its_secret_replaced_without_a_pause_and_it_is_switched_off(page, engineer, live_server):
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "engineer")
    page.goto("/interfaces/clients/")
    page.get_by_role("link", name="Let a program in").click()
    page.get_by_label("Name").fill("ehr")
    page.get_by_label("May").fill("system/*.read system/*.write")
    page.get_by_label("Main hospital").check()
    assert barriers(page) == []
    picture(page, "client-new")
    page.get_by_label("Why").fill("go-live of the new EHR")
    page.get_by_role("button", name="Let it in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ehr")

    page.get_by_role("link", name="New secret").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm it is you")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    client_id, first = new_secret(page)
    assert barriers(page) == []
    picture(page, "client-secret")
    assert token(live_server, client_id, first) == 200

    page.get_by_role("link", name="I have put it away").click()
    page.get_by_role("link", name="New secret").click()
    page.get_by_label("until somebody ends it").check()
    assert barriers(page) == []
    picture(page, "client-second-secret")
    _same, second = new_secret(page)
    assert (token(live_server, client_id, first), token(live_server, client_id, second)) == (200, 200)

    page.get_by_role("link", name="I have put it away").click()
    expect(page.get_by_role("link", name="New secret")).to_have_count(0)
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert barriers(page) == []
        picture(page, f"client-page-{theme}")
    page.get_by_role("link", name=re.compile(f"End it {first[:6]}")).click()
    page.get_by_label("Why").fill("nobody used it for a week")
    page.get_by_role("button", name="Let it end").click()
    expect(page.get_by_text("The end of the secret")).to_be_visible()
    assert (token(live_server, client_id, first), token(live_server, client_id, second)) == (401, 200)

    page.get_by_role("link", name="Switch off").click()
    page.get_by_label("Why").fill("moved to another system")
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_text("switched off").first).to_be_visible()
    assert token(live_server, client_id, second) == 401
    assert not Client.objects.get().user.is_active


def test_on_a_telephone_list_page_and_forms_fit_the_screen(page, engineer):
    ehr = clients.admit("ehr", scope="system/Encounter.write system/*.read system/Deficiency.write")
    credentials.new_secret(ehr, by=clients.TERMINAL)
    ehr.jwks = keys.read(key_set(**{"the-first-of-2026": RSA_KEY, "b" * 60: EC_KEY}))
    ehr.save()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "engineer")
    for name, address in {
        "list": "/interfaces/clients/",
        "page": f"/interfaces/clients/{ehr.pk}/",
        "change": f"/interfaces/clients/{ehr.pk}/change/",
    }.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert width_of(page) <= 390, name
        assert barriers(page) == [], name
        picture(page, f"telephone-client-{name}")


def test_the_list_in_both_themes(page, engineer):
    for name, scope in {
        "ehr": "system/*.write",
        "lab": "system/DocumentReference.write",
        "bi": "system/*.read",
    }.items():
        clients.admit(name, scope=scope)
    clients.switch_off(Client.objects.get(user__username="bi"), by=engineer, because="over")
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "engineer")
    page.goto("/interfaces/clients/")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert barriers(page) == []
        picture(page, f"client-list-{theme}")
