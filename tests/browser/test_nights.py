"""The nights in a real browser: one is begun by hand, and a real worker does it while its page looks on."""

import pytest
from playwright.sync_api import expect

from compliance.nightly.models import Night
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, width_of
from tests.workers import kept_worker, worker  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def look(page, name: str):
    """In both themes and on a telephone: no barrier, and no wider than the window."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        picture(page, f"{name}-{theme}")
        assert barriers(page) == []
    page.set_viewport_size(NARROW)
    picture(page, f"{name}-narrow")
    assert barriers(page) == []
    assert width_of(page) <= NARROW["width"]
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def test_a_night_is_begun_by_hand_and_watched_to_its_end(page, worker):  # noqa: F811
    make.record()
    make.manager()
    page.set_viewport_size(WIDE)
    come_in(page, "manager")
    page.goto("/nights/")
    look(page, "nights-none")
    page.get_by_role("button", name="Begin one now").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Night of")
    expect(page.get_by_text("begun by hand by")).to_be_visible()
    expect(page.locator("#state > .card > header")).to_contain_text("finished", timeout=120_000)
    expect(page.get_by_role("row", name="Completeness audit")).to_contain_text("records 1")
    look(page, "night")
    page.get_by_role("link", name="All nights").click()
    expect(page.get_by_role("row").filter(has_text="by hand")).to_contain_text("finished")
    look(page, "nights")
    page.get_by_role("link", name="Change the hour").click()
    page.get_by_label("Begins at").fill("04:30")
    look(page, "night-hour")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("The next night begins on")).to_be_visible()
    expect(page.get_by_text("04:30").first).to_be_visible()
    assert Night.objects.get(state="planned").facility == make.facility()
