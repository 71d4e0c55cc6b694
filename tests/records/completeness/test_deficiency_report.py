import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from himdept.common import reports
from himdept.common.reports import Operator
from himdept.common.sheets import Linked
from records.completeness import figures, owing
from records.completeness.deficiency_report import REPORT, for_whom, rows
from records.models import Deficiency
from staff.people import facilities
from tests import factories as make

pytestmark = pytest.mark.django_db
OPERATOR = Operator("root")
LATE = {"kind": "late", "status": "resolved", "cause": "met_late", "resolved_at": timezone.now()}


def section(name: str, by=OPERATOR) -> list[dict[str, str]]:
    out = io.BytesIO()
    reports.write(REPORT, out, form="csv", section=name, by=by)
    return list(csv.DictReader(io.StringIO(out.getvalue().decode(), newline="")))


def summary(by=OPERATOR) -> dict[str, str]:
    return {row["What"]: row["How much"] for row in section("summary", by)}


def days_ago(days: int) -> datetime:
    return (timezone.now() - timedelta(days=days, hours=1)).replace(microsecond=0)


@pytest.fixture
def owed():
    """What two practitioners of two services owe, and what one met late."""
    vance, alder = make.practitioner("Vance", "T."), make.practitioner("alder", "M.")
    surgery = make.service("surgery", "Surgery")
    first = make.record(status="delinquent", of=make.patient("Lindqvist", mrn="00482217"), visit="V-778102")
    second = make.record(status="incomplete", service=surgery)
    make.deficiency(first, owed_by=vance, due_at=days_ago(61))
    make.deficiency(first, owed_by=vance, due_at=days_ago(10), topic="another")
    lax = make.requirement("LAX", topic="lax", counts_toward_delinquency=False)
    make.deficiency(first, owed_by=alder, due_at=days_ago(20), requirement=lax)
    entry = make.document(second, document_type=make.document_type("11488-4", "Consultation"))
    make.deficiency(second, kind="undated", element="time", due_at=None, document=entry)
    make.deficiency(second, topic="late", owed_by=alder, **LATE)
    make.deficiency(second, topic="long ago", owed_by=alder, **LATE | {"resolved_at": days_ago(90)})
    make.deficiency(second, topic="void", status="void", owed_by=alder)
    return vance, alder


class TestSums:
    def test_the_summary_comes_first_and_says_how_bad_it_is(self, owed):
        assert summary() == {
            "Open deficiencies": "4",
            "of these past due": "3",
            "of these with no due time: entries that lack their date or time": "1",
            "Longest past due: was due on": str(
                Deficiency.objects.earliest("due_at").due_at.astimezone(ZoneInfo("America/New_York")).date()
            ),
            "Longest past due: days": "61",
            "Met late in 90 days": "1",
            "Incomplete records": "2",
            "of these delinquent": "1",
        }

    def test_without_anything_open_there_is_no_oldest(self):
        assert summary()["Open deficiencies"] == "0"
        assert summary()["Longest past due: days"] == ""

    def test_by_practitioner_who_owes_most_first_and_nobody_by_that_name(self, owed):
        assert [list(row.values()) for row in section("practitioners")] == [
            ["Vance, T.", "2", "2", "61", "0", "1"],
            ["alder, M.", "1", "1", "20", "1", "0"],
            ["nobody known", "1", "0", "", "0", "0"],
        ]

    def test_by_service(self, owed):
        assert [list(row.values()) for row in section("services")] == [
            ["no service", "3", "3", "61", "0", "1"],
            ["Surgery", "1", "0", "", "1", "0"],
        ]

    def test_by_document(self, owed):
        assert [list(row.values())[:3] for row in section("documents")] == [["Discharge summary", "4", "3"]]

    def test_every_breakdown_and_the_list_add_up_to_the_summary(self, owed):
        for name in ("practitioners", "services", "documents"):
            assert sum(int(row["Open"]) for row in section(name)) == int(summary()["Open deficiencies"])
            assert sum(int(row["Past due"]) for row in section(name)) == int(summary()["of these past due"])
            assert sum(int(row["Met late in 90 days"]) for row in section(name)) == int(
                summary()["Met late in 90 days"]
            )
        assert len(section("list")) == int(summary()["Open deficiencies"])

    def test_every_count_is_that_of_the_list_it_opens(self, owed, client):
        make.deficiency(make.record(confidentiality=5, status="delinquent"))
        manager = make.manager()
        client.force_login(manager)
        counts = {
            (cell.address, cell.cell)
            for table in REPORT.contents(manager).sections[:-1]
            for row in table.rows()
            for cell in row
            if isinstance(cell, Linked)
        }
        assert len(counts) > 15
        for address, number in counts:
            assert client.get(address).context["count"] == str(number), address

    def test_a_rule_asks_for_the_documents_that_lead_to_their_list(self, owed):
        make.deficiency(document_type=make.document_type("99999-9", "Note of nobody's rule"))
        documents = {row[0]: row[1] for row in REPORT.contents(OPERATOR).sections[-2].rows()}
        assert documents["Note of nobody's rule"] == 1
        assert isinstance(documents["Discharge summary"], Linked)

    def test_all_of_them_are_summed_by_one_query(self, owed):
        contents = REPORT.contents(OPERATOR)
        with CaptureQueriesContext(connection) as queries:
            for table in contents.sections[:-1]:
                list(table.rows())
        assert len(queries) == 2  # the other one counts the records

    def test_the_numbers_are_those_of_the_huddle(self, owed, rf: RequestFactory):
        make.deficiency(make.record(confidentiality=5, status="delinquent"))
        manager = make.manager()
        request = rf.get("/")
        request.user = manager
        huddle, told = figures.headline(request), summary(manager)
        assert told["Open deficiencies"] == str(huddle["open"].number)
        assert told["of these past due"] == str(huddle["past_due"].number)
        assert told["of these with no due time: entries that lack their date or time"] == str(huddle["undated"].number)
        assert told["Incomplete records"] == str(huddle["incomplete"].number)
        assert told["of these delinquent"] == str(huddle["delinquent"].number) == "1"
        by_name = {row["Practitioner"]: int(row["Past due"]) for row in section("practitioners", manager)}
        for row in owing.owing(manager, now=timezone.now()).practitioners:
            assert by_name[row.name or "nobody known"] == row.number


class TestList:
    def test_a_row_tells_what_is_wrong_why_and_who_owes_it_by_numbers_and_no_name(self, owed):
        make.audit_run(as_of=datetime(2026, 11, 23, 10, 12, tzinfo=UTC))
        row = next(row for row in section("list") if row["Days past due"] == "61")
        due = Deficiency.objects.earliest("due_at").due_at.astimezone(ZoneInfo("America/New_York"))
        assert {name: row[name] for name in list(row)[:12]} == {
            "Facility": "MAIN",
            "MRN": "00482217",
            "Visit": "V-778102",
            "Service": "",
            "Discharged on": "2026-10-12",
            "Record": "Delinquent",
            "Document": "Discharge summary",
            "Kind": "missing",
            "What is wrong": "Discharge summary is missing",
            "Owed by": "Vance, T.",
            "Due on": str(due.date()),
            "Due at (none: end of day)": f"{due:%H:%M}",
        }
        assert row["Basis"] == "42 CFR 482.24(c)(4)(vii)"
        assert row["Why"].startswith(f"Due by {due.day} ")
        assert row["Would be satisfied by"] == (
            "Discharge summary, documented. Vance, T. is responsible. Completed now, it counts as late."
        )
        assert row["As of the audit of"] == "2026-11-23T05:12-05:00"
        assert "Lindqvist" not in "".join(row.values())

    def test_what_is_due_at_midnight_is_due_on_the_day_that_it_ends(self):
        make.deficiency(due_at=datetime(2026, 11, 12, 5, 0, tzinfo=UTC))
        (row,) = section("list")
        assert (row["Due on"], row["Due at (none: end of day)"]) == ("2026-11-11", "")

    def test_each_facility_has_its_own_time(self):
        east = make.facility("EAST")
        facilities.lay_out("Asia/Kolkata")
        east.time_zone_id = "Asia/Kolkata"
        east.save()
        make.audit_run(as_of=datetime(2026, 11, 23, 10, 12, tzinfo=UTC), facility=east)
        make.deficiency(make.record(at=east), due_at=datetime(2026, 11, 11, 20, 0, tzinfo=UTC))
        (row,) = section("list")
        assert (row["Due on"], row["Due at (none: end of day)"]) == ("2026-11-12", "01:30")
        assert row["As of the audit of"] == "2026-11-23T15:42+05:30"

    def test_the_order_is_by_practitioner_then_age_and_always_the_same(self, owed):
        found = [(row["Owed by"], row["Days past due"]) for row in section("list")]
        assert found == [("alder, M.", "20"), ("Vance, T.", "61"), ("Vance, T.", "10"), ("", "")]

    def test_a_person_finds_what_they_may_open_and_no_more(self, owed):
        make.deficiency(make.record(confidentiality=5))
        make.deficiency(make.record(at=make.facility("OTHER")))
        assert len(section("list", make.manager())) == 4
        assert len(section("list", make.person())) == 0
        assert len(section("list", OPERATOR)) == 6

    def test_a_formula_in_a_name_stays_a_text(self):
        make.deficiency(owed_by=make.practitioner("=cmd|'/C calc'!A0", ""))
        assert section("list")[0]["Owed by"] == "'=cmd|'/C calc'!A0"

    def test_rows_cost_no_query_each(self, owed):
        def cost(most: int) -> int:
            some = Deficiency.objects.filter(pk__in=list(Deficiency.objects.open().values_list("pk", flat=True)[:most]))
            with CaptureQueriesContext(connection) as queries:
                assert len(list(rows(some, timezone.now(), {}))) == most
            return len(queries)

        assert cost(1) == cost(4) <= 7


def test_the_facts_say_of_what_as_of_when_and_by_whom():
    make.audit_run(as_of=datetime(2026, 11, 23, 10, 12, tzinfo=UTC))
    make.audit_run(as_of=datetime(2026, 11, 24, 10, 12, tzinfo=UTC), written=False)
    make.facility("OTHER")
    manager = make.manager(first_name="Rose", last_name="Okafor")
    facts = dict(REPORT.contents(manager).facts)
    assert facts["Facility"].endswith("(MAIN), as of the audit of 23 Nov 2026 05:12 (America/New_York)")
    assert facts["Made"].endswith("(America/New_York) by Rose Okafor")
    assert facts["Holds"] == "the records that Rose Okafor may open"
    assert [value for label, value in REPORT.contents(OPERATOR).facts if label == "Facility"][1].startswith("OTHER")


def test_a_workbook_has_the_summary_the_breakdowns_and_the_list(owed):
    out = io.BytesIO()
    assert reports.write(REPORT, out, form="xlsx", by=OPERATOR) == 4
    book = load_workbook(out)
    assert book.sheetnames == [
        "Summary",
        "By kind",
        "By age",
        "By service",
        "By practitioner",
        "By document",
        "Deficiencies",
    ]
    listed = book["Deficiencies"]
    assert listed.max_row == 5
    due = Deficiency.objects.get(topic="lax").due_at.astimezone(ZoneInfo("America/New_York"))
    assert (listed["K2"].value.date(), listed["L2"].value, listed["M2"].value) == (
        due.date(),
        time(due.hour, due.minute, due.second),
        20,
    )
    assert listed["E2"].value.date() == date(2026, 10, 12)


def test_somebody_unknown_gets_nothing():
    with pytest.raises(AttributeError):
        for_whom(None)
