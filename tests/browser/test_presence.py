"""The countdown to log-off, and typed text that outlives the session."""

from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, barriers, come_in, picture, press, sign_in

REASON = "Author left the staff before signing; bylaws 4.2"


def page_with_typed_words(page):
    """The password page: any form with a text field will do."""
    sign_in(page, "mpeters")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")
    page.goto("/account/password/")
    page.get_by_label("Current password").fill(REASON)
    page.get_by_label("New Password", exact=True).fill("a-new-and-longer-one")
    page.get_by_label("New Password (again)").fill("a-new-and-longer-one")


def signed_out(page):
    return page.get_by_role("alertdialog", name="You have been signed out")


def opened_just_now(page):
    """A page that asks for nothing by itself; its time stands still but for what a test lets go by."""
    come_in(page, "mpeters")
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto("/account/password/")


def test_a_quiet_person_is_warned_and_enter_answers(page, clerk):
    opened_just_now(page)
    warning = page.get_by_role("alertdialog", name="Still there?")
    page.clock.fast_forward("28:55")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("00:20")
    expect(warning).to_be_visible()
    expect(warning.get_by_role("status")).to_have_text("0:45")
    page.clock.resume()
    picture(page, "leaving")
    assert barriers(page) == []
    press(page, "Enter")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("01:00")
    expect(signed_out(page)).to_be_hidden()


def test_who_does_not_answer_finds_a_hidden_page(page, clerk):
    opened_just_now(page)
    expect(page.get_by_role("heading", name="Change password")).to_be_visible()
    page.clock.fast_forward("29:30")
    page.clock.fast_forward("00:31")
    expect(signed_out(page)).to_be_visible()
    expect(page.get_by_role("heading", name="Change password")).to_be_hidden()
    press(page, "Escape")
    expect(signed_out(page)).to_be_visible()
    page.clock.resume()
    picture(page, "ended")
    assert barriers(page) == []


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in_again(page, clerk):
    page_with_typed_words(page)
    Session.objects.all().delete()
    page.get_by_role("button", name="Change password").click()
    expect(signed_out(page)).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in again").click()
    window = opened.value
    window.get_by_label("Username").fill("mpeters")
    window.get_by_label("Password").fill(PASSWORD)
    window.get_by_role("button", name="Sign in").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("You are signed in again")
    expect(signed_out(page)).to_be_hidden()
    expect(page.get_by_label("Current password")).to_have_value(REASON)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Please type your current password.", exact=True)).to_be_visible()


def test_somebody_else_who_signs_in_does_not_see_the_page(page, clerk, django_user_model):
    django_user_model.objects.create_user("other", password=PASSWORD)
    page_with_typed_words(page)
    Session.objects.all().delete()
    page.get_by_role("button", name="Change password").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in again").click()
    window = opened.value
    window.get_by_label("Username").fill("other")
    window.get_by_label("Password").fill(PASSWORD)
    window.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning huddle")
    expect(page.get_by_role("button", name="other")).to_be_visible()


def test_a_page_that_cannot_ask_who_is_there_stays_locked_until_it_can(page, clerk, watch):
    watch.expect_failure()
    opened_just_now(page)
    page.clock.fast_forward("30:01")
    expect(signed_out(page)).to_be_visible()
    page.route("**/account/session/", lambda route: route.abort())
    somebody_is_there = "new BroadcastChannel('himdept-presence').postMessage('contact')"
    with page.expect_event("requestfailed"):
        page.evaluate(somebody_is_there)
    expect(signed_out(page)).to_be_visible()
    page.unroute("**/account/session/")
    page.evaluate(somebody_is_there)
    expect(signed_out(page)).to_be_hidden()


def test_a_server_that_cannot_be_reached_loses_nothing(page, clerk, watch):
    watch.expect_failure()
    page_with_typed_words(page)
    page.route("**/account/session/", lambda route: route.abort())
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    expect(page.get_by_label("Current password")).to_have_value(REASON)
