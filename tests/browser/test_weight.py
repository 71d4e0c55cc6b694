"""What a first visit weighs on the way, and that nothing moves once it is seen: each main screen, as in production."""

from dataclasses import dataclass

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from records.models import Deficiency
from tests.browser import simulated
from tests.served import served

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 150_000  # bytes, everything that the page asks for included
WIDTHS = (1280, 390)
LISTEN = """
    window.moves = [];
    new PerformanceObserver((list) => {
        for (const move of list.getEntries()) {
            const moved = move.sources.map((source) => source.node?.outerHTML?.slice(0, 80) ?? "?");
            if (!move.hadRecentInput) window.moves.push(`${move.value.toFixed(4)} by ${moved.join(" and ")}`);
        }
    }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True)
class Visit:
    """Bytes as they came over the wire, headers included; what moved, each in words."""

    bytes: int
    moves: list[str]


def set_out(chromium, address: str, session: str, path: str, width: int) -> tuple[Page, list[int]]:
    """Begin a visit with a browser that has nothing of ours yet but the session; where its bytes will be counted."""
    context = chromium.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page = context.new_page()
    page.add_init_script(LISTEN)
    wire, sizes = context.new_cdp_session(page), []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address + path, wait_until="commit")
    return page, sizes


def arrived(page: Page, sizes: list[int], at: str) -> Visit:
    page.wait_for_load_state("networkidle")
    visit = Visit(sum(sizes), page.evaluate("window.moves"))
    assert page.url == at  # the page itself, and not the sign-in
    assert page.evaluate("document.visibilityState") == "visible"  # else nothing is painted, and nothing moves
    page.context.close()
    return visit


def test_a_first_visit_is_light_and_nothing_moves(chromium, db, tmp_path):
    simulated.hospital(600)
    simulated.came_in()
    person = simulated.somebody_for_everything()
    browser = Client()
    browser.force_login(person)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    owed = Deficiency.objects.open().latest("pk")
    addresses = simulated.screens_of(person)
    addresses += [f"/records/{owed.record_id}/", f"/deficiencies/{owed.pk}/", "/reports/deficiencies/"]
    heavy, moved, weighed = [], [], {}
    with served(tmp_path) as address:
        for path in addresses:
            # At all widths at once: most of a visit is waiting whether more will come.
            begun = {width: set_out(chromium, address, session, path, width) for width in WIDTHS}
            for width, (page, sizes) in begun.items():
                visit = arrived(page, sizes, address + path)
                weighed[path, width] = visit.bytes
                heavy += [f"{path} at {width} px: {visit.bytes:,} bytes"] if visit.bytes > MOST else []
                moved += [f"{path} at {width} px: {move}" for move in visit.moves]
    assert len(weighed) > 20
    assert all(size > 50_000 for size in weighed.values()), weighed  # else not everything was counted
    assert not heavy, "\n".join(heavy)
    assert not moved, "\n".join(moved)
