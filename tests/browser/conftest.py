"""A real browser against a real server, under the real content security policy.

Every page is watched: an error in the console, a broken policy or an uncaught exception fails the test, except the
refusals that the test itself expects.
"""

import os
import re
from functools import wraps
from pathlib import Path

import axe_playwright_python
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import Locator, Page, expect, sync_playwright

from staff.models import User
from tests.chromium import executable
from tests.workers import until

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
PASSWORD = "the-quiet-archive-7"

# Playwright's synchronous face runs a loop in this thread, which Django takes for asynchronous code of ours.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A busy machine may take its time; what never comes fails all the same.
expect.set_options(timeout=30_000)


def when_the_page_is_there(act):
    """As a person acts on a page and reads it: when it is there.

    Playwright goes ahead as soon as an element is: before its style has come, and the scripts that hear what is done.
    """

    @wraps(act)
    def acts(self, *args, **options):
        page = self if isinstance(self, Page) else self.page
        if self is not page and act.__name__ not in OF_HOW_MANY_THERE_ARE:
            self.wait_for(state="attached")  # of the page that is still to come, if it is that one's
        page.wait_for_load_state("load")
        return act(self, *args, **options)

    return acts


OF_A_PAGE = {"aria_snapshot", "content", "evaluate", "pdf", "screenshot", "title", "wait_for_function"}
OF_HOW_MANY_THERE_ARE = {"all", "all_inner_texts", "all_text_contents", "count", "is_hidden", "is_visible"}
OF_AN_ELEMENT = {
    *("blur", "check", "clear", "click", "dblclick", "dispatch_event", "drag_to", "fill", "focus", "hover", "press"),
    *("press_sequentially", "scroll_into_view_if_needed", "select_option", "set_checked", "set_input_files", "uncheck"),
    *("aria_snapshot", "bounding_box", "evaluate", "get_attribute", "inner_html", "inner_text", "input_value"),
    *("is_checked", "is_disabled", "is_editable", "is_enabled", "screenshot", "text_content"),
}
for whose, acts in ((Page, OF_A_PAGE), (Locator, OF_AN_ELEMENT | OF_HOW_MANY_THERE_ARE)):
    for name in acts:
        setattr(whose, name, when_the_page_is_there(getattr(whose, name)))


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(playwright.chromium.executable_path), args=ARGUMENTS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def under_way():
    """What the server is still busy with: it goes on with a request when the browser that asked is closed."""
    requests = []  # to append and to pop are single steps for all its threads

    def is_served(sender) -> bool:
        """A client of the tests says that a request ends when its answer is closed, and perhaps never."""
        return sender is not None and issubclass(sender, WSGIHandler)

    def begun(sender, **_):
        if is_served(sender):
            requests.append(1)

    def over(sender, **_):
        if is_served(sender):
            requests.pop()

    request_started.connect(begun)
    request_finished.connect(over)
    yield requests
    request_started.disconnect(begun)
    request_finished.disconnect(over)


class Watch:
    """What a page complained of. A refusal that is part of the test is announced with `expect_status`, a request that
    gets no answer with `expect_failure`."""

    def __init__(self):
        self.complaints: list[str] = []
        self.expected: set[int] = set()
        self.may_fail = False

    def expect_status(self, *statuses: int):
        self.expected.update(statuses)

    def expect_failure(self):
        self.may_fail = True

    def hear(self, message):
        if self.may_fail and message.text.startswith("Failed to load resource: net::ERR_FAILED"):
            return
        refused = re.search(r"Failed to load resource: the server responded with a status of (\d+)", message.text)
        if refused and int(refused.group(1)) in self.expected:
            return
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def page(chromium, live_server, watch, under_way):
    """A new browser of a new person, at a desk: 1440 by 900."""
    cache.clear()  # tries to sign in are counted there
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.on("console", watch.hear)
    page.on("pageerror", lambda error: watch.complaints.append(f"uncaught: {error}"))
    yield page
    context.close()
    # The next test would find its rows, and a flush wait for its locks.
    until(lambda: not under_way, "The server is still busy with a request.")
    assert watch.complaints == []


@pytest.fixture
def clerk():
    return User.objects.create_user("mpeters", password=PASSWORD, first_name="Mary", last_name="Peters")


def sign_in(page: Page, username: str, password: str = PASSWORD):
    page.goto("/account/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Sign in").click()


def come_in(page: Page, username: str):
    """As somebody who signed in before, in tests that are not about the sign-in and go elsewhere at once."""
    before = Client()
    before.force_login(User.objects.get(username=username))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": before.cookies[name].value, "domain": "localhost", "path": "/"}])


def press(page: Page, key: str):
    """As a person presses it, wherever the focus is."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def type_words(page: Page, words: str):
    """As a person puts them in, wherever the focus is: all at once, so that a list below is looked up once."""
    page.wait_for_load_state("load")
    page.keyboard.insert_text(words)


def width_of(page: Page) -> int:
    """How wide the page is, once its window is as wide as it was made and its typeface has come."""
    page.wait_for_function("wide => innerWidth === wide", arg=page.viewport_size["width"])
    return page.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth)")


def picture(page: Page, name: str):
    """Keep a picture where PICTURES says, for whoever wants to look; tests are run without."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=not name.startswith("telephone"))


def barriers(page: Page, within: str = "body", rules: list[str] | None = None) -> list[str]:
    """What axe finds wrong on a page (WCAG 2.2 AA, or `rules` alone), one line each; `within` an open box, what it half
    covers is not."""
    # A colour on its way from one theme to the other is neither's.
    page.evaluate("""
        Promise.allSettled(
            document.getAnimations().filter(one => one instanceof CSSTransition).map(one => one.finished)
        ).then(() => null)
    """)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    rules = rules or ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # What passes is not asked for: to name it all takes most of axe's time.
    ask = "([within, runOnly]) => axe.run(within, { runOnly, resultTypes: ['violations'] })"
    found = page.evaluate(ask, [within, rules])
    return [
        f"{violation['id']}: {violation['help']} at {node['target']}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
