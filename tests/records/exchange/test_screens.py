"""The interfaces on the screen: what came in and failed, one message, reading it, applying it again."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from himdept.common.paging import page_of
from records.exchange import clients, inbound, messages, replaying
from records.exchange.listings import FEEDS, MESSAGES
from records.models import AccessLog, Document, InboundMessage, MessageReplay, Patient, Source
from tests import factories as make
from tests.queries import counted
from tests.records.exchange import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(client):
    client.force_login(make.person("engineer", role="Interface engineer"))
    return client


def message(name: str = "ehr", *, days: int = 0, outcome="applied", body: bytes = b"{}", **fields) -> InboundMessage:
    row = messages.prepared(
        body,
        form=fields.pop("form", "fhir_lines"),
        source=Source.objects.get_or_create(name=name)[0] if name else None,
        place=fields.pop("place", ""),
        problems=fields.pop("problems", []),
        outcome=outcome,
        received_at=timezone.now() - timedelta(days=days),
        **fields,
    )
    row.save(force_insert=True)
    return row


def sheet(client, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(address).streaming_content).decode(), newline="")))


def page_address(of: InboundMessage, act: str = "") -> str:
    return f"/interfaces/messages/{of.received_at.isoformat()}/{of.id}/{act}"


@pytest.fixture
def refused(load, tmp_path) -> InboundMessage:
    """A document whose encounter nobody had told of when it came."""
    load(made.lines(tmp_path, "early.ndjson", [made.document()]))
    return InboundMessage.objects.get(outcome="refused")


class TestWhoSeesWhat:
    @pytest.fixture
    def elsewhere(self) -> InboundMessage:
        """What came of a source whose only program reaches another facility."""
        clients.admit("north-ehr", scope="system/*.write", facilities=[make.facility("NORTH")])
        return message("north-ehr")

    @pytest.mark.parametrize(
        ("of", "reaches", "sees"),
        [
            ("north-ehr", "NORTH", True),
            ("north-ehr", "MAIN", False),
            ("both", "MAIN", True),  # one of its programs reaches it
            ("files", "MAIN", True),  # no program: it may tell of any facility
            (None, "MAIN", True),
            (None, "", False),  # who has no facility sees nothing
            ("files", "", False),
        ],
    )
    def test_messages_of_a_source_are_for_the_facilities_that_it_serves(self, of, reaches, sees):
        clients.admit("north-ehr", scope="system/*.write", facilities=[make.facility("NORTH")])
        for code in ("NORTH", "MAIN"):
            clients.admit(
                f"both-{code}".lower(), scope="system/*.write", source="both", facilities=[make.facility(code)]
            )
        row = message(of)
        person = make.person(role="Interface engineer", facilities=[make.facility(reaches)] if reaches else [])
        assert list(InboundMessage.objects.visible_to(person)) == [row] * sees

    def test_what_is_not_for_a_person_to_see_is_on_no_screen(self, engineer, elsewhere):
        assert not engineer.get("/interfaces/").context["page"].rows
        assert "0 found" in engineer.get("/interfaces/messages/").content.decode()
        assert "north-ehr" not in engineer.get("/interfaces/messages/").content.decode()
        assert engineer.get(f"/interfaces/{elsewhere.source_id}/").status_code == 404
        assert engineer.get(page_address(elsewhere)).status_code == 404
        for act in ("read/", "replay/"):
            assert engineer.post(page_address(elsewhere, act), {"because": "A test."}).status_code == 404

    def test_who_was_switched_off_sees_nothing(self):
        message()
        person = make.person(role="Interface engineer", is_active=False)
        assert not InboundMessage.objects.visible_to(person).exists()


def tell_the_stay(load, tmp_path):
    load(made.lines(tmp_path, "late.ndjson", [made.patient(), made.encounter()]))


class TestOverview:
    def test_each_source_has_its_days_its_last_message_and_its_failures(self, engineer):
        message(created=3)
        message(days=2, outcome="refused", refused=1)
        message(days=2, outcome="partly", created=2, refused=1)
        message("lab", days=3)
        message("old", days=20)
        ehr, lab = engineer.get("/interfaces/").context["page"]
        assert (ehr.name, ehr.messages, ehr.failed, lab.name) == ("ehr", 3, 2, "lab")
        assert [(day.messages, day.failed) for day in ehr.days][-3:] == [(2, 2), (0, 0), (1, 0)]
        assert (ehr.created_resources, ehr.changed_resources, ehr.refused_resources) == (5, 0, 2)
        assert (ehr.is_silent, lab.is_silent) == (False, True)

    @pytest.mark.parametrize("name", ["ehr", None])
    def test_every_number_is_the_number_of_rows_behind_its_link(self, engineer, name):
        for outcome in ("applied", "refused", "refused"):
            message(name, outcome=outcome)
        message(name, days=1)
        message(name, days=30)
        overview = engineer.get("/interfaces/").content.decode()
        (source,) = re.findall(r'href="(/interfaces/\d+/)" data-open', overview)
        of_list, of_page = (
            re.findall(r'href="(/interfaces/messages/\?[^"]*source=[^"]*)">(\d+)<', page)
            for page in (overview, engineer.get(source).content.decode())
        )
        assert [number for _address, number in of_list] == ["4", "2"]
        assert [number for _address, number in of_page] == ["4", "3", "2", "1"]
        for address, number in of_list + of_page:
            assert f"{number} found" in engineer.get(html.unescape(address)).content.decode(), address

    def test_a_source_that_sent_nothing_lately_has_a_page_that_says_so(self, engineer):
        row = message("old", days=20)
        assert "Nothing came in for 14 days" in engineer.get(f"/interfaces/{row.source_id}/").content.decode()
        assert engineer.get(f"/interfaces/{row.source_id + 1}/").status_code == 404

    @pytest.mark.parametrize("sort", ["name", "-name", "last", "-last", "messages", "-messages", "refused", "-refused"])
    def test_its_pages_in_every_order_are_all_sources_the_unknown_one_too(self, sort):
        for n, name in enumerate(["b", "a", None, "c", "d"]):
            for again in range(1 + n % 2):
                message(name, days=n % 3, outcome="refused" if again else "applied")
        feeds = inbound.feeds(InboundMessage.objects.all(), ZoneInfo("UTC"), now=timezone.now())

        def page(at="", size=50):
            return page_of(feeds, FEEDS.sorts, sort=sort, at=at, size=size, key="number")

        whole, walked, at = [row.number for row in page()], [], ""
        while at is not None:
            some = page(at, size=2)
            walked += [row.number for row in some]
            at = some.next
        assert walked == whole
        assert len(set(whole)) == 5

    def test_the_programs_of_a_source_and_what_they_may_are_told(self, engineer, sender):
        path = f"/interfaces/{sender.client.source_id}/"
        page = engineer.get(path).content.decode()
        assert "system/*.write" in page
        assert "token valid" in page
        assert "never" in page
        sender.post(made.bundle(made.put(made.patient())))
        assert "never" not in engineer.get(path).content.decode()

    def test_a_stub_is_told_with_its_number(self, engineer):
        make.practitioner("", "", is_stub=True).identifiers.create(system="urn:npi", value="4711")
        assert "urn:npi|4711" in engineer.get("/interfaces/").content.decode()

    def test_who_is_known_by_a_number_only_has_a_list_of_its_own(self, engineer):
        ehr, lab = (Source.objects.create(name=name) for name in ("ehr", "lab"))
        for n, source in enumerate([ehr, ehr, lab]):
            stub = make.practitioner("", "", is_stub=True)
            stub.keys.create(source=source, external_id=f"p{n}")
            stub.keys.create(source=source, external_id=f"q{n}")
            stub.identifiers.create(system="urn:npi", value=f"471{n}")
        make.practitioner("Vance", "T.")
        assert "3 found" in engineer.get("/interfaces/unknown/").content.decode()
        assert "1 found" in engineer.get(f"/interfaces/unknown/?source={lab.pk}").content.decode()
        (heading, row) = sheet(engineer, f"/lists/stub_list.csv?source={lab.pk}")
        assert heading == ["Name as given", "Numbers", "Source and its name for them"]
        assert row[1:] == ["urn:npi|4712", "lab p2; lab q2"]

    def test_it_goes_out_on_paper_and_as_a_sheet(self, engineer):
        message(created=3)
        message(days=2, outcome="refused", refused=1)
        assert "Messages a day, the oldest first" in engineer.get("/lists/interface_page/print/").content.decode()
        heading, row = sheet(engineer, "/lists/interface_page.csv")
        assert dict(zip(heading, row, strict=True)) | {"Last message": ""} == {
            "Source": "ehr",
            "State": "sends",
            "Last message": "",
            "Messages a day, the oldest first": "0 0 0 0 0 0 0 0 0 0 0 1 0 1",
            "Messages": "2",
            "Refused": "1",
            "Created": "3",
            "Changed": "0",
            "Unchanged": "0",
        }

    def test_the_manager_sees_counts_and_no_message(self, client):
        row = message(outcome="refused")
        client.force_login(make.manager())
        page = (
            client.get("/interfaces/").content.decode() + client.get(f"/interfaces/{row.source_id}/").content.decode()
        )
        assert "1 refused" in page
        assert "/interfaces/messages/" not in page
        assert client.get("/interfaces/messages/").status_code == 403
        assert client.get(page_address(row)).status_code == 403

    def test_it_costs_a_bounded_number_of_queries(self, engineer, sender):
        message()
        make.practitioner(is_stub=True)
        engineer.get("/interfaces/")
        with counted("interface_page"):
            engineer.get("/interfaces/")
        with counted("source_page"):
            engineer.get(f"/interfaces/{Source.objects.get(name='ehr').pk}/")
        with counted("stub_list"):
            engineer.get("/interfaces/unknown/")


@pytest.mark.parametrize(
    ("role", "overview", "listed", "read"),
    [
        ("Interface engineer", 200, 200, 200),
        ("Records manager", 200, 403, 403),
        ("Records supervisor", 200, 403, 403),
        ("Records clerk", 403, 403, 403),
        ("Privacy officer", 403, 403, 403),
        ("", 403, 403, 403),
    ],
)
def test_who_may_see_what_came_in(client, role, overview, listed, read):
    row = message(outcome="refused")
    client.force_login(make.person(role=role))
    assert client.get("/interfaces/").status_code == overview
    assert client.get("/interfaces/messages/").status_code == listed
    assert client.get(page_address(row)).status_code == listed
    assert client.post(page_address(row, "read/"), {"because": "a complaint"}).status_code == read
    if read == 403:
        assert client.post(page_address(row, "replay/"), {"because": "mended"}).status_code == 403
    assert not MessageReplay.objects.exists()


class TestList:
    def test_the_latest_stands_first_with_what_is_wrong(self, engineer):
        message(days=1)
        message(outcome="refused", problems=[{"place": "f:1", "element": "Patient.id", "problem": "It has no id."}])
        response = engineer.get("/interfaces/messages/")
        assert [row.outcome for row in response.context["page"]] == ["refused", "applied"]
        assert "It has no id." in response.content.decode()
        assert "Patient.id" in response.content.decode()

    @pytest.mark.parametrize(
        ("query", "found"),
        [("outcome=failed", 2), ("outcome=refused", 1), ("form=fhir_bundle", 1), ("day=2026-03-04", 0)],
    )
    def test_it_can_be_narrowed(self, engineer, query, found):
        for fields in ({"outcome": "refused"}, {"outcome": "partly"}, {"form": "fhir_bundle"}):
            message(**fields)
        assert f"{found} found" in engineer.get(f"/interfaces/messages/?{query}").content.decode()

    @pytest.mark.parametrize("query", ["day=tomorrow", "day=9999-12-31", "at=made-up", "source=x", "outcome=lost"])
    def test_what_it_does_not_understand_is_refused_in_words(self, engineer, query):
        message()
        response = engineer.get(f"/interfaces/messages/?{query}")
        assert response.status_code == 400
        assert "data-refused" in response.content.decode()

    def test_its_pages_forwards_and_backwards_are_the_whole_log_across_months_and_equal_moments(self):
        moment = datetime(2026, 11, 1, tzinfo=UTC)
        for n in range(7):
            row = message(days=n)
            InboundMessage.objects.filter(id=row.id).update(received_at=moment - timedelta(seconds=n // 3))

        def some(at="", size=2):
            return page_of(InboundMessage.objects.all(), MESSAGES.sorts, sort="-came", at=at, size=size, key="id")

        whole = [row.id for row in some(size=50)]
        assert whole == [row.id for row in InboundMessage.objects.order_by("-received_at", "-id")]
        page, walked = some(), []
        walked.append([row.id for row in page])
        while page.next:
            page = some(at=page.next)
            walked.append([row.id for row in page])
        assert [number for numbers in walked for number in numbers] == whole
        assert len(whole) == 7
        back = [walked[-1]]
        while page.previous:
            page = some(at=page.previous)
            back.append([row.id for row in page])
        assert back == walked[::-1]

    def test_a_view_of_it_is_saved_and_it_goes_out_on_paper_and_as_a_sheet(self, engineer):
        message(days=1)
        message(outcome="refused", problems=[{"place": "f:1", "element": "Patient.id", "problem": "It has no id."}])
        kept = {"listing": "message_list", "name": "Refused", "query": "outcome=failed&columns=came,problem"}
        assert "It has no id." in engineer.post("/views/save/", kept, follow=True).content.decode()
        assert "It has no id." in engineer.get("/lists/message_list/print/?outcome=failed").content.decode()
        heading, row = sheet(engineer, "/lists/message_list.csv?outcome=failed&columns=came,problem,place")
        assert heading == ["Came", "What is wrong", "Element", "Place"]
        assert row[1:] == ["It has no id.", "Patient.id", ""]
        details = AccessLog.objects.order_by("pk").values_list("detail", flat=True)
        assert list(details) == [f"list message_list outcome=failed {form}" for form in ("print", "csv")]

    def test_what_came_within_some_days_is_counted_in_whole_days(self, engineer):
        for days in (0, 1, 6, 7, 13, 14):
            message(days=days)
        for within, found in ((1, 1), (7, 3), (14, 5), (31, 6)):
            assert f"{found} found" in engineer.get(f"/interfaces/messages/?within={within}").content.decode()

    def test_it_costs_a_bounded_number_of_queries_and_reads_no_body(self, engineer):
        message()
        engineer.get("/interfaces/messages/")
        with counted("message_list"):
            engineer.get("/interfaces/messages/")


class TestMessage:
    def test_its_page_tells_what_is_wrong_and_not_what_stands_in_it(self, engineer, refused):
        page = engineer.get(page_address(refused)).content.decode()
        assert "is not known, and nothing that came along tells of it" in page
        assert "early.ndjson:1" in page
        assert "U2Vlbi4=" not in page
        assert not AccessLog.objects.exists()

    def test_it_is_read_for_a_reason_and_the_reading_is_logged(self, engineer, refused):
        response = engineer.post(page_address(refused, "read/"), {"because": "vendor asks"})
        assert "34117-2" in response.content.decode()
        (row,) = AccessLog.objects.all()
        assert (row.user.username, row.act, row.record) == ("engineer", "read", None)
        assert row.detail == f"message {refused.id}: vendor asks"

    def test_without_a_reason_it_is_not_read(self, engineer, refused):
        response = engineer.post(page_address(refused, "read/"), {"because": "  "})
        assert response.status_code == 422
        assert "34117-2" not in response.content.decode()
        assert not AccessLog.objects.exists()

    @pytest.mark.parametrize("at", ["yesterday", "2026-03-04T05:06:07", "2026-03-04T05:06:07+00:00"])
    def test_a_message_that_is_not_there_is_not_found(self, engineer, refused, at):
        assert engineer.get(f"/interfaces/messages/{at}/{refused.id}/").status_code == 404

    def test_it_costs_a_bounded_number_of_queries(self, engineer, refused):
        engineer.get(page_address(refused))
        with counted("message_page"):
            engineer.get(page_address(refused))


class TestReplay:
    def test_a_refused_line_goes_in_once_its_stay_is_known(self, engineer, refused, load, tmp_path):
        tell_the_stay(load, tmp_path)
        response = engineer.post(page_address(refused, "replay/"), {"because": "the stay was sent"}, follow=True)
        assert "Applied again: applied." in response.content.decode()
        assert Document.objects.get().attachment_sha256
        (trail,) = MessageReplay.objects.all()
        assert (trail.by.username, trail.because, trail.outcome) == ("engineer", "the stay was sent", "applied")
        assert trail.message_id == refused.id
        again = InboundMessage.objects.exclude(id=refused.id).get(place__contains="early.ndjson")
        assert again.outcome == "applied"
        refused.refresh_from_db()
        assert refused.outcome == "refused"
        assert "the stay was sent" in response.content.decode()

    def test_once_applied_it_is_refused_no_more_on_its_page_in_the_lists_and_in_the_counts(
        self, engineer, refused, load, tmp_path
    ):
        def found(outcome):
            return [row.id for row in engineer.get(f"/interfaces/messages/?outcome={outcome}").context["page"]]

        def failed():
            (feed,) = engineer.get("/interfaces/").context["page"]
            return feed.failed, feed.refused_resources

        assert (found("failed"), found("refused"), found("again")) == ([refused.id], [refused.id], [])
        assert failed() == (1, 1)
        tell_the_stay(load, tmp_path)
        engineer.post(page_address(refused, "replay/"), {"because": "the stay was sent"})
        page = engineer.get(page_address(refused)).content.decode()
        assert 'data-tone="bad"' not in page
        assert "What is wrong" not in page
        assert "/replay/" not in page
        assert re.search(r"<dt>Applied again</dt><dd>.* · by engineer: applied<", page)
        assert (found("failed"), found("refused"), found("again")) == ([], [], [refused.id])
        assert failed() == (0, 0)
        heading, row = sheet(engineer, "/lists/message_list.csv?outcome=again&columns=came,outcome,refused")
        assert (heading[1:], row[1:]) == (["Outcome", "Refused"], ["Applied again", "0"])

    def test_what_is_refused_again_stays_refused_and_can_be_tried_once_more(self, engineer, refused):
        engineer.post(page_address(refused, "replay/"), {"because": "try"})
        page = engineer.get(page_address(refused)).content.decode()
        assert "What is wrong" in page
        assert "/replay/" in page
        assert "1 found" in engineer.get("/interfaces/messages/?outcome=failed").content.decode()

    def test_what_is_still_wrong_is_refused_again_and_writes_nothing_but_the_trail(self, engineer, refused):
        response = engineer.post(page_address(refused, "replay/"), {"because": "try"}, follow=True)
        assert "It was refused again" in response.content.decode()
        assert InboundMessage.objects.count() == 1
        assert not Document.objects.exists()
        (trail,) = MessageReplay.objects.all()
        assert trail.outcome == "refused"
        assert "is not known" in trail.problems[0]["problem"]

    def test_twice_is_once(self, engineer, refused, load, tmp_path):
        tell_the_stay(load, tmp_path)
        engineer.post(page_address(refused, "replay/"), {"because": "first"})
        response = engineer.post(page_address(refused, "replay/"), {"because": "second"})
        assert response.status_code == 409
        assert "has applied this message already" in response.content.decode()
        assert "What you typed is not kept: second" in response.content.decode()
        assert MessageReplay.objects.count() == 1

    @pytest.mark.django_db(transaction=True)  # keys are stamped with their transaction's beginning
    def test_what_was_told_anew_since_is_not_undone(self, engineer, refused, load, tmp_path):
        tell_the_stay(load, tmp_path)
        load(made.lines(tmp_path, "new.ndjson", [made.document(status="superseded")]))
        response = engineer.post(page_address(refused, "replay/"), {"because": "mended"})
        assert response.status_code == 409
        assert "has been told anew since" in response.content.decode()
        assert Document.objects.get().status == "superseded"

    @pytest.mark.django_db(transaction=True)
    def test_also_not_what_another_source_told_by_its_number(self, engineer, refused, load, tmp_path):
        tell_the_stay(load, tmp_path)
        load(made.lines(tmp_path, "p.ndjson", [made.patient(), made.encounter()]), source="other")
        told = made.document("other-name", masterIdentifier=made.number("urn:doc", "D-n1"))
        load(made.lines(tmp_path, "new.ndjson", [told]), source="other")
        assert engineer.post(page_address(refused, "replay/"), {"because": "mended"}).status_code == 409

    def test_a_refused_transaction_goes_in_as_its_client_would_send_it(self, engineer, sender):
        bundle = made.bundle(made.put(made.encounter()))
        assert sender.post(bundle).status_code >= 400
        kept = InboundMessage.objects.get()
        sender.post(made.bundle(made.put(made.patient())))
        engineer.post(page_address(kept, "replay/"), {"because": "the patient was sent"})
        assert MessageReplay.objects.get().outcome == "applied"
        assert Patient.objects.get().encounters.count() == 1

    def test_a_client_that_was_switched_off_sends_nothing(self, engineer, sender):
        sender.post(made.bundle(made.put(made.encounter())))
        sender.client.user.is_active = False
        sender.client.user.save(update_fields=["is_active"])
        response = engineer.post(page_address(InboundMessage.objects.get(), "replay/"), {"because": "x"})
        assert response.status_code == 422
        assert "switched off" in response.content.decode()

    @pytest.mark.parametrize("outcome", ["partly", "applied", "ignored"])
    def test_only_what_was_refused_whole_is_offered_and_taken(self, engineer, outcome):
        row = message(outcome=outcome)
        assert "Apply again" not in engineer.get(page_address(row)).content.decode()
        response = engineer.post(page_address(row, "replay/"), {"because": "x"})
        assert response.status_code == 422
        assert not MessageReplay.objects.exists()

    def test_it_asks_for_a_reason(self, engineer, refused):
        response = engineer.post(page_address(refused, "replay/"), {"because": " "})
        assert response.status_code == 422
        assert "Say what was mended" in response.content.decode()

    def test_the_trail_is_never_changed(self, refused):
        replaying.apply_again(refused, by=make.person(), because="try")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            MessageReplay.objects.update(because="another")
