"""Acting on the list of deficiencies: chosen over its pages, done at once, undone; by keyboard, without a script."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from records.completeness import deficiencies
from records.models import AccessLog, Decision, Deficiency
from staff.models import Selection
from tests import factories as make
from tests.browser.conftest import barriers, come_in, picture, press, sign_in, type_words, width_of

pytestmark = pytest.mark.django_db(transaction=True)
ON_A_PAGE = 50


@pytest.fixture
def owed():
    """Four more deficiencies than a page holds, each past due a day longer than the next, on six records."""
    make.manager("rokafor", first_name="Rose", last_name="Okafor")
    people = [make.practitioner("Vance"), make.practitioner("Alder", "M.")]
    records = [make.record(attending=people[0], status="delinquent") for _ in range(6)]
    now, rule = timezone.now(), {"requirement": make.requirement(), "document_type": make.document_type()}
    return [
        make.deficiency(
            records[n % 6], topic=f"topic {n}", owed_by=people[n % 2], due_at=now - timedelta(days=90 - n), **rule
        )
        for n in range(ON_A_PAGE + 4)
    ]


def bar(page):
    return page.get_by_role("form", name="Selection")


def test_from_the_huddle_over_two_pages_to_a_bulk_waiver_and_its_undo(page, owed):
    sign_in(page, "rokafor")
    page.get_by_role("link", name="Deficiencies").first.click()
    expect(bar(page)).to_be_hidden()  # nothing is chosen
    page.get_by_label("Select row 2", exact=True).check()
    page.get_by_label("Select row 3", exact=True).check()
    expect(bar(page)).to_contain_text("2 of 54 selected")
    picture(page, "bulk-bar")
    assert barriers(page) == []
    page.get_by_role("link", name="Further rows").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(bar(page)).to_contain_text("2 of 54 selected")
    page.get_by_label("Select every row of this page").check()
    expect(bar(page)).to_contain_text("6 of 54 selected")
    page.get_by_role("link", name="Earlier rows").click()
    expect(page.get_by_label("Select row 2", exact=True)).to_be_checked()
    expect(page.get_by_label("Select row 4", exact=True)).not_to_be_checked()

    bar(page).get_by_role("button", name="Waive").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Waive")
    expect(page.get_by_text("6 deficiencies on 5 records, owed by 2 practitioners.").first).to_be_visible()
    picture(page, "bulk-act")
    assert barriers(page) == []
    page.get_by_label("Why it can no longer be made good").fill("Dr Vance has left the staff.")
    page.get_by_role("button", name="Waive 6").click()
    expect(page.get_by_text("6 deficiencies waived.")).to_be_visible()
    expect(page.get_by_text("48 found")).to_be_visible()
    picture(page, "bulk-done")
    assert barriers(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 6 deficiencies stand as before.")).to_be_visible()
    expect(page.get_by_text("54 found")).to_be_visible()
    assert Deficiency.objects.open().count() == 54


def test_all_that_were_found_are_reassigned_with_the_keyboard_alone(page, owed):
    dahl = make.practitioner("Dahl", "R.")
    come_in(page, "rokafor")
    page.goto("/deficiencies/")
    page.locator("tbody tr").first.focus()
    for key in ("x", "j", "j", "x"):
        press(page, key)
    expect(bar(page)).to_contain_text("2 of 54 selected")
    expect(page.locator("tbody tr").nth(2)).to_be_focused()  # the answer of the server leaves the focus where it is
    page.get_by_role("button", name="select all 54").focus()
    press(page, "Enter")
    expect(bar(page)).to_contain_text("54 of 54 selected")
    page.get_by_role("button", name="Reassign").focus()
    press(page, "Enter")
    page.get_by_label("Find a practitioner by name").focus()
    type_words(page, "dahl")
    page.get_by_label("Dahl, R.").focus()
    press(page, "Space")
    press(page, "Tab")
    type_words(page, "Covers for both.")
    press(page, "Tab")
    press(page, "Enter")
    expect(page.get_by_text("54 deficiencies reassigned to Dahl, R.")).to_be_visible()
    assert not Deficiency.objects.exclude(owed_by=dahl).exists()
    page.locator("tbody tr").first.focus()
    press(page, "x")
    expect(bar(page)).to_contain_text("1 of 54 selected")
    press(page, "e")
    expect(page.get_by_role("heading", level=1)).to_have_text("Waive")


def test_a_stale_selection_is_refused_with_the_difference_and_goes_on_with_the_rest(page, owed, watch):
    watch.expect_status(409)
    come_in(page, "rokafor")
    page.goto("/deficiencies/")
    for place in (1, 2, 3):
        page.get_by_label(f"Select row {place}", exact=True).check()
    expect(bar(page)).to_contain_text("3 of 54 selected")
    bar(page).get_by_role("button", name="Waive").click()
    page.get_by_label("Why it can no longer be made good").fill("typed with care")
    deficiencies.waive(owed[1], by=make.manager("other"), because="It was faster.")
    page.get_by_role("button", name="Waive 3").click()
    expect(page.get_by_text("1 of 3 changed since you chose them: 1 waived meanwhile.")).to_be_visible()
    expect(page.get_by_label("Why it can no longer be made good")).to_have_value("typed with care")
    picture(page, "bulk-stale")
    assert barriers(page) == []
    page.get_by_role("button", name="Waive the other 2").dblclick()  # sent twice, done once
    expect(page.get_by_text("2 deficiencies waived.")).to_be_visible(timeout=30_000)  # the second waits for the first
    assert Decision.objects.filter(by__username="rokafor").count() == 1
    assert not Selection.objects.exists()


def test_the_panel_follows_the_row_keeps_the_focus_and_closes(page, owed):
    come_in(page, "rokafor")
    page.goto("/deficiencies/")
    page.locator("tbody tr").first.focus()
    press(page, "Enter")
    panel = page.get_by_role("complementary", name="The opened row")
    expect(panel).to_contain_text("Would be satisfied by")
    expect(panel).to_contain_text("Also owed on this record")
    expect(page.locator("tbody tr").first).to_be_focused()
    picture(page, "panel")
    assert barriers(page) == []
    assert AccessLog.objects.get().record_id == owed[0].record_id
    press(page, "j")
    expect(page.locator("tbody tr[data-here]")).to_have_attribute("tabindex", "0")
    expect(panel.get_by_role("link", name="open record")).to_have_attribute(
        "href", f"/records/{owed[1].record_id}/#deficiency-{owed[1].pk}"
    )
    press(page, "Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("tbody tr").nth(1)).to_be_focused()
    press(page, "Enter")
    expect(panel).to_be_visible()
    press(page, "Enter")
    expect(page).to_have_url(f"/records/{owed[1].record_id}/#deficiency-{owed[1].pk}")


def test_of_the_answers_that_are_waited_for_the_panel_shows_the_last_and_none_once_it_is_closed(page, owed):
    come_in(page, "rokafor")
    page.goto("/deficiencies/")
    page.locator("tbody tr").first.focus()
    panel = page.get_by_role("complementary", name="The opened row")
    record = panel.get_by_role("link", name="open record")
    press(page, "Enter")
    expect(record).to_have_attribute("href", f"/records/{owed[0].record_id}/#deficiency-{owed[0].pk}")
    held = []
    page.route(re.compile(r"/deficiencies/\d+/$"), lambda route: held.append(route))
    for row in owed[1:4]:
        with page.expect_request(f"**/deficiencies/{row.pk}/"):
            press(page, "j")
    expect(panel).to_be_visible()
    held[-1].continue_()
    expect(record).to_have_attribute("href", f"/records/{owed[3].record_id}/#deficiency-{owed[3].pk}")

    with page.expect_request(f"**/deficiencies/{owed[4].pk}/"):
        press(page, "j")
    press(page, "Escape")
    expect(panel).to_be_hidden()
    page.evaluate("document.addEventListener('htmx:before:swap', () => { document.body.dataset.late = '' })")
    held[-1].continue_()
    expect(page.locator("body")).to_have_attribute("data-late", "")
    expect(panel).to_be_hidden()


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_on_a_telephone_the_row_is_a_page_of_its_own(page, owed, appearance):
    page.emulate_media(color_scheme=appearance)
    page.set_viewport_size({"width": 390, "height": 844})
    come_in(page, "rokafor")
    page.goto("/deficiencies/")
    page.get_by_label("Select row 1", exact=True).check()
    expect(bar(page)).to_contain_text("1 of 54 selected")
    picture(page, f"telephone-bulk-{appearance}")
    assert barriers(page) == []
    page.locator("tbody tr").first.get_by_role("link").click()
    expect(page).to_have_url(f"/deficiencies/{owed[0].pk}/")
    picture(page, f"telephone-deficiency-{appearance}")
    assert barriers(page) == []
    assert width_of(page) == 390


@pytest.mark.parametrize("opens", ["Columns", "Export", "save this view", "Service: any", "Record: any"])
def test_on_a_telephone_a_box_that_opens_stays_on_the_screen(page, owed, opens):
    page.set_viewport_size({"width": 390, "height": 844})
    come_in(page, "rokafor")
    page.goto("/deficiencies/")
    summary = page.locator("summary").filter(has_text=opens)
    summary.click()
    sheet = page.locator("details[open] > :not(summary)")
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] >= summary.bounding_box()["y"]


def test_without_a_script_all_of_it_works(chromium, live_server, owed):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    come_in(page, "rokafor")
    page.goto("/deficiencies/")
    page.get_by_label("Select row 2", exact=True).check()
    page.get_by_role("button", name="keep what is ticked").click()
    expect(bar(page)).to_contain_text("1 of 54 selected")
    page.get_by_label("Select row 4", exact=True).check()
    bar(page).get_by_role("button", name="Waive").click()
    page.get_by_label("Why it can no longer be made good").fill("He has died.")
    page.get_by_role("button", name="Waive 2").click()
    expect(page.get_by_text("2 deficiencies waived.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 2 deficiencies")).to_be_visible()
    page.locator("tbody tr").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Discharge summary is missing")
    context.close()
