"""The interface engineer's morning: what was refused, why, what stands in it, and applied again."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from records.exchange import clients
from records.exchange.fhir.importing import Import
from records.models import AccessLog, MessageReplay, Source
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, width_of
from tests.records.exchange import made

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def arrived(tmp_path):
    """A document came before its stay, and was refused; the stay came after it."""
    source = Source.objects.create(name="ehr")
    for name, resources in (("early", [made.document()]), ("late", [made.patient(), made.encounter()])):
        path = tmp_path / f"{name}.ndjson"
        path.write_text("\n".join(map(json.dumps, resources)))
        Import([str(path)], source=source).run()
    client = clients.admit("lab", scope="system/*.write")
    clients.issue_token(client, scope="system/*.write", life=timedelta(hours=1))
    make.practitioner("", "", is_stub=True).identifiers.create(system="urn:npi", value="4711")
    return make.person("engineer", role="Interface engineer")


def test_a_refused_message_is_found_read_for_a_reason_and_applied_again(page, arrived):
    page.set_viewport_size({"width": 1280, "height": 900})
    come_in(page, "engineer")
    page.goto("/interfaces/")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert barriers(page) == []
        picture(page, f"interfaces-{theme}")
    page.get_by_role("link", name="What was refused").click()
    expect(page.get_by_text("1 found")).to_be_visible()
    assert barriers(page) == []
    picture(page, "messages")
    page.locator("tbody th a").first.click()

    page.get_by_label("Why you must read it").fill("the vendor asks")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("pre")).to_contain_text("34117-2")
    assert AccessLog.objects.get().detail.endswith("the vendor asks")
    assert barriers(page) == []
    picture(page, "message")

    page.get_by_label("What was mended").fill("the stay was sent")
    page.get_by_role("button", name="Apply again").click()
    expect(page.get_by_text("Applied again: applied.")).to_be_visible()
    assert MessageReplay.objects.get().because == "the stay was sent"

    expect(page.get_by_label("What was mended")).to_have_count(0)
    expect(page.get_by_text("applied again").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("refused", exact=True)).to_have_count(0)
    assert barriers(page) == []
    picture(page, "message-applied-again")


def test_on_a_telephone_all_three_fit_the_screen(page, arrived):
    page.set_viewport_size({"width": 390, "height": 844})
    come_in(page, "engineer")
    for address in ("/interfaces/", "/interfaces/messages/", None):
        page.goto(address) if address else page.locator("tbody th a").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert width_of(page) <= 390
        assert barriers(page) == []
