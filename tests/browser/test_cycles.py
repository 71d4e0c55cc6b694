"""A survey cycle in a real browser: from its start, by three people and one keyboard, to its final score."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from compliance.cycles.models import Cycle
from tests import factories as make
from tests.browser.conftest import barriers, picture, press, sign_in, width_of
from tests.compliance.cycles.acting import begun, house, part_of, people, read, row_of

pytestmark = pytest.mark.django_db(transaction=True)

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def team(db):
    house()
    read(4)
    make.facility().refresh_from_db()
    return people()


def as_(page, username: str):
    page.goto("about:blank")  # nothing that is still on its way brings the former cookie back
    page.context.clear_cookies()
    sign_in(page, username)
    page.wait_for_url("**/")


def look(page, name: str):
    """In both themes and on a telephone: no barrier, and no wider than the window."""
    picture(page, f"{name}-light")
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    picture(page, f"{name}-dark")
    assert barriers(page) == []
    page.set_viewport_size(NARROW)
    picture(page, f"{name}-narrow")
    assert width_of(page) <= NARROW["width"]
    assert barriers(page) == []
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def lines_of_a_long_code(page) -> int:
    """On how many lines the matrix writes it on a telephone."""
    page.set_viewport_size(NARROW)
    lines = page.locator(".matrix tbody a").first.evaluate(
        """(link) => {
            const one = link.offsetHeight;
            link.textContent = "164.508(c)(1)";
            return Math.round(link.offsetHeight / one);
        }"""
    )
    picture(page, "cycle-matrix-narrow")
    page.set_viewport_size(WIDE)
    return lines


def test_from_the_start_of_a_cycle_to_its_final_score(page, team, watch):
    watch.expect_status(422)
    page.set_viewport_size(WIDE)
    as_(page, "rosa")
    page.get_by_role("navigation", name="Duties").get_by_role("link", name="Survey cycles").click()
    page.get_by_role("link", name="Start a cycle").click()
    page.get_by_label("Title").fill("Mock survey, spring 2027")
    page.get_by_label("It is due").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    look(page, "cycle-start")
    page.get_by_role("button", name="Start it").click()
    page.get_by_label("A Chapter A: Scored by").select_option("Sam Ito")
    page.get_by_label("M Chapter M: Scored by").select_option("Vera Okoye")
    look(page, "cycle-assign")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("The parts are assigned.")).to_be_visible()

    # Sam goes through the chapter with keys alone.
    as_(page, "sam")
    page.get_by_role("link", name="My parts of cycles").click()
    look(page, "cycle-mine")
    page.get_by_role("link", name="A Chapter A").click()
    page.get_by_role("link", name="One by one").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-1")
    press(page, "m")
    expect(page.get_by_label("met", exact=True)).to_be_checked()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-2")
    press(page, "k")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-1")
    press(page, "j")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-2")
    press(page, "p")
    press(page, "k")  # keeps what is changed, and goes back
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-1")
    press(page, "x")
    press(page, "j")  # what cannot be kept stays, and is said
    expect(page.get_by_role("alert").first).to_contain_text("why it does not apply")
    page.get_by_label("does not apply", exact=True).focus()
    with page.expect_navigation():
        press(page, "j")
    expect(page.get_by_role("alert").first).to_contain_text("why it does not apply")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-1")
    page.get_by_label("does not apply", exact=True).focus()
    press(page, "m")
    press(page, "j")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-2")
    expect(page.get_by_label("partly met", exact=True)).to_be_checked()
    press(page, "n")
    press(page, "j")  # the last one: it is kept, and stays
    expect(page.locator(".items").last).to_contain_text("not met")
    expect(page.get_by_label("not met", exact=True)).to_be_checked()
    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("scoring an element: keep it")
    press(page, "Escape")
    page.get_by_label("met", exact=True).focus()
    press(page, "n")
    page.get_by_label("Likely to harm").select_option("high")
    page.get_by_label("How far it reaches").select_option("pattern")
    page.get_by_label("On what this rests").fill("jammed: 2 of 40 were late")  # a letter in a text is a letter
    look(page, "cycle-element")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("#page")).to_contain_text("jammed: 2 of 40 were late")
    page.get_by_role("link", name="A Chapter A").click()
    look(page, "cycle-part")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("The part is submitted.")).to_be_visible()

    # Vera overrules a measure, and says why.
    as_(page, "vera")
    page.goto("/cycles/mine/")
    page.get_by_role("link", name="M Chapter M").click()
    page.get_by_role("link", name="M-1", exact=True).click()
    page.get_by_label("partly met", exact=True).check()
    page.get_by_label("Likely to harm").select_option("low")
    page.get_by_label("How far it reaches").select_option("limited")
    page.get_by_role("button", name="Keep, and go on").click()
    expect(page.get_by_role("alert").first).to_contain_text("say why that is overruled")
    page.get_by_label("On what this rests").fill("Three summaries were filed under another visit; seen.")
    page.get_by_role("button", name="Keep, and go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("M-2")
    page.get_by_label("does not apply", exact=True).check()
    page.get_by_label("On what this rests").fill("There is no such unit here.")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("link", name="M Chapter M").click()
    expect(page.locator("#page")).to_contain_text("overruled")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("The part is submitted.")).to_be_visible()

    # Rosa asks for a change, accepts, closes both parts and the cycle.
    as_(page, "rosa")
    page.goto("/cycles/")
    page.get_by_role("link", name="Mock survey, spring 2027").click()
    look(page, "cycle-open")
    page.get_by_role("link", name="A Chapter A").click()
    page.get_by_role("link", name="Request changes").click()
    page.get_by_label("What is to be changed").fill("A-1: name the log.")
    page.get_by_role("button", name="Give it back").click()
    expect(page.locator("#page")).to_contain_text("Changes requested")
    as_(page, "sam")
    page.goto("/cycles/mine/")
    page.get_by_role("link", name="A Chapter A").click()
    expect(page.locator("#page")).to_contain_text("A-1: name the log.")
    page.get_by_role("link", name="A-1", exact=True).click()
    page.get_by_label("On what this rests").fill("Log of requests, first quarter.")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("link", name="A Chapter A").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("The part is submitted.")).to_be_visible()
    as_(page, "rosa")
    for chapter in ("A", "M"):
        page.goto("/cycles/")
        page.get_by_role("link", name="Mock survey, spring 2027").click()
        page.get_by_role("link", name=f"{chapter} Chapter {chapter}").click()
        page.get_by_role("button", name="Accept 2 scores").click()
        page.get_by_role("button", name="Close the part").click()
        expect(page.get_by_text("The part is closed.")).to_be_visible()
    page.locator(".lead").get_by_role("link", name="Mock survey, spring 2027").click()
    page.get_by_role("link", name="Close the cycle").click()
    look(page, "cycle-close")
    page.get_by_role("button", name="Close it for good").click()

    # A-1 met, A-2 not met, M-1 partly met (overruled), M-2 does not apply: one and a half of three.
    expect(page.locator("#page")).to_contain_text("Final score")
    expect(page.locator(".readiness")).to_contain_text("50%")
    expect(page.get_by_role("row", name="high").get_by_role("cell").nth(1)).to_contain_text("A-2")
    look(page, "cycle-closed")
    assert lines_of_a_long_code(page) == 1
    assert Cycle.objects.get().percent == 50
    page.get_by_role("link", name="Survey cycles").first.click()
    look(page, "cycle-list")


def test_letters_of_one_element_can_be_switched_off_and_work_in_no_text(page, team):
    team.sam.list_keys = False
    team.sam.save(update_fields=["list_keys"])
    part = part_of(begun(team.rosa, [house()], scored_by=team.sam), "A")
    as_(page, "sam")
    page.goto(f"/cycles/parts/{part.pk}/elements/{row_of(part, 'A-1').element.pk}/")
    page.get_by_label("not assessed", exact=True).focus()
    press(page, "m")
    expect(page.get_by_label("met", exact=True)).not_to_be_checked()
    expect(page.get_by_label("not assessed", exact=True)).to_be_checked()


def test_a_click_on_the_next_element_keeps_what_was_chosen(page, team):
    part = part_of(begun(team.rosa, scored_by=team.sam), "A")
    page.set_viewport_size(WIDE)
    as_(page, "sam")
    page.goto(f"/cycles/parts/{part.pk}/elements/{row_of(part, 'A-1').element.pk}/")
    page.get_by_label("partly met", exact=True).check()
    page.get_by_role("link", name="A-2").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-2")
    assert row_of(part, "A-1").score.result == "partly"
    page.get_by_label("not met", exact=True).check()
    page.get_by_role("link", name="A-1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-1")
    assert row_of(part, "A-2").score.result == "not_met"
    page.get_by_role("link", name="A-2").click()  # nothing is changed, and nothing is said anew
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-2")
    assert part.marks.count() == 2
