"""A recurring control in a real browser: planned from a suggestion, moved with a reason, done with its evidence."""

import pytest
from playwright.sync_api import expect

from compliance.standards import library
from tests import factories as make
from tests.browser.conftest import barriers, picture, sign_in
from tests.compliance.evidence.acting import PDF, day

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_control_is_planned_from_a_suggestion_moved_and_done(page, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    (tmp_path / "protocol.pdf").write_bytes(PDF)
    library.load_all()
    make.manager(first_name="Rosa", last_name="Amberlin")
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, "manager")
    page.wait_for_url("**/")
    page.get_by_role("navigation", name="Duties").get_by_role("link", name="Recurring controls").click()
    expect(page.locator("#page")).to_contain_text("No control is planned")
    page.get_by_role("link", name="Plan a control").click()
    page.get_by_role("link", name="Restore drill").click()
    expect(page.get_by_label("The rule that asks for it")).to_have_value("45 CFR 164.308(a)(7)(ii)(B), (D)")
    page.get_by_label("First time").fill(day(10).isoformat())
    picture(page, "control-new")
    assert barriers(page) == []
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("It is planned.")).to_be_visible()

    page.get_by_role("link", name="Move").first.click()
    page.get_by_label("Due by").fill(day(20).isoformat())
    page.get_by_label("Why").fill("The storage is being replaced.")
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_text("The storage is being replaced.")).to_be_visible()

    page.get_by_role("link", name="Done").click()
    page.get_by_label("File").set_input_files(tmp_path / "protocol.pdf")
    assert barriers(page) == []
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_text("It is done.")).to_be_visible()
    picture(page, "control-page")
    assert barriers(page) == []
    page.get_by_role("link", name="The calendar").click()
    expect(page.get_by_role("heading", level=2, name="What comes back, and how often")).to_be_visible()
    picture(page, "control-calendar")
    assert barriers(page) == []
