import csv
import html
import io
import re

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from himdept.common import masking
from himdept.common.sheets import Look
from himdept.dashboard import reports as dashboard_reports
from records.models import AccessLog
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db(transaction=True)  # a report is read within a snapshot of its own


@pytest.fixture
def manager():
    return make.manager()


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


def body(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_the_page_offers_what_the_person_may_have(desk):
    page = desk.get("/reports/").content.decode()
    assert "Deficiency report" in page
    assert 'href="/reports/deficiencies.xlsx"' in page
    assert 'href="/reports/deficiencies.csv?section=services"' in page
    assert "Nothing kept yet" in page


def test_the_report_comes_as_csv_with_what_the_person_may_see(desk):
    make.deficiency(make.record(of=make.patient("Lindqvist", mrn="00482217")), owed_by=make.practitioner("Vance", "T."))
    make.deficiency(make.record(of=make.patient("Sealed", mrn="99999999"), confidentiality=5))
    response = desk.get("/reports/deficiencies.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="deficiencies-')
    assert "no-store" in response.headers["Cache-Control"]
    rows = list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))
    assert len(rows) == 2
    assert "00482217" in rows[1]
    assert "Vance, T." in rows[1]


def test_it_comes_as_a_workbook_too(desk):
    make.deficiency()
    workbook = load_workbook(io.BytesIO(body(desk.get("/reports/deficiencies.xlsx"))))
    assert "By practitioner" in workbook.sheetnames


def test_one_table_of_it_comes_alone(desk):
    make.deficiency(make.record(service=make.service("surgery", "Surgery")))
    response = desk.get("/reports/deficiencies.csv?section=services")
    assert "Surgery" in body(response).decode()
    assert "deficiencies-services-" in response.headers["Content-Disposition"]


def test_every_download_is_written_to_the_access_log(desk, manager):
    make.deficiency()
    body(desk.get("/reports/deficiencies.csv"))
    entry = AccessLog.objects.get()
    assert (entry.user, entry.act, entry.rows, entry.detail) == (manager, "listed", 1, "report deficiencies csv")


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/reports/wages.csv", 404, "nothing at this address"),
        ("/reports/deficiencies.exe", 400, "comes as pdf, html, xlsx, csv, not as exe"),
        ("/reports/deficiencies.csv?section=wages", 400, "and no wages"),
        ("/reports/kept/1/", 404, "nothing at this address"),
    ],
)
def test_what_there_is_not_is_refused_in_a_sentence_and_not_logged(desk, address, status, sentence):
    response = desk.get(address)
    assert response.status_code == status
    assert sentence in response.content.decode()
    assert not AccessLog.objects.exists()


def test_without_the_permission_there_is_no_report(client):
    client.force_login(make.person(role="Records clerk"))
    assert client.get("/reports/").status_code == 403
    assert client.get("/reports/deficiencies.csv").status_code == 403
    assert "/reports/" not in client.get("/").content.decode()


class TestThePage:
    """The report on the screen."""

    @pytest.fixture
    def owed(self):
        make.deficiency(
            make.record(of=make.patient("Lindqvist", mrn="00482217")), owed_by=make.practitioner("Vance", "T.")
        )
        make.deficiency(make.record(of=make.patient("Sealed", mrn="99999999"), confidentiality=5))

    def test_its_sums_come_first_and_every_count_opens_its_list(self, desk, owed):
        page = desk.get("/reports/deficiencies/").content.decode()
        assert page.index("By kind") < page.index("By service") < page.index("By practitioner")
        for link in re.findall(r'href="(/(?:deficiencies|records)/[^"]*)"', page):
            assert desk.get(html.unescape(link)).status_code == 200, link
        assert 'href="/deficiencies/?age=0"' in page
        assert "00482217" not in page
        assert not AccessLog.objects.exists()

    def test_its_list_is_asked_for_by_a_script_or_by_a_link_and_then_logged(self, desk, manager, owed):
        part = desk.get(
            "/reports/deficiencies/?section=list", headers={"HX-Request": "true", "HX-Request-Type": "partial"}
        )
        assert "<html" not in part.content.decode()
        assert "00482217" in part.content.decode()
        whole = desk.get("/reports/deficiencies/?section=list").content.decode()
        assert "<html" in whole
        assert "00482217" in whole
        assert "99999999" not in whole
        told = {(entry.user, entry.rows, entry.detail) for entry in AccessLog.objects.all()}
        assert told == {(manager, 1, "report deficiencies page")}
        assert AccessLog.objects.count() == 2

    def test_numbers_are_masked_if_the_person_masked_them(self, desk, owed):
        session = desk.session
        session[masking.KEY] = True
        session.save()
        page = desk.get("/reports/deficiencies/?section=list").content.decode()
        assert "00482217" not in page
        assert "Vance, T." in page

    def test_masked_numbers_stand_in_no_file_either_and_it_says_so(self, desk, owed):
        session = desk.session
        session[masking.KEY] = True
        session.save()
        files = {form: body(desk.get(f"/reports/deficiencies.{form}")) for form in ("csv", "html", "xlsx", "pdf")}
        texts = {
            "csv": files["csv"].decode(),
            "html": files["html"].decode(),
            "xlsx": "".join(
                str(cell.value) for sheet in load_workbook(io.BytesIO(files["xlsx"])) for row in sheet for cell in row
            ),
            "pdf": "".join(page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages),
        }
        for form, text in texts.items():
            assert "00482217" not in text, form
            assert "••••217" in text, form
            assert "Vance, T." in text, form
            assert "only the last digits are told" in text or form == "csv", form

    def test_a_long_list_is_cut_and_says_so(self, desk, owed, monkeypatch):
        monkeypatch.setattr(dashboard_reports, "MOST_ON_A_PAGE", {Look.LIST: 1})
        make.deficiency(owed_by=make.practitioner("Zander", "A."))
        assert (
            "Only the first 1 rows are shown here." in desk.get("/reports/deficiencies/?section=list").content.decode()
        )

    def test_of_many_practitioners_those_who_owe_most_are_shown_and_the_files_have_all(self, desk, owed, monkeypatch):
        monkeypatch.setattr(dashboard_reports, "MOST_ON_A_PAGE", {Look.TALLY: 1})
        zander = make.practitioner("Zander", "A.")
        for _twice in range(2):
            make.deficiency(owed_by=zander)
        page = desk.get("/reports/deficiencies/").content.decode()
        assert "Only the first 1 rows are shown here." in page
        assert "Zander, A." in page
        assert "Vance, T." not in page
        assert "Vance, T." in body(desk.get("/reports/deficiencies.csv?section=practitioners")).decode()

    def test_it_costs_a_bounded_number_of_queries(self, desk, owed):
        desk.get("/reports/deficiencies/")
        with counted("report_page"):
            desk.get("/reports/deficiencies/")
        with counted("report_page_list", cursors=1):
            desk.get(
                "/reports/deficiencies/?section=list", headers={"HX-Request": "true", "HX-Request-Type": "partial"}
            )

    @pytest.mark.parametrize(("role", "status"), [("", 403), ("Records clerk", 403), ("Records manager", 200)])
    def test_who_may_read_it(self, client, role, status):
        client.force_login(make.person(role=role))
        assert client.get("/reports/deficiencies/").status_code == status

    def test_there_is_no_page_of_a_report_that_there_is_not(self, desk):
        assert desk.get("/reports/wages/").status_code == 404


def test_it_comes_as_a_pdf_and_as_one_file_that_asks_for_nothing_else(desk):
    make.deficiency(make.record(of=make.patient(mrn="00482217")), owed_by=make.practitioner("<b>Vance</b>", ""))
    response = desk.get("/reports/deficiencies.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    assert "<b>Vance</b>" in PdfReader(io.BytesIO(body(response))).pages[-1].extract_text()
    page = body(desk.get("/reports/deficiencies.html")).decode()
    assert "&lt;b&gt;Vance&lt;/b&gt;" in page
    assert not re.search(r"<script|<link|<img|href=|src=|url\(|@import", page)


class TestKept:
    @pytest.fixture
    def kept(self):
        from records.completeness.kept import make_kept

        make.deficiency()
        make.record(confidentiality=5)
        return make_kept(make.facility(), make.audit_run())

    def test_the_files_of_a_night_are_listed_for_those_who_may_have_them(self, desk, client, kept):
        assert {report.clearance for report in kept} == {3, 5}
        shown = desk.get("/reports/").context["page"].rows
        assert {report.clearance for report in shown} == {3}
        assert {report.format for report in shown} == {"csv", "html", "pdf", "xlsx"}
        sealed = next(report for report in kept if report.clearance == 5)
        assert desk.get(f"/reports/kept/{sealed.pk}/").status_code == 404
        client.force_login(make.manager("elsewhere", facilities=[make.facility("OTHER")]))
        assert client.get("/reports/").context["page"].rows == []

    def test_a_kept_file_is_sent_as_it_was_kept_and_logged(self, desk, manager, kept):
        report = next(each for each in kept if each.clearance == 3 and each.format == "csv")
        sent = body(desk.get(f"/reports/kept/{report.pk}/"))
        with report.file.open("rb") as file:
            assert sent == file.read()
        assert AccessLog.objects.get().detail == f"kept report {report.pk} csv"

    def test_a_kept_file_is_whole_and_so_not_sent_while_names_are_masked(self, desk, kept):
        session = desk.session
        session[masking.KEY] = True
        session.save()
        response = desk.get(f"/reports/kept/{next(each for each in kept if each.clearance == 3).pk}/")
        assert response.status_code == 422
        assert "Show names first" in response.content.decode()
        assert not AccessLog.objects.exists()

    def test_a_file_that_somebody_touched_is_not_sent(self, desk, kept):
        report = next(each for each in kept if each.clearance == 3)
        with open(report.file.path, "ab") as file:
            file.write(b"more")
        response = desk.get(f"/reports/kept/{report.pk}/")
        assert response.status_code == 422
        assert "no longer the one that was kept" in response.content.decode()
        assert not AccessLog.objects.exists()

    def test_the_page_costs_a_bounded_number_of_queries(self, desk, kept):
        desk.get("/reports/")
        with counted("report_list"):
            desk.get("/reports/")
