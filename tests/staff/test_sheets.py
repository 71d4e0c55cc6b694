"""The lists of exclusion screening and of learning go out as CSV and XLSX, for who may, of the own line alone."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from staff.continuing import actions as continuing
from staff.exclusions import actions as exclusions
from staff.models import ExclusionCheck, ExclusionList, ExclusionLoad, ExclusionMatch, User
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
FORMULA = "=HYPERLINK(1)"
LISTS = {
    "exclusion_loads": "/staff/exclusions/loads/",
    "exclusion_checks": "/staff/exclusions/checks/",
    "exclusion_matches": "/staff/exclusions/matches/",
    "competence_list": "/staff/competencies/",
    "learning_list": "/staff/learning/",
}
OF_PEOPLE = {name: address for name, address in LISTS.items() if name != "exclusion_loads"}


@pytest.fixture
def him(db, two_lines):
    """Of Brandt one row in every list, and one of Holt, who is in another line than Marsh's."""
    him = two_lines.lay()
    oig, keeper = ExclusionList.objects.get(code="oig"), him.okafor.user
    load = ExclusionLoad.objects.create(list=oig, month=TODAY.replace(day=1), digest="0" * 64, entries=3, by=keeper)
    shown = make.competency()
    for person in (him.brandt, him.holt):
        ExclusionCheck.objects.create(employee=person, load=load, found=person == him.holt)
        match = ExclusionMatch.objects.create(
            employee=person, list=oig, key="1", said={}, by="name", found_on=TODAY, due=TODAY + timedelta(days=9)
        )
        exclusions.decide(match, accepted=False, by=keeper, because=FORMULA)
        held = make.credential(person, by=keeper)
        said = {"title": FORMULA, "done_on": held.first_day, "units": 2, "domain": "", "proof": "Certificate"}
        continuing.learn(held, by=keeper, from_issuer=False, **said)
        make.assessment(person, shown, assessor=him.okafor, by=keeper)
    return him


def sheet_of(client, name: str, form: str = "csv") -> str:
    answer = client.get(f"/lists/{name}.{form}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_shown_and_goes_out_with_the_same_rows(him, client, name):
    client.force_login(him.okafor.user)
    with counted(name):
        page = client.get(LISTS[name])
    assert page.status_code == 200
    shown = [getattr(row, "employee", row) for row in page.context["page"]]
    rows = list(csv.reader(StringIO(sheet_of(client, name).decode("utf-8-sig"))))
    book = load_workbook(BytesIO(sheet_of(client, name, "xlsx"))).worksheets[0]
    assert len(shown) == (1 if name == "exclusion_loads" else 6 if name == "competence_list" else 2)
    for person in shown:
        assert sum(str(person).partition(" 2")[0] in ",".join(row) for row in rows) >= 1
    text = str([[cell.value for cell in row] for row in book.iter_rows()])
    assert all(str(person).partition(" 2")[0] in text for person in shown)


@pytest.mark.parametrize("name", ["credential_list", "training_list"])
def test_a_list_that_everybody_may_open_goes_out_for_who_keeps_it_and_prints(him, client, name):
    make.course()
    client.force_login(him.okafor.user)
    assert "Brandt" in sheet_of(client, name).decode()
    assert "Brandt" in client.get(f"/lists/{name}/print/").content.decode()
    client.force_login(him.brandt.user)
    assert client.get(f"/lists/{name}.csv").status_code == 403
    assert client.get(f"/lists/{name}/print/").status_code == 200


@pytest.mark.parametrize("name", ["exclusion_matches", "learning_list"])
def test_what_could_be_a_formula_is_words(him, client, name):
    client.force_login(him.okafor.user)
    assert f"'{FORMULA}" in sheet_of(client, name).decode()
    cells = [cell for row in load_workbook(BytesIO(sheet_of(client, name, "xlsx"))).worksheets[0] for cell in row]
    found = [cell for cell in cells if cell.value and FORMULA in str(cell.value)]
    assert found
    assert {cell.data_type for cell in found} == {"s"}


def test_the_proof_of_no_match_can_be_taken_out_alone(him, client):
    client.force_login(him.okafor.user)
    answer = client.get("/lists/exclusion_checks.csv?found=none")
    words = b"".join(answer.streaming_content).decode()
    assert ("Brandt" in words, "Holt" in words, "no match" in words) == (True, False, True)


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_a_list_and_its_sheet_hold_to_the_line(him, client, name):
    marsh = User.objects.get(pk=him.marsh.user_id)
    marsh.groups.add(*him.okafor.user.groups.all())
    client.force_login(marsh)
    assert client.get(LISTS[name]).status_code == 200
    words = sheet_of(client, name).decode()
    assert "Brandt" in words
    assert "Holt" not in words


@pytest.mark.parametrize(("name", "page"), [(name, 403 if name.startswith("exclusion") else 200) for name in LISTS])
def test_whoever_keeps_nothing_takes_no_sheet(him, client, name, page):
    client.force_login(him.brandt.user)
    assert client.get(LISTS[name]).status_code == page
    assert client.get(f"/lists/{name}.csv").status_code == 403
