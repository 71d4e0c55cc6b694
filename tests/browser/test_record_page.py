"""The page of one record in a real browser: the picture, another day, the table, the keyboard, a telephone, paper."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from records.completeness import audits, requirements
from records.models import Episode, Record
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, press, width_of

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def rules_that_come(cast):
    return cast(requirements.load_profiles)


@pytest.fixture
def stay(transactional_db, rules_that_come) -> Record:
    """An operation sixty days ago: one report in time, one late, one order unsigned, no discharge summary."""
    make.manager()
    rules_that_come.lay()
    requirements.adopt(make.requirement(authentication_required=True).profile, make.facility())
    admitted = timezone.now().replace(microsecond=0) - 60 * DAY
    surgeon = make.practitioner("Alder", "M.")
    record = make.record(start=admitted, end=admitted + 4 * DAY, attending=make.practitioner(), service=make.service())
    begun, over = admitted + DAY, admitted + DAY + timedelta(hours=2)
    surgery = Episode.objects.create(
        record=record,
        kind="procedure",
        title="Hip replacement",
        anesthesia=True,
        performer=surgeon,
        start_first=begun,
        start_last=begun,
        end_first=over,
        end_last=over,
    )
    hp = make.document_type("34117-2", "History and physical")
    report = make.document_type("11504-8", "Operative report")
    order = make.document_type("order", "Order")
    early, late = admitted + timedelta(hours=9), over + timedelta(hours=49)
    make.document(record, document_type=hp, authored=early, signed=early, author=surgeon)
    make.document(
        record,
        document_type=report,
        authored=late,
        signed=late,
        author=surgeon,
        episode=surgery,
        sections=["findings", "technique", "specimens"],
    )
    make.document(record, document_type=order, authored=over, signed=None, author=surgeon, verbal=True)
    run = audits.start(as_of=timezone.now(), full=True)
    assert audits.begin(run)
    list(audits.work_off(run))
    return record


def open_record(page, record, more: str = ""):
    come_in(page, "manager")
    page.goto(f"/records/{record.pk}/{more}")


def test_the_picture_shows_each_requirement_against_its_due_time(page, stay):
    open_record(page, stay)
    drawing = page.get_by_role("img", name="Documents against their due times")
    expect(drawing).to_be_visible()
    for words in (
        "signed 9 h after admission",
        "signed 25 h late",
        "missing,",
        "unsigned,",
        "now",
        "delinquent after",
    ):
        expect(drawing.get_by_text(words, exact=words == "now").first).to_be_visible()
    expect(page.get_by_text("The record stands otherwise now")).to_have_count(0)
    picture(page, "record-page")
    assert barriers(page) == []


def test_the_same_stands_in_a_table_that_the_keyboard_opens(page, stay):
    open_record(page, stay)
    table = page.get_by_role("table").filter(has_text="Counted from")
    expect(table).to_be_hidden()
    page.get_by_text("The same as a table").focus()
    press(page, "Enter")
    expect(table).to_be_visible()
    row = table.get_by_role("row").filter(has_text="Operative report").first
    expect(row).to_contain_text("signed 25 h late")
    assert barriers(page) == []


def test_another_day_is_asked_for_and_left_again(page, stay):
    open_record(page, stay)
    day = timezone.localdate(stay.encounter.start_first + 2 * DAY)
    page.get_by_text("another day").focus()
    press(page, "Enter")
    page.get_by_label("As of the end of").fill(day.isoformat())
    page.get_by_role("button", name="Show that day").click()
    expect(page.get_by_text("what a surveyor would have found")).to_be_visible()
    expect(page.get_by_text("Waive", exact=False)).to_have_count(0)
    drawing = page.get_by_role("img", name="Documents against their due times")
    expect(drawing.get_by_text("signed 25 h late")).to_have_count(0)
    picture(page, "record-page-past")
    assert barriers(page) == []
    page.get_by_role("link", name="Back to now").click()
    expect(drawing.get_by_text("signed 25 h late")).to_be_visible()


def test_a_day_that_cannot_be_is_refused_beside_its_field(page, stay, watch):
    watch.expect_status(400)
    open_record(page, stay, "?as_of=the-third")
    field = page.get_by_label("As of the end of")
    expect(field).to_be_visible()
    expect(page.get_by_text("“the-third” is neither a day, such as 2026-03-03")).to_be_visible()
    assert barriers(page) == []


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_on_a_telephone_the_words_stand_in_place_of_the_picture(page, stay, appearance):
    page.emulate_media(color_scheme=appearance)
    page.set_viewport_size({"width": 390, "height": 844})
    open_record(page, stay)
    expect(page.get_by_role("img", name="Documents against their due times")).to_be_hidden()
    told = page.get_by_role("listitem").filter(has_text="Operative report").first
    expect(told).to_contain_text("signed 25 h late")
    page.get_by_text("The same as a table").click()
    assert width_of(page) == 390
    assert barriers(page) == []
    picture(page, f"telephone-record-{appearance}")


def test_in_the_dark_there_are_no_barriers(page, stay):
    page.emulate_media(color_scheme="dark")
    open_record(page, stay)
    picture(page, "record-page-dark")
    assert barriers(page) == []


def test_on_paper_whose_record_it_is_stands_on_each_page_and_no_button(page, stay):
    open_record(page, stay)
    page.emulate_media(media="print")
    expect(page.get_by_text("Waive", exact=True).first).to_be_hidden()
    head = page.locator(".running")
    assert head.evaluate("element => getComputedStyle(element).display") == "table-header-group"
    expect(head.get_by_text("as of")).to_be_visible()
    picture(page, "record-page-print")
