import gzip

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from himdept.common import web
from himdept.common.errors import Conflict, DomainError, Unreadable
from staff.models import User
from tests import factories as make

FRAGMENT = {
    "HX-Request": "true",
    "HX-Request-Type": "partial",
    "HX-Current-URL": "http://testserver/records/?status=open",
}


@pytest.fixture
def clerk(db):
    return User.objects.create_user("mpeters")


@pytest.fixture
def signed_in(client, clerk):
    client.force_login(clerk)
    return client


def test_a_page_without_a_session_leads_to_the_sign_in(client, db):
    response = client.get("/")
    assert response.status_code == 302
    assert response.url == "/account/login/?next=/"


def test_a_fragment_whose_session_ended_leads_the_whole_page_to_the_sign_in_and_back(client, db):
    response = client.get("/", headers=FRAGMENT)
    assert response.status_code == 204
    assert response.content == b""
    assert response.headers["HX-Redirect"] == "/account/login/?next=%2Frecords%2F%3Fstatus%3Dopen"


def test_the_way_back_never_leads_to_another_site(client, db):
    response = client.get("/", headers=FRAGMENT | {"HX-Current-URL": "https://elsewhere.example/"})
    assert response.headers["HX-Redirect"] == "/account/login/"


def test_what_a_signed_in_person_sees_is_kept_by_no_cache(signed_in):
    for address in ("/", reverse("mfa_index"), "/no/such/page/"):
        assert "no-store" in signed_in.get(address).headers["Cache-Control"], address


def test_a_page_and_its_fragment_are_told_apart_by_caches(signed_in):
    vary = signed_in.get("/").headers["Vary"]
    assert "HX-Request" in vary
    assert "HX-Request-Type" in vary


@pytest.mark.parametrize(("kind", "wanted"), [("partial", True), ("full", False), (None, False)])
def test_a_fragment_is_due_only_when_asked_for_as_partial(kind, wanted):
    headers = {"HX-Request": "true"} | ({"HX-Request-Type": kind} if kind else {})
    assert web.wants_fragment(RequestFactory().get("/", headers=headers)) is wanted


def test_the_address_of_an_act_that_is_opened_by_itself_says_so_and_not_an_empty_page(signed_in):
    page = signed_in.get("/names/", headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert "takes what a form sends" in page.content.decode()


MESSAGE = ["202611280930000000", "018f0000-0000-7000-8000-000000000000"]


@pytest.mark.parametrize(
    ("act", "named", "page", "kept"),
    [
        ("cycle_part_submit", [7], "cycle_part", [7]),
        ("cycle_part_accept", [7], "cycle_part", [7]),
        ("cycle_part_close", [7], "cycle_part", [7]),
        ("deficiency_waive", [7], "deficiency_page", [7]),
        ("deficiency_reinstate", [7], "deficiency_page", [7]),
        ("deficiency_give_back", [7], "deficiency_page", [7]),
        ("decision_undo", MESSAGE[1:], "deficiency_list", []),
        ("audit_start", [], "audit_list", []),
        ("message_read", MESSAGE, "message_page", MESSAGE),
        ("message_replay", MESSAGE, "message_page", MESSAGE),
        ("night_begin", ["MAIN"], "night_list", []),
        ("evidence_reconfirm", ["MAIN", 7, 8], "element_page", ["MAIN", 7]),
        ("person_packet", [7], "person_credentials", [7]),
    ],
)
def test_the_address_of_an_act_that_is_opened_by_itself_leads_to_the_page_of_its_form(
    signed_in, act, named, page, kept
):
    assert signed_in.get(reverse(act, args=named)).headers["Location"] == reverse(page, args=kept)
    assert signed_in.put(reverse(act, args=named)).status_code == 405


def test_a_program_that_asks_wrongly_is_not_sent_a_page(client, db):
    answer = client.get("/oauth/token/", headers={"Accept": "*/*"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/json")


@pytest.mark.parametrize(
    ("before", "leads"),
    [
        ("http://testserver/records/?status=open", True),
        ("http://testserver/names/", False),  # the page itself
        ("https://elsewhere.example/", False),
        ("", False),
    ],
)
def test_a_refusal_leads_back_to_the_page_of_ours_before_it(signed_in, before, leads):
    page = signed_in.get("/names/", headers={"Accept": "text/html", "Referer": before}).content.decode()
    assert ("Go back" in page) == leads
    assert (f'href="{before}"' in page) == leads


def test_a_form_of_another_site_puts_no_words_on_our_page(clerk):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(clerk)
    page = browser.post("/names/", {"because": "call this number"}).content.decode()
    assert "The form was not accepted" in page
    assert "call this number" not in page


@pytest.mark.parametrize(("error", "status"), [(DomainError, 422), (Unreadable, 400), (Conflict, 409)])
def test_a_refusal_of_the_department_is_a_page_with_its_sentence(signed_in, clerk, error, status):
    request = RequestFactory().get("/")
    request.user, request.htmx = clerk, None
    response = web.SignedInPages(lambda r: None).process_exception(request, error("The visit has no <end>."))
    assert response.status_code == status
    assert "<p data-problem>The visit has no &lt;end&gt;.</p>" in response.content.decode()


def test_a_page_that_is_not_there_says_so_in_the_house_style(signed_in):
    response = signed_in.get("/no/such/page/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "<h1>Not here</h1>" in page
    assert 'id="duties"' in page  # a signed-in person keeps the way on


def test_a_stranger_sees_the_error_page_without_the_duties(client, db):
    page = client.get("/no/such/page/").content.decode()
    assert "<h1>Not here</h1>" in page
    assert 'id="duties"' not in page


def test_a_form_without_its_token_is_refused_in_words(clerk):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    response = strict.post(reverse("appearance"), {"appearance": "dark"})
    assert response.status_code == 403
    assert "The form was not accepted" in response.content.decode()


def test_an_error_of_ours_is_a_plain_page_without_details(clerk):
    broken = Client(raise_request_exception=False)
    broken.force_login(clerk)
    from himdept.dashboard import urls

    huddle = urls.urlpatterns[0]
    kept, huddle.callback = huddle.callback, lambda request: 1 / 0
    try:
        response = broken.get("/")
    finally:
        huddle.callback = kept
    assert response.status_code == 500
    page = response.content.decode()
    assert "<h1>Something went wrong</h1>" in page
    assert "ZeroDivisionError" not in page


def test_whatever_watches_over_the_program_can_ask_without_signing_in(client, db):
    response = client.get("/-/healthy")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_the_browser_finds_its_icon(client, db):
    assert client.get("/favicon.ico").url.startswith("/static/favicon")


def test_the_policy_allows_nothing_inline(signed_in):
    policy = signed_in.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


HUGE = "9" * 40


@pytest.mark.parametrize(
    "address",
    [
        f"/records/{HUGE}/",
        f"/audits/{HUGE}/",
        f"/records/?service={HUGE}",
        "/records/?service=%00",
        "/records/?at=%00",
        "/records/?sort=%00",
        "/records/?discharged=-1",
        "/deficiencies/?who=%00",
        f"/deficiencies/?owed_by={HUGE}",
        f"/deficiencies/?document_type={HUGE}",
        "/deficiencies/?age=0x10",
        "/expected/?within=%F0%9F%92%A9",
        "/audits/?state=\N{SNOWMAN}",
    ],
)
@pytest.mark.django_db
def test_no_number_or_letter_in_an_address_breaks_a_page(client, address):
    client.force_login(make.manager())
    response = client.get(address)
    assert response.status_code in {400, 404}
    assert "<p data-problem>" in response.content.decode()


class TestCompressed:
    def test_a_page_is_sent_compressed_to_whoever_takes_it(self, signed_in):
        plain = signed_in.get("/glossary/")
        packed = signed_in.get("/glossary/", headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "<h1>Glossary</h1>" in gzip.decompress(packed.content).decode()
        assert len(packed.content) < len(plain.content) / 3

    def test_the_length_of_a_compressed_page_does_not_tell_what_stands_in_it(self, signed_in):
        lengths = {len(signed_in.get("/glossary/", headers={"Accept-Encoding": "gzip"}).content) for _n in range(8)}
        assert len(lengths) > 1

    def test_a_file_is_sent_as_it_is(self, client, db):
        client.force_login(make.manager())
        make.record()
        sheet = client.get("/lists/record_list.csv", headers={"Accept-Encoding": "gzip"})
        assert b"".join(sheet.streaming_content).startswith(b"Patient,")
        assert "Content-Encoding" not in sheet.headers
