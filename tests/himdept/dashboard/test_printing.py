import csv
import io
import re

import pytest
from openpyxl import load_workbook

from himdept.common import masking
from himdept.dashboard import printing
from records.models import AccessLog
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db(transaction=True)  # a list is taken out within a snapshot of its own
LISTS = ["record_list", "deficiency_list", "expected_list", "audit_list", "report_list"]


@pytest.fixture
def manager():
    return make.manager(first_name="Rose", last_name="Okafor")


@pytest.fixture
def desk(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def owed():
    """What two of three patients lack, a third being too confidential for a manager."""
    first = make.record(of=make.patient("Lindqvist", mrn="00482217"))
    make.deficiency(first, owed_by=make.practitioner("Vance", "T."))
    make.deficiency(make.record(of=make.patient("Ortega", mrn="00482390")), kind="unsigned")
    make.deficiency(make.record(of=make.patient("Sealed", mrn="99999999"), confidentiality=5))


def exported(response) -> list[list[str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def workbook(response):
    assert response.status_code == 200
    return load_workbook(io.BytesIO(b"".join(response.streaming_content))).active


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_printed_and_exported(desk, owed, name):
    page = desk.get(f"/lists/{name}/print/").content.decode()
    assert "Rose Okafor" in page
    assert "Confidential" in page
    assert '<nav class="duties"' not in page
    assert exported(desk.get(f"/lists/{name}.csv"))[0]
    assert workbook(desk.get(f"/lists/{name}.xlsx")).max_row > 1


class TestPrint:
    def test_it_tells_the_filter_in_words_as_of_when_who_and_when(self, desk, owed):
        make.audit_run()
        page = desk.get("/lists/deficiency_list/print/?kind=unsigned").content.decode()
        assert re.search(r"<dt>Filter</dt><dd>Status: open · What: unsigned</dd>", page)
        assert re.search(r"<dt>As of</dt><dd>the audit of <time", page)
        assert re.search(r"<dt>Printed</dt><dd>\d+ \w+ \d{4} \d\d:\d\d by Rose Okafor</dd>", page)
        assert "Ortega" in page or "ORTEGA" in page
        assert "00482217" not in page

    def test_it_has_the_columns_that_are_shown_and_no_others(self, desk, owed):
        page = desk.get("/lists/deficiency_list/print/?columns=patient,opened").content.decode()
        assert re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page) == ["Patient", "Open since"]

    def test_it_has_what_the_person_may_see(self, desk, owed):
        page = desk.get("/lists/deficiency_list/print/").content.decode()
        assert "00482217" in page
        assert "99999999" not in page

    def test_it_says_when_it_is_cut(self, desk, owed, monkeypatch):
        monkeypatch.setattr(printing, "MOST_PRINTED", 1)
        page = desk.get("/lists/deficiency_list/print/").content.decode()
        assert "the first 1 of 2" in page
        assert "Only the first 1 rows are printed" in page

    def test_an_empty_list_says_so(self, desk):
        assert "No row passes this filter." in desk.get("/lists/deficiency_list/print/").content.decode()

    def test_names_and_numbers_are_masked_if_the_person_masked_them(self, desk, owed):
        session = desk.session
        session[masking.KEY] = True
        session.save()
        page = desk.get("/lists/deficiency_list/print/").content.decode()
        assert "indqvist" not in page.lower()
        assert "00482217" not in page
        assert "are masked" in page

    def test_the_way_back_leads_to_the_same_list(self, desk, owed):
        page = desk.get("/lists/deficiency_list/print/?kind=unsigned&sort=-due").content.decode()
        assert 'href="/deficiencies/?kind=unsigned&amp;sort=-due"' in page

    def test_it_costs_a_bounded_number_of_queries(self, desk, owed):
        desk.get("/lists/deficiency_list/print/")
        with counted("list_print"):
            desk.get("/lists/deficiency_list/print/")

    def test_what_is_without_a_clock_comes_last_as_on_the_screen(self, desk, owed):
        make.deficiency(make.record(of=make.patient("Undated", mrn="1")), kind="undated", element="time", due_at=None)
        rows = exported(desk.get("/lists/deficiency_list.csv?sort=-due"))
        assert len(rows) == 4
        assert "Undated" in rows[-1][0] or "UNDATED" in rows[-1][0]


class TestExport:
    def test_it_is_the_rows_and_columns_of_the_screen(self, desk, owed):
        rows = exported(desk.get("/lists/deficiency_list.csv?columns=patient,owed_by&kind=missing"))
        assert rows[0] == ["Patient", "MRN", "Owed by"]
        assert rows[1][1:] == ["00482217", "Vance, T."]
        assert len(rows) == 2

    def test_a_workbook_says_which_rows_they_are(self, desk, owed):
        sheet = workbook(desk.get("/lists/deficiency_list.xlsx?kind=missing"))
        above = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(1, 6)}
        assert above["What"] == "missing"
        assert above["As of"]

    def test_a_formula_in_a_name_stays_a_text(self, desk):
        make.deficiency(make.record(of=make.patient("=1+1", "")), owed_by=make.practitioner("@SUM(A1)", ""))
        (_heading, row) = exported(desk.get("/lists/deficiency_list.csv?columns=patient,owed_by"))
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]

    def test_it_is_logged_with_its_filter(self, desk, manager, owed):
        exported(desk.get("/lists/deficiency_list.csv?kind=missing&sort=due"))
        entry = AccessLog.objects.get()
        told = (entry.user, entry.act, entry.rows, entry.detail)
        assert told == (manager, "listed", 1, "list deficiency_list kind=missing csv")

    def test_a_print_is_logged_too(self, desk, owed):
        desk.get("/lists/deficiency_list/print/")
        assert AccessLog.objects.get().detail == "list deficiency_list print"

    def test_a_longer_list_than_a_sheet_should_hold_is_refused_in_words(self, desk, owed, monkeypatch):
        monkeypatch.setattr(printing, "MOST_EXPORTED", 1)
        response = desk.get("/lists/deficiency_list.csv")
        assert response.status_code == 422
        assert "more than 1 rows" in response.content.decode()
        assert not AccessLog.objects.exists()

    def test_it_fetches_nothing_for_each_row(self, desk, owed, django_assert_max_num_queries):
        for _ in range(20):
            make.deficiency()
        with django_assert_max_num_queries(18):
            exported(desk.get("/lists/deficiency_list.csv"))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/lists/wages.csv", 404),
        ("/lists/wages/print/", 404),
        ("/lists/deficiency_list.pdf", 404),
        ("/lists/deficiency_list.csv?kind=odd", 400),
        ("/lists/deficiency_list.csv?columns=wages", 400),
        ("/lists/deficiency_list/print/?sort=wages", 400),
    ],
)
def test_what_there_is_not_is_refused_and_not_logged(desk, owed, address, status):
    assert desk.get(address).status_code == status
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    ("role", "prints", "exports"),
    [("", 403, 403), ("Records clerk", 200, 403), ("Records manager", 200, 200)],
)
def test_who_may_see_the_list_may_print_it_and_who_may_have_reports_may_export_it(client, owed, role, prints, exports):
    client.force_login(make.person(role=role))
    assert client.get("/lists/deficiency_list/print/").status_code == prints
    response = client.get("/lists/deficiency_list.csv")
    response.close()
    assert response.status_code == exports
