"""A real browser against a real server, under the real content security policy.

Every page is watched: an error in the console, a broken policy or an uncaught exception fails the test, except the
refusals that the test itself expects.
"""

import os
import re
from pathlib import Path

import axe_playwright_python
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright

from staff.models import User
from tests.chromium import executable

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


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(playwright.chromium.executable_path), args=ARGUMENTS
        )
        yield browser
        browser.close()


class Watch:
    """What a page complained of. A refusal that is part of the test is announced with `expect_status`."""

    def __init__(self):
        self.complaints: list[str] = []
        self.expected: set[int] = set()

    def expect_status(self, *statuses: int):
        self.expected.update(statuses)

    def hear(self, message):
        refused = re.search(r"Failed to load resource: the server responded with a status of (\d+)", message.text)
        if refused and int(refused.group(1)) in self.expected:
            return
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def page(chromium, live_server, watch):
    """A new browser of a new person, at a desk: 1440 by 900."""
    cache.clear()  # tries to sign in are counted there
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    page.on("console", watch.hear)
    page.on("pageerror", lambda error: watch.complaints.append(f"uncaught: {error}"))
    yield page
    context.close()
    assert watch.complaints == []


@pytest.fixture
def clerk():
    return User.objects.create_user("mpeters", password=PASSWORD, first_name="Mary", last_name="Peters")


def sign_in(page: Page, username: str, password: str = PASSWORD):
    page.goto("/account/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def come_in(page: Page, username: str):
    """As somebody who signed in before, in tests that are not about the sign-in and go elsewhere at once."""
    before = Client()
    before.force_login(User.objects.get(username=username))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": before.cookies[name].value, "domain": "localhost", "path": "/"}])


def press(page: Page, key: str):
    """As a person presses it: when the page is there. A heading is seen before the scripts that hear keys are run."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


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
