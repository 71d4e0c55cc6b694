"""The access log as a list: who may look, whose rows, each filter, what a row says, and what goes out."""

import csv
import io
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone
from guardian.shortcuts import assign_perm

from himdept.common.confidentiality import Confidentiality
from himdept.common.reports import Operator
from records.confidentiality import filters, words
from records.confidentiality.actions import log_export, log_sent
from records.confidentiality.queries import OF_KIND, Kind
from records.exchange import clients
from records.models import AccessLog
from staff.models import User
from tests import factories as make
from tests.compliance.controls.acting import planned
from tests.compliance.evidence.acting import element
from tests.queries import counted

pytestmark = pytest.mark.django_db
LIST = "/access/"


@pytest.fixture(autouse=True)
def listed_by_name():
    """Lists are known by their names once their addresses are made."""
    assert get_resolver().url_patterns


@pytest.fixture
def officer():
    return make.person("officer", role="Privacy officer", clearance=Confidentiality.RESTRICTED)


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def clerk():
    return make.person("clerk", role="Records clerk", first_name="Nora", last_name="Petrov")


def read(record, by, **fields) -> AccessLog:
    return AccessLog.objects.create(user=by, record=record, act="read", **fields)


def listed(desk, query: str = "") -> list[str]:
    """What each row says was done, by which account."""
    response = desk.get(LIST + query)
    assert response.status_code == 200, response.content.decode()
    return [f"{words.account(entry)}: {words.did(entry)}" for entry in response.context["page"]]


def sheet(desk, query: str = "") -> list[dict[str, str]]:
    response = desk.get(f"/lists/access_list.csv{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"), newline="")))


class TestWhoSeesWhat:
    @pytest.mark.parametrize(
        ("role", "status"),
        [
            ("Privacy officer", 200),
            ("Records manager", 403),
            ("Records supervisor", 403),
            ("Records clerk", 403),
            ("Surveyor", 403),
            ("Interface engineer", 403),
            ("", 403),
        ],
    )
    def test_the_log_is_for_the_privacy_officer_alone(self, client, role, status):
        client.force_login(make.person(role=role))
        for address in (LIST, "/lists/access_list/print/", "/lists/access_list.csv", "/lists/access_list.xlsx"):
            response = client.get(address)
            assert b"".join(response)
            assert response.status_code == status, address
        assert (b'href="/access/"' in client.get("/").content) is (status == 200)

    def test_running_the_software_is_no_reason_to_read_it(self, client):
        client.force_login(make.person("root", is_superuser=True, is_staff=True))
        assert client.get(LIST).status_code == 403

    @pytest.mark.parametrize(
        ("at", "rank", "by_name", "sees"),
        [
            ("MAIN", Confidentiality.NORMAL, False, True),
            ("MAIN", Confidentiality.RESTRICTED, False, True),
            ("MAIN", Confidentiality.VERY_RESTRICTED, False, False),  # more confidential than their clearance
            ("NORTH", Confidentiality.NORMAL, False, False),  # another facility's
            ("NORTH", Confidentiality.VERY_RESTRICTED, True, True),  # opened to them by name
        ],
    )
    def test_a_reading_is_shown_to_who_may_open_the_record(self, desk, officer, clerk, at, rank, by_name, sees):
        record = make.record(at=make.facility(at), confidentiality=rank)
        if by_name:
            assign_perm("records.view_record", officer, record)
        read(record, clerk)
        assert listed(desk) == ["clerk: Opened a record"] * sees
        assert len(sheet(desk)) == sees

    @pytest.mark.parametrize(
        ("at", "sees"),
        [(["MAIN"], True), (["MAIN", "NORTH"], True), (["NORTH"], False), ([], True)],  # of nobody's facility: all
    )
    def test_an_export_is_shown_where_whoever_made_it_works(self, desk, at, sees):
        somebody = make.person("somebody", facilities=[make.facility(code) for code in at])
        log_export("people csv", by=somebody, rows=3)
        assert listed(desk) == ["somebody: Exported as CSV"] * sees

    def test_what_an_operator_took_out_is_shown_to_everybody_who_reviews(self, desk):
        log_export("report deficiencies list xlsx", by=Operator("root"), rows=3)
        assert listed(desk) == ["at the server's terminal: Exported as XLSX"]

    def test_who_has_no_facility_and_who_was_switched_off_sees_nothing(self, clerk):
        read(make.record(), clerk)
        log_export("people csv", by=clerk, rows=3)
        log_export("report deficiencies list xlsx", by=Operator("root"), rows=3)
        nowhere = make.person(role="Privacy officer", facilities=[])
        gone = make.person(role="Privacy officer", is_active=False)
        assert [AccessLog.objects.visible_to(who).count() for who in (nowhere, gone)] == [0, 0]


ALL_KINDS = {
    Kind.OPENED: {"act": "read"},
    Kind.MESSAGE: {"act": "read", "detail": f"message {uuid.UUID(int=7)}: the vendor asks"},
    Kind.REPORT: {"act": "listed", "detail": "report deficiencies page"},
    Kind.PRINTED: {"act": "listed", "detail": "list record_list status=delinquent print"},
    Kind.EXPORTED: {"act": "listed", "detail": "list record_list status=delinquent csv"},
    Kind.SENT: {"act": "sent", "detail": "api:records-detail, TREAT"},
}


def one_of_each(by: User, record) -> dict[Kind, AccessLog]:
    """An entry of each kind, a second apart, in the order of Kind."""
    now = timezone.now() - timedelta(minutes=1)
    of_record = (Kind.OPENED, Kind.SENT)
    return {
        kind: AccessLog.objects.create(
            user=by, record=record if kind in of_record else None, at=now + timedelta(seconds=n), **fields
        )
        for n, (kind, fields) in enumerate(ALL_KINDS.items())
    }


class TestFilters:
    def test_the_latest_stand_first(self, desk, clerk):
        one_of_each(clerk, make.record())
        assert [did.partition(": ")[2] for did in listed(desk)] == [
            "Sent to a program",
            "Exported as CSV",
            "Printed a list",
            "Opened the list of a report",
            "Read a message as it came",
            "Opened a record",
        ]
        assert listed(desk, "?sort=at") == listed(desk)[::-1]

    @pytest.mark.parametrize("kind", Kind)
    def test_by_each_kind_of_act_as_the_words_say_it(self, desk, clerk, kind):
        one_of_each(clerk, make.record())
        log_export("report deficiencies list xlsx", by=Operator("print page"), rows=3)
        found = desk.get(f"{LIST}?act={kind}").context["page"].rows
        assert {words.kind_of(entry) for entry in found} == {kind}
        assert len(found) == (2 if kind == Kind.EXPORTED else 1)

    def test_each_entry_is_of_one_kind(self, clerk):
        one_of_each(clerk, make.record())
        numbers = [AccessLog.objects.filter(rule).count() for rule in OF_KIND.values()]
        assert numbers == [1] * len(Kind)

    def test_by_what_left_the_house_and_by_all_but_what_programs_were_sent(self, desk, clerk):
        one_of_each(clerk, make.record())
        assert listed(desk, "?act=out") == ["clerk: Exported as CSV", "clerk: Printed a list"]
        assert len(listed(desk, "?act=people")) == len(Kind) - 1
        assert "clerk: Sent to a program" not in listed(desk, "?act=people")

    def test_by_the_person_whose_account_number_is_asked_for(self, desk, clerk, officer):
        record = make.record()
        read(record, clerk)
        read(record, officer)
        assert listed(desk, f"?who={clerk.pk}") == ["clerk: Opened a record"]
        page = desk.get(f"{LIST}?who={clerk.pk}&act=opened").content.decode()
        assert "Who: Nora Petrov" in page
        assert f'href="/access/?act=opened&amp;who={clerk.pk}"' in page  # whoever did it, the list else as it is

    def test_where_there_are_many_accounts_the_number_is_typed_and_told_by_its_name(self, desk, clerk, monkeypatch):
        read(make.record(), clerk)
        monkeypatch.setattr(filters, "MOST", 1)
        assert listed(desk, f"?who={clerk.pk}") == ["clerk: Opened a record"]
        page = desk.get(f"{LIST}?who={clerk.pk}").content.decode()
        assert "Who: Nora Petrov" in page
        assert f'<input type="number" name="who" value="{clerk.pk}"' in page
        assert f'value="{clerk.pk}">Nora Petrov' not in page
        other = make.person("other", facilities=[make.facility("NORTH")])
        for wrong in (other.pk, 999999, 10**30, -1, "Petrov"):
            assert desk.get(f"{LIST}?who={wrong}").status_code == 400

    def test_by_somebody_of_another_facility_only_where_they_stand_in_what_is_seen(self, desk):
        other = make.person("other", facilities=[make.facility("NORTH")])
        assert desk.get(f"{LIST}?who={other.pk}").status_code == 400
        read(make.record(at=make.facility("NORTH")), other)
        assert desk.get(f"{LIST}?who={other.pk}").status_code == 400
        read(make.record(), other)
        assert listed(desk, f"?who={other.pk}") == ["other: Opened a record"]

    def test_by_days_both_included_and_local(self, desk, clerk):
        record = make.record()
        for at in ("2026-11-03 04:59", "2026-11-03 05:00", "2026-11-05 04:59", "2026-11-05 05:00"):  # UTC: New York - 5
            read(record, clerk, at=datetime.fromisoformat(at).replace(tzinfo=UTC))

        def days(query):
            return [entry.at.strftime("%d %H:%M") for entry in desk.get(LIST + query).context["page"]]

        assert days("?since=2026-11-03&until=2026-11-04") == ["05 04:59", "03 05:00"]
        assert days("?since=2026-11-05") == ["05 05:00"]
        assert days("?until=2026-11-02") == ["03 04:59"]
        page = desk.get(f"{LIST}?since=2026-11-03&until=2026-11-04").content.decode()
        assert "Days: 3 Nov 2026 to 4 Nov 2026" in page

    def test_by_restricted_records_by_facility_and_by_record(self, desk, officer, clerk):
        north = make.facility("NORTH")
        officer.facilities.add(north)
        here, there = make.record(), make.record(at=north, confidentiality=Confidentiality.RESTRICTED)
        read(here, officer)
        read(there, clerk)
        log_export("people csv", by=clerk, rows=1)
        assert listed(desk, "?marks=restricted") == ["clerk: Opened a record"]
        assert listed(desk, f"?facility={north.pk}") == ["clerk: Opened a record"]
        assert listed(desk, f"?record={here.pk}") == ["officer: Opened a record"]
        assert f'href="/access/?record={here.pk}"' in desk.get(f"/records/{here.pk}/").content.decode()

    def test_of_what_is_above_the_clearance_only_what_was_opened_by_name(self, client, clerk):
        reviewer = make.person(role="Privacy officer")
        client.force_login(reviewer)
        sealed, named = (make.record(confidentiality=Confidentiality.RESTRICTED) for _ in range(2))
        for record in (sealed, named, make.record()):
            read(record, clerk)
        assert listed(client, "?marks=restricted") == []
        assign_perm("records.view_record", reviewer, named)
        assert listed(client, "?marks=restricted") == ["clerk: Opened a record"]

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("since=2026-02-30", "From: Enter a valid date."),
            ("until=yesterday", "Until: Enter a valid date."),
            ("until=9999-12-31", "Until: this is not a day of our calendar."),
            ("who=999999", "Who: there is no “999999” here."),
            ("who=Petrov", "Who: there is no “Petrov” here."),
            (f"who={'9' * 30}", f"Who: there is no “{'9' * 30}” here."),
            ("who=²", "Who: there is no “²” here."),
            ("act=stole", "What they did: there is no “stole” here."),
            ("marks=vip", "Record: there is no “vip” here."),
            ("facility=NORTH", "Facility: there is no “NORTH” here."),
            ("record=999999", "Record no.: there is no “999999” here."),
            ("record=x", "Record no.: there is no “x” here."),
            ("sort=who", "This list is sorted by one of: at."),
        ],
    )
    def test_what_is_not_understood_is_refused_and_nothing_is_shown(self, desk, clerk, query, words):
        read(make.record(), clerk)
        response = desk.get(f"{LIST}?{query}")
        assert response.status_code == 400
        assert words in response.content.decode()
        assert "page" not in response.context
        assert desk.get(f"/lists/access_list.csv?{query}").status_code == 400

    def test_a_record_out_of_reach_is_as_one_that_is_not_there(self, desk, clerk):
        hidden = make.record(at=make.facility("NORTH"))
        read(hidden, clerk)
        assert desk.get(f"{LIST}?record={hidden.pk}").status_code == 400


class TestWhatARowSays:
    @pytest.mark.parametrize(
        ("detail", "did", "what"),
        [
            ("list record_list status=delinquent csv", "Exported as CSV", "Inventory · Status: Delinquent"),
            ("list record_list xlsx", "Exported as XLSX", "Inventory"),
            (
                "list record_list encounter_class=inpatient attending=van der Berg print",
                "Printed a list",
                "Inventory · Class: Inpatient, Attending: van der Berg",
            ),
            ("list message_list within=7 csv", "Exported as CSV", "Messages · Came: within 7 days"),
            ("list access_list who=7 csv", "Exported as CSV", "Access log · Who: no. 7"),
            ("list no_list who=Vance csv", "Exported as CSV", "no_list who=Vance"),  # of a list that was given up
            ("list audit_list gone=1 csv", "Exported as CSV", "Audit runs · gone=1"),  # a filter that was
            ("report deficiencies page", "Opened the list of a report", "Deficiency report"),
            ("report deficiencies list xlsx", "Exported as XLSX", "Deficiency report: Deficiencies"),
            ("report gone pdf", "Exported as PDF", "gone"),
            ("kept report 12 pdf", "Exported as PDF", "Kept report 12"),
            ("people csv", "Exported as CSV", "The people of one's line"),
            ("something else", "Exported", "something else"),
        ],
    )
    def test_what_was_taken_out(self, clerk, detail, did, what):
        for by in (clerk, Operator("root")):
            log_export(detail, by=by, rows=3)
        own, operators = AccessLog.objects.order_by("at", "id")
        assert (words.did(own), words.who(own)) == (did, "Nora Petrov")
        assert words.of_what(own) == what
        assert words.who(operators) == "operator root"
        if "print" not in detail and "page" not in detail:  # neither is made at a terminal
            assert (words.did(operators), words.of_what(operators)) == (did, words.of_what(own))

    def test_a_filter_that_is_too_long_keeps_the_form_in_which_it_went_out(self, desk, clerk):
        for form, did in (("print", "Printed a list"), ("csv", "Exported as CSV")):
            log_export(f"list record_list attending={'van ' * 80} {form}", by=clerk, rows=3)
            entry = AccessLog.objects.latest("at")
            assert (len(entry.detail), words.did(entry)) == (200, did)
            assert "..." in entry.detail

    def test_what_a_program_was_sent_and_why_a_message_was_read(self, desk, clerk):
        record, program = make.record(), clients.admit("ehr", scope="system/*.read", facilities=[make.facility()]).user
        log_sent([record.pk], to=program, what="api:records-detail, TREAT")
        AccessLog.objects.create(user=clerk, **ALL_KINDS[Kind.MESSAGE])
        message, sent = sheet(desk)
        assert (sent["Account"], sent["What they did"]) == ("a program", "Sent to a program")
        assert sent["List, report, reason or address"] == "records-detail, for treatment"
        assert message["List, report, reason or address"] == "the vendor asks"

    def test_a_reading_leads_to_the_record_and_an_export_says_its_rows(self, desk, clerk):
        record = make.record(
            of=make.patient("Ortega", "Luis", mrn="00482563"), confidentiality=Confidentiality.RESTRICTED
        )
        read(record, clerk)
        log_export("list record_list status=delinquent csv", by=clerk, rows=1234)
        page = desk.get(LIST).content.decode()
        for said in ("ORTEGA, Luis", "00482563", "restricted", "Nora Petrov", "clerk", "1,234", "Inventory · Status"):
            assert said in page, said
        assert f'href="/records/{record.pk}/"' in page


class TestWhatGoesOut:
    def test_a_sheet_has_what_the_screen_shows_and_is_itself_in_the_log(self, desk, officer, clerk):
        record = make.record(of=make.patient("Ortega", "Luis", mrn="00482563"))
        read(record, clerk)
        (row,) = sheet(desk, f"?who={clerk.pk}")
        assert (row["Who"], row["Account"], row["Patient"], row["MRN"], row["Record no."], row["Rows"]) == (
            *("Nora Petrov", "clerk", "ORTEGA, Luis", "00482563"),
            *(str(record.pk), ""),
        )
        assert AccessLog.objects.get(act="listed").detail == f"list access_list who={clerk.pk} csv"
        workbook = desk.get("/lists/access_list.xlsx")
        assert b"".join(workbook).startswith(b"PK")
        assert desk.get("/lists/access_list/print/").status_code == 200
        assert listed(desk, f"?who={officer.pk}&act=out") == [
            "officer: Printed a list",
            "officer: Exported as XLSX",
            "officer: Exported as CSV",
        ]

    def test_names_and_numbers_are_masked_where_they_are_everywhere(self, desk, clerk):
        read(make.record(of=make.patient("Ortega", "Luis", mrn="00482563")), clerk)
        desk.post("/names/", {"names": "masked"})
        pages = [desk.get(LIST).content.decode(), desk.get("/lists/access_list/print/").content.decode()]
        told = [*pages, str(sheet(desk))]
        for page in told:
            assert "O., L." in page
            assert not re.search("ortega|luis|00482563", page, re.IGNORECASE)

    def test_no_address_on_it_names_anybody(self, desk, clerk):
        read(make.record(of=make.patient("Ortega", "Luis", mrn="00482563")), clerk)
        page = desk.get(f"{LIST}?who={clerk.pk}").content.decode()
        addresses = re.findall(r'(?:href|action|hx-get)="([^"]*)"', page)
        assert len(addresses) > 10
        assert not [one for one in addresses if re.search("petrov|nora|clerk|ortega|luis|0482563", one, re.IGNORECASE)]


def test_a_page_costs_the_same_however_many_rows_it_has(desk, clerk):
    for _ in range(3):
        one_of_each(clerk, make.record())
    desk.get(LIST)
    with counted("access_list"):
        assert len(desk.get(LIST).context["page"].rows) == 3 * len(Kind)
    with counted("access_list_by_person"):
        desk.get(f"{LIST}?who={clerk.pk}&act=people&since=2026-01-01&marks=restricted")


def plan_of(rows) -> str:
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as captured:
        list(rows)
        cursor.execute(f"EXPLAIN {captured[-1]['sql']}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.fixture
def long_log(officer, clerk):
    """5,000 entries, of which a few are another person's, and a few exports."""
    record, now = make.record(), timezone.now()
    for_each = (
        {"user": clerk if n % 500 == 0 else officer}
        | ({"act": "listed", "detail": "people csv"} if n % 700 == 0 else {"act": "read", "record": record})
        for n in range(5000)
    )
    AccessLog.objects.bulk_create(
        AccessLog(**fields, at=now - timedelta(minutes=n)) for n, fields in enumerate(for_each)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE records_accesslog")


def test_the_latest_of_all_of_one_person_and_of_what_went_out_are_found_by_an_index(long_log, clerk):
    latest = AccessLog.objects.order_by("-at", "-id")
    assert "_pkey" in plan_of(latest[:50])
    assert "user_id_at_idx" in plan_of(latest.filter(user=clerk)[:5])
    assert "_at_id_idx" in plan_of(latest.of_kind(Kind.EXPORTED)[:5])


class TestTheControlThatAsksForIt:
    @pytest.fixture
    def control(self):
        return planned("Review of activity", elements=[element("164.312(b)")])

    def test_its_page_leads_to_the_log(self, desk, control):
        assert (
            '<a class="button" href="/access/">Access log</a>' in desk.get(f"/controls/{control.pk}/").content.decode()
        )

    def test_not_those_who_may_not_open_it(self, client, control):
        client.force_login(make.manager())
        assert 'class="button" href="/access/"' not in client.get(f"/controls/{control.pk}/").content.decode()
