"""Evidence in a real browser: a file is laid down, refused, revised, fetched and found again in the list."""

import pytest
from playwright.sync_api import expect

from compliance.evidence.models import EvidenceRevision
from compliance.scoring import actions as judging
from compliance.standards import library
from compliance.standards.models import Element
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture
from tests.compliance.evidence.acting import PDF, day, laid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    library.load_all()
    return make.person("officer", role="Privacy officer", first_name="Ines", last_name="Marrowstone")


def test_a_file_is_laid_down_revised_fetched_and_found_again(page, officer, watch, tmp_path):
    watch.expect_status(422)
    (tmp_path / "log.pdf").write_bytes(PDF)
    (tmp_path / "page.pdf").write_bytes(b"<html><script>alert(1)</script></html>")
    asked = Element.objects.get(code="164.524")
    page.set_viewport_size({"width": 1280, "height": 900})
    come_in(page, "officer")
    page.goto(f"/readiness/at/MAIN/elements/{asked.pk}/")
    page.get_by_role("link", name="Add evidence").click()
    assert barriers(page) == []
    page.get_by_label("Title").fill("Log of requests, third quarter")
    page.get_by_label("File").set_input_files(tmp_path / "page.pdf")
    page.get_by_label("It tells of the time from").fill(day(-120).isoformat())
    page.get_by_label("To", exact=True).fill(day(-30).isoformat())
    page.get_by_label("Good until").fill(day(50).isoformat())
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("alert").first).to_contain_text("not what its name says")
    picture(page, "evidence-refused")
    page.get_by_label("File").set_input_files(tmp_path / "log.pdf")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("The evidence is kept.")).to_be_visible()
    picture(page, "evidence-element")
    assert barriers(page) == []

    page.get_by_role("link", name="Log of requests, third quarter").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="log.pdf").click()
    assert fetched.value.path().read_bytes() == PDF
    assert fetched.value.suggested_filename == "log.pdf"
    page.get_by_role("link", name="Revise").click()
    page.get_by_label("Good until").fill(day(200).isoformat())
    page.get_by_label("Why").fill("The next log is due in spring.")
    page.get_by_role("button", name="Keep the revision").click()
    expect(page.get_by_text("2 revisions")).to_be_visible()
    picture(page, "evidence-page")
    assert barriers(page) == []

    page.get_by_role("navigation", name="Duties").get_by_role("link", name="Evidence").click()
    expect(page.get_by_role("row").filter(has_text="Log of requests")).to_contain_text("in force")
    picture(page, "evidence-list")
    assert barriers(page) == []
    assert EvidenceRevision.objects.get(number=2).by == officer


def test_what_was_met_by_evidence_that_has_expired_says_so(page, officer):
    asked = Element.objects.get(code="164.530")
    laid(asked, owner_is=officer, by=officer, expires_on=day(0))
    judging.assess(asked, make.facility(), result="met", because="By the policy.", by=officer)
    come_in(page, "officer")
    page.goto(f"/readiness/at/MAIN/elements/{asked.pk}/")
    expect(page.locator(".marks")).to_contain_text("met")
    expect(page.locator("#page")).to_contain_text("expires soon")
