"""Evidence in the browser: who sees it, who adds, revises and withdraws, and how a file is handed out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from compliance.evidence import actions
from compliance.evidence.models import EvidenceRevision, Kind
from himdept.common import metrics
from staff.models import Facility
from tests import factories as make
from tests.compliance.evidence.acting import PDF, day, element, laid, owner, reading, today, upload
from tests.days import counted_now
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk(client):
    client.force_login(owner())
    return client


def adding(kind: str = "policy") -> str:
    return reverse("evidence_add", args=["MAIN", element().pk, kind])


def filled(**said) -> dict:
    about = {"title": "Retention policy", "covers_from": day(-30), "owner": owner().pk}
    return {name: str(value) for name, value in (about | said).items()}


POLICY = {"version": "2", "approved_on": day(-30)}


def test_evidence_is_added_on_the_page_of_the_element_and_shown_there(desk):
    page = desk.get(adding())
    assert page.status_code == 200
    assert desk.post(adding(), filled(**POLICY), follow=True).status_code == 200
    text = desk.get(reverse("element_page", args=["MAIN", element().pk])).content.decode()
    assert "Retention policy" in text
    assert "in force" in text


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("policy", POLICY | {"covers_from": lambda: day(1)}, "covers_from"),
        ("policy", POLICY | {"covers_until": day(-60)}, "covers_until"),
        ("policy", POLICY | {"claimed_for": day(-31)}, "claimed_for"),
        ("policy", POLICY | {"expires_on": day(-1)}, "expires_on"),
        ("policy", {"version": "2", "approved_on": lambda: day(1)}, "approved_on"),
        ("policy", POLICY | {"owner": 0}, "owner"),
        ("policy", POLICY | {"title": " "}, "title"),
        ("link", {"covers_until": day(-1), "link": "http://example.org/"}, "link"),
        ("records", {"covers_until": day(-1), "records": "/nowhere/"}, "records"),
        ("reading", {"reading": 99}, "reading"),
        ("file", {"covers_until": day(-1)}, "file"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(desk, kind, said, field):
    page = desk.post(adding(kind), filled(**counted_now(said)))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not EvidenceRevision.objects.exists()


def test_what_is_wrong_with_the_days_and_with_the_file_is_said_at_once(desk):
    wrong = SimpleUploadedFile("policy.pdf", b"MZ\x90\x00 no portable document")
    errors = desk.post(adding("file"), filled(covers_until="soon") | {"file": wrong}).context["form"].errors
    assert set(errors) == {"covers_until", "file"}
    assert "not what its name says" in errors["file"][0]


def test_a_file_that_is_right_is_asked_for_again_where_something_else_is_wrong(desk):
    errors = desk.post(adding("file"), filled(covers_until="soon") | {"file": upload()}).context["form"].errors
    assert set(errors) == {"covers_until", "file"}
    assert "Choose the file again" in errors["file"][0]


def bring(desk, **said):
    return desk.post(adding("file"), filled(covers_until=day(-1), **said) | {"file": upload()})


def test_a_file_that_is_sent_twice_is_kept_once_and_said_to_be_here_when_somebody_brings_it_again(desk):
    assert bring(desk).status_code == bring(desk).status_code == 302
    kept = EvidenceRevision.objects.get()
    desk.force_login(make.manager("other"))
    again = bring(desk)
    assert again.status_code == 409
    (words,) = again.context["form"].errors["file"]
    assert words.startswith("This file is here already: owner brought it on ")
    assert bring(desk, title="Another title").status_code == 302
    actions.withdraw(kept.evidence, because="Wrong.", by=owner())
    assert bring(desk).status_code == 302


def test_other_evidence_that_is_sent_twice_is_kept_once_too(desk):
    for said in (POLICY, POLICY, POLICY | {"version": "3"}):
        assert desk.post(adding(), filled(**said)).status_code == 302
    assert list(EvidenceRevision.objects.values_list("version", flat=True).order_by("pk")) == ["2", "3"]


def test_a_page_that_calls_itself_a_pdf_is_refused(desk):
    said = filled(covers_until=day(-1)) | {"file": upload(content=b"<html><script>alert(1)</script>")}
    page = desk.post(adding("file"), said)
    assert page.status_code == 422
    assert "not what its name says" in page.content.decode()


def test_a_file_is_handed_out_to_be_saved_and_never_shown_as_a_page(desk):
    said = filled(covers_until=day(-1)) | {"file": upload("log “Q3”.pdf")}
    assert desk.post(adding("file"), said).status_code == 302
    answer = desk.get(reverse("evidence_file", args=[EvidenceRevision.objects.get().pk]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_who_fetched_a_file_is_in_the_trail(desk):
    from auditlog.models import LogEntry

    last = laid(kind=Kind.FILE, upload=upload())
    assert desk.get(reverse("evidence_file", args=[last.pk])).getvalue() == PDF
    entry = LogEntry.objects.get_for_object(last).get(action=LogEntry.Action.ACCESS)
    assert entry.actor == owner()


def test_a_file_that_is_no_longer_the_one_that_was_kept_is_handed_to_nobody(desk, settings):
    last = laid(kind=Kind.FILE, upload=upload())
    (settings.MEDIA_ROOT / last.file.name).write_bytes(PDF + b"!")
    assert desk.get(reverse("evidence_file", args=[last.pk])).status_code == 422
    (settings.MEDIA_ROOT / last.file.name).unlink()
    assert desk.get(reverse("evidence_file", args=[last.pk])).status_code == 422


def test_a_revision_keeps_the_file_and_the_one_before_it_can_still_be_had(desk):
    last = laid(kind=Kind.FILE, upload=upload())
    address = reverse("evidence_revise", args=[last.evidence_id])
    said = filled(covers_until=day(-1), because="Good for another year.", after=1)
    assert desk.post(address, said | {"because": ""}).status_code == 422
    assert desk.post(address, said).status_code == 302
    assert desk.post(address, said).status_code == 409
    assert [one.sha256 for one in last.evidence.revisions.all()] == [last.sha256] * 2
    text = desk.get(reverse("evidence_page", args=[last.evidence_id])).content.decode()
    assert "Good for another year." in text
    assert "revised since" in text
    assert reverse("evidence_file", args=[last.pk]) in text


def test_what_is_withdrawn_stays_readable_and_offers_nothing_to_do(desk):
    last = laid()
    address = reverse("evidence_withdraw", args=[last.evidence_id])
    assert desk.post(address, {"because": ""}).status_code == 422
    assert desk.post(address, {"because": "Replaced."}).status_code == 302
    text = desk.get(reverse("evidence_page", args=[last.evidence_id])).content.decode()
    assert "Withdrawn by owner" in text
    assert "Replaced." in text
    for name in ("evidence_revise", "evidence_support", "evidence_withdraw"):
        assert reverse(name, args=[last.evidence_id]) not in text
        assert desk.get(reverse(name, args=[last.evidence_id])).status_code == 404


def test_it_can_support_another_element_in_force(desk):
    last, other = laid(), element("H-2")
    address = reverse("evidence_support", args=[last.evidence_id])
    assert desk.post(address, {"element": element().pk}).status_code == 422  # it does already
    assert desk.post(address, {"element": other.pk}).status_code == 302
    assert "Retention policy" in desk.get(reverse("element_page", args=["MAIN", other.pk])).content.decode()


def test_the_list_is_narrowed_by_how_evidence_stands_by_owner_kind_framework_and_element(desk):
    laid(title="Whole")
    laid(title="Soon", expires_on=day(20))
    laid(title="Review", review_by=today())
    laid(title="Elsewhere", kind=Kind.LINK, link="https://example.org/", owner_is=make.manager("other"))
    actions.withdraw(laid(title="Gone").evidence, because="Wrong.", by=owner())
    actions.support(laid(title="Other").evidence, element("H-2"), by=owner())

    def titles(**query) -> list[str]:
        return sorted(row.title for row in desk.get("/evidence/", query).context["page"])

    assert titles() == ["Elsewhere", "Gone", "Other", "Review", "Soon", "Whole"]
    assert titles(state="expiring") == ["Soon"]
    assert titles(state="withdrawn") == ["Gone"]
    assert titles(state="in_force") == ["Elsewhere", "Other", "Review", "Whole"]
    assert titles(state="expired") == []
    assert titles(kind="link") == ["Elsewhere"]
    assert titles(owner=make.User.objects.get(username="other").pk) == ["Elsewhere"]
    assert titles(element="h-2") == ["Other"]
    assert titles(framework="house") == titles()
    assert desk.get("/evidence/", {"owner": make.person().pk}).status_code == 400


def test_evidence_of_a_reading_names_the_measure_in_words(desk):
    for metric, words in (("records-complete", metrics.named("records-complete").title), ("long-gone", "long-gone")):
        pinned = laid(kind=Kind.READING, reading=reading(metric), covers_from=None, covers_until=None)
        text = desk.get(reverse("evidence_page", args=[pinned.evidence_id])).content.decode()
        assert f'<span class="muted">{words} · ' in text


def test_the_list_leads_to_where_evidence_is_added_also_when_there_is_some(desk):
    for _ in range(2):
        text = desk.get("/evidence/").content.decode()
        assert f'that it supports: <a class="underlined" href="{reverse("readiness")}">' in text
        laid()


def test_the_queries_of_its_screens(desk):
    for n in range(3):
        last = laid(element(), element("H-2"), title=f"Policy {n}")
    for name, address in {
        "evidence_list": "/evidence/",
        "evidence_page": reverse("evidence_page", args=[last.evidence_id]),
        "evidence_add": adding("policy"),
    }.items():
        desk.get(address)
        with counted(name):
            assert desk.get(address).status_code == 200


@pytest.mark.parametrize(
    ("role", "sees", "adds", "withdraws"),
    [
        ("Records manager", 200, 200, 200),
        ("Privacy officer", 200, 200, 200),
        ("Records supervisor", 200, 200, 403),
        ("Surveyor", 200, 403, 403),
        ("Records clerk", 403, 403, 403),
        ("Interface engineer", 403, 403, 403),
    ],
)
def test_who_sees_adds_and_withdraws(client, role, sees, adds, withdraws):
    last = laid(kind=Kind.FILE, upload=upload())
    client.force_login(make.person(role=role))
    number = last.evidence_id
    for address in ("/evidence/", f"/evidence/{number}/", f"/evidence/files/{last.pk}/"):
        answer = client.get(address)
        assert answer.status_code == sees, address
        assert answer.getvalue()  # read to its end, a file is closed
    for address in (adding(), f"/evidence/{number}/revise/", f"/evidence/{number}/support/"):
        assert client.get(address).status_code == adds, address
    assert client.get(f"/evidence/{number}/withdraw/").status_code == withdraws


def test_nobody_reaches_the_evidence_of_another_facility(client):
    last = laid(kind=Kind.FILE, upload=upload())
    client.force_login(make.manager("elsewhere", facilities=[make.facility("OTHER")]))
    number = last.evidence_id
    for address in (
        f"/evidence/{number}/",
        f"/evidence/{number}/revise/",
        f"/evidence/{number}/support/",
        f"/evidence/{number}/withdraw/",
        f"/evidence/files/{last.pk}/",
        adding(),
    ):
        assert client.get(address).status_code == 404, address
    assert list(client.get("/evidence/").context["page"]) == []


def test_no_evidence_is_laid_down_for_what_does_not_bind_the_facility(desk):
    assert desk.get(adding()).status_code == 200
    Facility.objects.filter(code="MAIN").update(kind=Facility.Kind.CRITICAL_ACCESS)
    assert desk.get(adding()).status_code == 404
    assert desk.post(adding(), filled(**POLICY)).status_code == 404
    assert not EvidenceRevision.objects.exists()


def test_a_kind_that_there_is_not_has_no_form(desk):
    assert desk.get(adding("rumour")).status_code == 404
