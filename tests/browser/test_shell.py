"""The frame of every page, as a person meets it: sign-in, the duties, light and dark, a session that ended."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from staff.models import User
from tests.browser.conftest import PASSWORD, barriers, come_in, picture, press, sign_in, width_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_signs_in_and_signs_out(page, clerk):
    page.goto("/")
    expect(page).to_have_title("Sign in · himdept")
    picture(page, "sign-in")
    assert barriers(page) == []
    sign_in(page, "mpeters")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")
    assert barriers(page) == []

    page.get_by_role("button", name="Mary Peters").click()
    picture(page, "person")
    assert barriers(page) == []
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_wrong_password_is_said_in_a_summary_that_has_the_focus(page, clerk):
    sign_in(page, "mpeters", "wrong")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("not correct")
    picture(page, "wrong-password")
    assert barriers(page) == []


def test_after_five_wrong_passwords_the_page_says_for_how_long(page, clerk, watch):
    watch.expect_status(429)
    for _ in range(5):
        sign_in(page, "mpeters", "wrong")
    expect(page.get_by_role("heading", level=1)).to_have_text("Locked for now")
    picture(page, "locked")
    assert barriers(page) == []


def test_a_one_time_password_is_changed_before_anything_else(page, clerk):
    clerk.must_change_password = True
    clerk.save()
    sign_in(page, "mpeters")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose your own password")
    picture(page, "one-time-password")
    assert barriers(page) == []
    page.get_by_label("Current Password").fill(PASSWORD)
    page.get_by_label("New Password", exact=True).fill("a-new-and-longer-one")
    page.get_by_label("New Password (again)").fill("a-new-and-longer-one")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")
    expect(page.get_by_role("status")).to_contain_text("Password successfully changed")


def test_dark_is_chosen_in_the_corner_and_stays(page, clerk):
    sign_in(page, "mpeters")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Mary Peters").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    page.goto("/account/second-step/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    picture(page, "second-step-dark")
    assert barriers(page) == []


def test_the_typeface_is_ours_and_its_figures_have_one_width(page, clerk):
    sign_in(page, "mpeters")
    assert page.evaluate("document.fonts.check('14px Inter')")
    widths = page.evaluate("""
        ["1111", "0000"].map(text => {
            const line = document.body.appendChild(document.createElement("span"));
            line.textContent = text;
            line.className = "figures";
            const width = line.getBoundingClientRect().width;
            line.remove();
            return width;
        })
    """)
    assert widths[0] == widths[1]


def test_on_a_telephone_the_duties_are_behind_a_button(page, clerk):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "mpeters")
    huddle = page.get_by_role("link", name="Huddle")
    expect(huddle).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(huddle).to_be_visible()
    picture(page, "telephone")
    press(page, "Escape")
    expect(huddle).to_be_hidden()
    assert width_of(page) == 390


def test_the_keyboard_skips_to_the_page(page, clerk):
    sign_in(page, "mpeters")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")
    press(page, "Tab")
    expect(page.get_by_text("Skip to the page")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_fragment_of_an_ended_session_leads_the_page_to_the_sign_in_and_back(page, clerk):
    sign_in(page, "mpeters")
    page.goto("/account/second-step/")
    Session.objects.all().delete()
    page.evaluate("htmx.ajax('GET', '/', {target: '#page'})")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("Username").fill("mpeters")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url("/account/second-step/")


def test_a_refused_fragment_changes_nothing_on_the_page_and_is_said_aloud(page, clerk, watch):
    watch.expect_status(404)
    sign_in(page, "mpeters")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")
    page.evaluate("htmx.ajax('GET', '/no/such/page/', {target: '#page'})")
    expect(page.get_by_role("alert")).to_contain_text("nothing at this address")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")


def test_a_page_is_seen_once_its_scripts_hear_what_is_done_on_it(page, clerk):
    come_in(page, "mpeters")
    held = []
    page.route("**/js/presence.js", lambda route: held.append(route))
    with page.expect_request("**/js/presence.js"):
        page.goto("/account/password/", wait_until="commit")
    expect(page.locator("#end")).to_be_attached()
    for _ in range(5):  # time enough to show it, if nothing held it back
        page.request.get("/account/password/")
    held[0].continue_()
    seen = page.evaluate("""new Promise((tell) => {
        const look = new PerformanceObserver((seen) => tell(seen.getEntries()[0].startTime));
        look.observe({ type: "paint", buffered: true });
    })""")
    come = page.evaluate("performance.getEntriesByType('resource').find((it) => /presence/.test(it.name)).responseEnd")
    assert come < seen


def test_everything_works_without_scripts(chromium, live_server, clerk):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "mpeters")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")
    page.get_by_role("button", name="Mary Peters").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    page.get_by_role("button", name="Mary Peters").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_paper_is_light_and_without_the_frame_even_when_the_screen_is_dark(page, clerk):
    sign_in(page, "mpeters")
    page.get_by_role("button", name="Mary Peters").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator("#duties")).to_be_hidden()
    expect(page.get_by_text("Printed by Mary Peters")).to_be_visible()


def test_the_admin_site_is_in_our_colours_and_keeps_to_the_policy(page):
    User.objects.create_superuser("hr", password=PASSWORD, first_name="Hanna", last_name="Ruiz")
    sign_in(page, "hr")
    page.get_by_role("button", name="Hanna Ruiz").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    page.get_by_role("navigation", name="Duties").get_by_role("link", name="Admin").click()
    expect(page.get_by_role("link", name="Back to the department")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Inter")
    picture(page, "admin-dark")
    page.goto("/admin/staff/user/")
    picture(page, "admin-users")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
