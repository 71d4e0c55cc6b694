"""Every screen that a link leads to, one of each kind: nothing on it is a barrier, too wide, or without a name.

A new screen is looked at here by itself, as soon as something leads to it.
"""

from collections import deque
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from himdept.common import paging
from tests.browser import simulated
from tests.browser.conftest import barriers, picture, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SIGHTS = {"light": (1280, "light"), "dark": (1280, "dark"), "telephone": (390, "light")}
ROWS = 12  # of a page of a list: axe takes minutes for a thousand cells
NO_PAGE = {"list_export", "report_download", "kept_download", "favicon", "schema"}  # a link to a file
KNOWN = {  # a crawl that does not come this far is broken
    "account_change_password",
    "audit_page",
    "deficiency_page",
    "expected_list",
    "list_print",
    "message_page",
    "mfa_index",
    "night",
    "practitioner_page",
    "record_page",
    "report_page",
    "source_page",
    "stub_list",
}


def test_no_screen_is_a_barrier_or_wider_than_its_window(page, db, monkeypatch):
    monkeypatch.setattr(paging.page_of, "__kwdefaults__", paging.page_of.__kwdefaults__ | {"size": ROWS})
    simulated.hospital(150)
    simulated.came_in()
    simulated.audits_in_every_state()
    person = simulated.somebody_for_everything()
    sign_in(page, person.username)
    page.wait_for_url("**/")
    wrong, seen = [], {"file", "admin", "elsewhere"}
    # Of the printed lists, which have no pages, a short one.
    ahead = deque(["/lists/audit_list/print/", *simulated.screens_of(person)])
    while ahead:
        address = ahead.popleft()
        if (name := kind_of(address)) in seen:
            continue
        seen.add(name)
        page.goto(address)
        wrong += [f"{address} ({sight}): {words}" for sight in SIGHTS for words in seen_as(page, sight, name)]
        ahead += page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)")
    assert wrong == []
    assert KNOWN - seen == set()


def kind_of(address: str) -> str:
    """The name of what stands at an address of ours; of the admin site and of files, all are one."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return "elsewhere"
    name = match.url_name or ""
    return "admin" if "admin" in match.namespaces and name != "index" else "file" if name in NO_PAGE else name


def seen_as(page, sight: str, name: str) -> list[str]:
    width, theme = SIGHTS[sight]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    picture(page, f"every-{name}-{sight}")
    wide = page.evaluate("document.documentElement.scrollWidth")
    headings = page.locator("h1:visible").count()
    said = [f"{wide} px wide"] if wide > width else []
    said += [f"{headings} headings of the first level"] if headings != 1 else []
    said += [] if page.title().removesuffix(" · himdept").strip() else ["no title"]
    return said + barriers(page)
