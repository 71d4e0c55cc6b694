"""In a browser: people come from a file, one of them is assessed, and their personnel file is printed."""

import os
import shutil

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from staff.models import Assessment, Employee
from tests import departments
from tests import factories as make
from tests.browser.conftest import come_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def him(db):
    make.facility()
    return departments.him()


def test_people_come_from_a_file_and_the_file_of_one_is_printed(page, him, tmp_path):
    competency = make.competency(queue="deficiencies")
    file = tmp_path / "people.csv"
    file.write_text(
        "number,given_name,family_name,seat,employed_since\n"
        f"N-1,Ada,Lund,{him.vacant['coding'].number},2024-03-01\n"
        f"N-2,Ole,Falk,{him.brandt.position().number},2024-03-01\n"
    )
    come_in(page, "okafor")
    page.goto("/staff/files/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="What would it come to?").click()
    expect(page.get_by_role("row", name="3 seat")).to_contain_text("more than it is authorised for")
    page.get_by_role("button", name="Load 1 row").click()
    page.get_by_text("1 row of the file is loaded.").wait_for()
    ada = Employee.objects.get(number="N-1")
    assert not Employee.objects.filter(number="N-2").exists()

    page.goto(f"/staff/people/{ada.pk}/fitness/")
    page.get_by_role("link", name="Record an assessment").click()
    page.get_by_label("Competency").select_option(competency.title)
    page.get_by_label("Assessor").fill(him.okafor.number)
    page.get_by_label("Passed").check()
    page.get_by_label("Proof").fill("sheet 7")
    page.get_by_role("button", name="Record it").click()
    page.get_by_text("The assessment is recorded.").wait_for()
    assert Assessment.objects.get().employee == ada

    page.goto(f"/staff/people/{ada.pk}/credentials/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Personnel file as PDF").click()
    made = download.value
    assert made.suggested_filename.startswith("personnel-file-")
    first = PdfReader(made.path()).pages[0].extract_text()
    assert "no list is checked" in " ".join(first.split())
    if folder := os.environ.get("PICTURES"):
        shutil.copy(made.path(), f"{folder}/personnel-file.pdf")
    page.reload()
    page.get_by_text("The personnel file was printed").wait_for()
