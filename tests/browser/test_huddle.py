"""The morning huddle of a simulated hospital with a past: every theme, every width, from a number to its rows."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from compliance.nightly import liveness
from himdept.common.queue import QUEUES
from tests import factories as make
from tests.browser import simulated
from tests.browser.conftest import barriers, picture, press, sign_in, width_of

pytestmark = pytest.mark.django_db(transaction=True)
SCREENSHOTS = os.environ.get("SCREENSHOTS")


@pytest.fixture(scope="session")
def charts_with_a_past(cast):
    """As the demonstration's, with its past and its aims; of its size when a picture is made for the handbook."""
    return cast(lambda: simulated.hospital(3000 if SCREENSHOTS else 400))


@pytest.fixture
def hospital(transactional_db, charts_with_a_past):
    charts_with_a_past.lay()
    return make.manager(first_name="Rosa", last_name="Amberlin")


def test_the_morning_from_the_huddle_to_the_rows_behind_its_numbers(page, hospital):
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "manager")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Morning huddle")
    expect(page.get_by_role("region", name="The night")).to_contain_text("not ticked yet")
    picture(page, "huddle-simulated")
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    picture(page, "huddle-simulated-dark")
    assert barriers(page) == []
    page.emulate_media(color_scheme="light")

    expect(page.get_by_role("img", name="nights: from").first).to_be_visible()
    expect(page.get_by_role("img", name="Delinquent records from")).to_be_visible()
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("region", name="Delinquent records by week").get_by_role("row")).to_have_count(14)

    cited = page.get_by_role("region", name="cite").or_(page.locator("section", has_text="What a surveyor would cite"))
    number = cited.locator("a.badge").first
    charts = number.inner_text()
    number.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Inventory")
    expect(page.get_by_text(f"{charts} found")).to_be_visible()

    page.go_back()
    page.get_by_role("link", name="practitioners", exact=False).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Practitioners")


def test_on_a_telephone_nothing_is_wider_than_the_screen(page, hospital):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "manager")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Morning huddle")
    assert width_of(page) <= 390
    assert barriers(page) == []
    picture(page, "huddle-narrow")


def test_screenshots_for_the_handbook(page, hospital, tmp_path):
    folder = Path(SCREENSHOTS or tmp_path)
    for queue in QUEUES:
        liveness.seen(f"{queue}@himdept", queue)
    liveness.clock_ticked()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "manager")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Morning huddle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=folder / "huddle.png", full_page=True)

    page.goto("/deficiencies/?kind=missing")
    page.locator("tbody tr").nth(1).focus()
    for key in ("x", "j", "x"):
        press(page, key)
    expect(page.get_by_role("form", name="Selection")).to_contain_text("2 of ")
    press(page, "Enter")
    expect(page.get_by_role("link", name="open record")).to_be_visible()
    page.screenshot(path=folder / "deficiencies.png")

    page.emulate_media(color_scheme="dark")
    page.goto(page.get_by_role("link", name="open record").get_attribute("href").partition("#")[0])
    expect(page.get_by_role("heading", name="Documents against their due times")).to_be_visible()
    page.screenshot(path=folder / "record.png")
    for name in ("huddle", "deficiencies", "record"):
        assert (folder / f"{name}.png").stat().st_size > 50_000
