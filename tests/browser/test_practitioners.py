"""From the list of practitioners to one of them, and to the rows of what they owe."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, width_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owing():
    now, surgery = timezone.now(), make.service("surgery", "Surgery")
    for name, days in (("Vance", (40, 20, 3)), ("Alder", (60,)), ("Quist", (8, 8))):
        who = make.practitioner(name)
        for n in days:
            of = make.record(status="delinquent" if n > 30 else "incomplete", service=surgery)
            make.deficiency(of, owed_by=who, due_at=now - timedelta(days=n, hours=1))
        make.expected(owed_by=who, due_at=now + timedelta(days=2))
        make.deficiency(
            owed_by=who,
            status="resolved",
            kind="late",
            cause="met_late",
            due_at=now - timedelta(days=9),
            resolved_at=now - timedelta(days=2),
        )
    return make.manager()


def test_who_owes_most_and_oldest_and_what(page, owing):
    page.set_viewport_size({"width": 1280, "height": 900})
    come_in(page, "manager")
    page.goto("/practitioners/")
    expect(page.locator("tbody th").first).to_have_text("Vance, T.")
    page.get_by_role("link", name="Oldest").click()
    expect(page.locator("tbody th").first).to_have_text("Alder, T.")
    expect(page).to_have_url("/practitioners/?sort=oldest")
    page.go_back()
    expect(page.locator("tbody th").first).to_have_text("Vance, T.")
    for theme in ("dark", "light"):  # not before a swap: what axe leaves on elements would be copied as a style
        page.emulate_media(color_scheme=theme)
        assert barriers(page) == []
        picture(page, f"practitioners-{theme}")

    page.get_by_role("link", name="Vance, T.").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vance, T.")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert barriers(page) == []
        picture(page, f"practitioner-{theme}")
    page.locator(".tile").filter(has_text="Over 30 days").get_by_role("link").click()
    expect(page.get_by_text("1 found")).to_be_visible()


def test_on_a_telephone_both_fit_the_screen(page, owing):
    page.set_viewport_size({"width": 390, "height": 844})
    come_in(page, "manager")
    for address in ("/practitioners/", None):
        page.goto(address) if address else page.get_by_role("link", name="Vance, T.").click()
        expect(page.get_by_text("Vance, T.").first).to_be_visible()
        assert width_of(page) <= 390
        assert barriers(page) == []
