"""What goes out on paper: the report read and printed, every list and the huddle as the printer gets them."""

import io
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from himdept.dashboard import printing
from records.models import AccessLog
from tests import factories as make
from tests.browser.conftest import barriers, picture, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def much_is_owed(cast):
    return cast(forty_five_records)


@pytest.fixture
def manager(transactional_db, much_is_owed):
    make.audit_run()
    return much_is_owed.lay()


def forty_five_records():
    owing = [make.practitioner(name) for name in ("Alder", "Vance", "Zieliński")]
    for number in range(45):
        record = make.record(of=make.patient("Lindqvist", f"Amara {number}", mrn=f"{number:08}"))
        make.deficiency(record, owed_by=owing[number % 3])
    return make.manager(first_name="Rose", last_name="Okafor")


@pytest.fixture
def desk(page, manager):
    sign_in(page, manager.username)
    return page


def on_paper(page, name: str) -> PdfReader:
    """The page as Chromium prints it, and a picture of it for whoever wants to look."""
    made = page.pdf(prefer_css_page_size=True)
    if folder := os.environ.get("PICTURES"):
        (Path(folder) / f"{name}.pdf").write_bytes(made)
    return PdfReader(io.BytesIO(made))


def test_the_report_is_read_in_the_browser_and_each_count_opens_its_list(desk):
    desk.goto("/reports/")
    desk.get_by_role("link", name="Deficiency report", exact=True).click()
    expect(desk.get_by_role("heading", name="Summary")).to_be_visible()
    listed = desk.locator("section#list table")  # asked for by itself, after the sums
    expect(listed.get_by_role("row", name="Alder, T. 15 open")).to_be_visible(timeout=30_000)
    assert AccessLog.objects.filter(detail="report deficiencies page", rows=45).count() == 1
    assert barriers(desk) == []
    picture(desk, "report")
    paper = on_paper(desk, "report")
    words = "\n".join(page.extract_text() for page in paper.pages)
    assert "Summary" in paper.pages[0].extract_text()
    assert "00000044" in words
    assert "Inventory" not in words  # no navigation
    desk.get_by_role("definition").get_by_role("link", name="45").first.click()
    expect(desk).to_have_url(re.compile("/deficiencies/"))


def test_the_report_is_downloaded_as_a_pdf(desk):
    desk.goto("/reports/deficiencies/")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="PDF").click()
    assert "00000044" in "".join(page.extract_text() for page in PdfReader(download.value.path()).pages)


def test_a_list_is_printed_from_its_button_as_it_is_narrowed(desk):
    desk.goto("/deficiencies/?who=Vance&columns=patient,document,owed_by,due")
    desk.get_by_role("link", name="Print").click()
    expect(desk.get_by_role("heading", name="Deficiencies")).to_be_visible()
    expect(desk.get_by_text("Owed by: Vance")).to_be_visible()
    expect(desk.get_by_role("button", name="Print")).to_be_visible()
    assert barriers(desk) == []
    picture(desk, "print-deficiencies")
    paper = on_paper(desk, "print-deficiencies")
    words = [page.extract_text() for page in paper.pages]
    assert all("Patient" in page and "Confidential" in page for page in words)
    assert "Alder" not in "".join(words)
    desk.get_by_role("link", name="Back to the list").click()
    expect(desk).to_have_url(re.compile("who=Vance"))


def test_a_long_list_has_its_headings_and_its_foot_on_every_page(desk):
    desk.goto("/lists/deficiency_list/print/")
    paper = on_paper(desk, "print-long")
    assert len(paper.pages) >= 3
    for page in paper.pages:
        words = page.extract_text()
        assert "Owed by" in words
        assert "by Rose Okafor" in words
        assert "Back to the list" not in words


def test_it_is_black_on_white_from_the_dark_theme_too(desk):
    desk.emulate_media(color_scheme="dark")
    desk.goto("/lists/deficiency_list/print/")
    colours = "getComputedStyle(document.querySelector('.paper'))"
    assert desk.evaluate(f"{colours}.backgroundColor") == "rgb(255, 255, 255)"
    assert desk.evaluate(f"{colours}.color") == "rgb(23, 32, 45)"
    assert barriers(desk) == []
    picture(desk, "print-dark")


def test_a_list_is_exported_from_its_menu(desk):
    desk.goto("/deficiencies/?who=Vance")
    desk.get_by_text("Export", exact=True).click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Text (CSV)").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 16
    assert AccessLog.objects.get().detail == "list deficiency_list who=Vance csv"


def test_the_huddle_prints_without_its_navigation(desk):
    desk.goto("/")
    expect(desk.get_by_role("button", name="Print")).to_be_visible()
    desk.emulate_media(media="print")
    picture(desk, "print-huddle")
    words = "\n".join(page.extract_text() for page in on_paper(desk, "print-huddle").pages)
    assert "Morning huddle" in words
    assert "Printed by Rose Okafor" in words
    assert "Glossary" not in words  # no navigation


def test_a_list_that_is_too_long_for_paper_says_so_at_its_top(desk, monkeypatch):
    monkeypatch.setattr(printing, "MOST_PRINTED", 10)
    desk.goto("/lists/deficiency_list/print/")
    expect(desk.get_by_text("Only the first 10 rows are printed.")).to_be_visible()
    assert barriers(desk) == []
