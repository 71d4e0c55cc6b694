"""Every part in every state and both themes: what axe and the pictures are taken from."""

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, width_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk():
    return make.person("clerk", role="Records clerk")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_part_is_a_barrier(page, clerk, theme):
    page.emulate_media(color_scheme=theme)
    come_in(page, "clerk")
    page.goto(f"/catalogue/?theme={theme}")
    assert page.evaluate("id => getComputedStyle(document.getElementById(id)).colorScheme", theme) == theme
    assert barriers(page) == []
    picture(page, f"catalogue-{theme}")


def test_both_themes_stand_side_by_side_and_fit_a_telephone(page, clerk):
    come_in(page, "clerk")
    page.goto("/catalogue/")
    light, dark = page.locator("#light").bounding_box(), page.locator("#dark").bounding_box()
    assert light["y"] == dark["y"]
    assert light["x"] < dark["x"]
    colours = [page.evaluate("id => getComputedStyle(document.getElementById(id)).color", i) for i in ("light", "dark")]
    assert colours[0] != colours[1]
    picture(page, "catalogue")
    page.set_viewport_size({"width": 390, "height": 844})
    assert width_of(page) == 390


def test_the_summary_of_a_refused_form_leads_to_its_fields(page, clerk):
    come_in(page, "clerk")
    page.goto("/catalogue/?theme=light")
    summary = page.get_by_role("alert").filter(has_text="3 things to mend")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Due on").click()
    expect(page.locator("#id_light-refused-due")).to_be_focused()


def test_waiting_moves_nothing_on_the_page(page, clerk):
    make.record()
    come_in(page, "clerk")
    page.goto("/records/")
    where = page.locator("table.table").bounding_box()
    page.evaluate("document.getElementById('list').classList.add('htmx-request')")
    assert page.locator("table.table").bounding_box() == where
