import csv
import getpass
import io
import os
import stat
import subprocess
import sys
from copy import copy

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from openpyxl import load_workbook
from pypdf import PdfReader

from records.models import AccessLog, Deficiency
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)  # a report is read within a snapshot of its own


@pytest.fixture
def owed():
    return make.deficiency(make.record(of=make.patient("Lindqvist", mrn="00482217")), owed_by=make.practitioner())


def report(*arguments) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    call_command("report", *arguments, stdout=out, stderr=io.StringIO())
    out.seek(0)
    return out.read()


def test_without_a_name_it_lists_the_reports_with_their_formats():
    assert report().splitlines()[0].startswith("deficiencies (pdf, html, xlsx, csv): What is owed")
    assert "sections: summary, kinds, ages, services, practitioners, documents, list" in report()


def test_csv_goes_to_standard_output(owed):
    (row,) = csv.DictReader(io.StringIO(report("deficiencies"), newline=""))
    assert (row["MRN"], row["Owed by"], row["Kind"]) == ("00482217", "Vance, T.", "missing")


def test_every_report_is_written_to_the_access_log_without_a_user_and_with_who_it_was(owed, tmp_path):
    report("deficiencies")
    report("deficiencies", "-o", str(tmp_path / "a.xlsx"))
    told = [(entry.user, entry.act, entry.rows, entry.detail) for entry in AccessLog.objects.order_by("at")]
    assert told == [
        (None, "listed", 1, f"report deficiencies csv · operator {getpass.getuser()} at the terminal"),
        (None, "listed", 1, f"report deficiencies xlsx · operator {getpass.getuser()} at the terminal"),
    ]


def test_a_refused_report_is_not_logged():
    with pytest.raises(CommandError):
        report("deficiencies", "--section", "wages")
    assert not AccessLog.objects.exists()


def test_a_read_of_a_record_always_has_its_reader(owed):
    with pytest.raises(IntegrityError, match="access_without_a_user_is_an_export"):
        AccessLog.objects.create(user=None, record=owed.record, act="read")


def test_a_pdf_and_a_page_of_its_own_are_written(owed, tmp_path):
    report("deficiencies", "-o", str(tmp_path / "a.pdf"))
    assert "00482217" in PdfReader(tmp_path / "a.pdf").pages[-1].extract_text()
    report("deficiencies", "-o", str(tmp_path / "a.html"))
    page = (tmp_path / "a.html").read_text()
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert "00482217" in page
    assert report("deficiencies", "--format", "html").startswith("<!doctype html>")


def test_the_operator_of_the_server_is_told_of_every_record(owed):
    make.deficiency(make.record(at=make.facility("OTHER"), confidentiality=5))
    assert len(report("deficiencies").splitlines()) == 3


def test_a_section_comes_alone(owed):
    rows = list(csv.reader(io.StringIO(report("deficiencies", "--section", "practitioners"), newline="")))
    assert [row[:2] for row in rows] == [["Practitioner", "Open"], ["Vance, T.", "1"]]


def test_the_name_of_the_file_says_the_format(owed, tmp_path):
    report("deficiencies", "-o", str(tmp_path / "night.xlsx"))
    assert load_workbook(tmp_path / "night.xlsx").sheetnames[0] == "Summary"
    report("deficiencies", "--format", "csv", "-o", str(tmp_path / "night.txt"))
    assert (tmp_path / "night.txt").read_text().startswith("Facility,MRN,")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["night.txt", "night.xlsx"]


def test_the_file_is_for_its_owner_alone(owed, tmp_path):
    report("deficiencies", "-o", str(tmp_path / "a.csv"))
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600


def test_a_link_leads_to_the_new_file_and_stays_a_link(owed, tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path / "latest.csv").symlink_to("archive/a.csv")
    report("deficiencies", "-o", str(tmp_path / "latest.csv"))
    assert (tmp_path / "latest.csv").is_symlink()
    assert (tmp_path / "archive" / "a.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["wages"], "There is no report 'wages'; there is: deficiencies."),
        (["deficiencies", "--format", "doc"], "The report deficiencies comes as pdf, html, xlsx, csv, not as doc."),
        (["deficiencies", "-o", "{}/a.docx"], "The report deficiencies comes as pdf, html, xlsx, csv, not as docx."),
        (["deficiencies", "--section", "wages"], "The report deficiencies has the sections summary, kinds,"),
        (["deficiencies", "--format", "pdf"], "A report as pdf is not for the screen: name a file, -o"),
        (["deficiencies", "--format", "xlsx"], "A report as xlsx is not for the screen: name a file, -o"),
        (["deficiencies", "-o", "{}"], "is a folder; name a file."),
        (["deficiencies", "-o", "{}/none/a.csv"], "There is no folder"),
        (["deficiencies", "-o", "/dev/null"], "/dev/null is not an ordinary file; name another."),
        (["deficiencies", "-o", "{}/" + "x" * 300], "cannot be written: File name too long."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_written(tmp_path, arguments, sentence):
    with pytest.raises(CommandError) as refusal:
        report(*(argument.format(tmp_path) for argument in arguments))
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_the_new_report_fails(tmp_path):
    (tmp_path / "a.csv").write_text("of yesterday")
    with pytest.raises(CommandError):
        report("deficiencies", "--section", "wages", "-o", str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_text() == "of yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_what_was_there_is_replaced_by_a_report_that_is_whole(owed, tmp_path):
    (tmp_path / "a.csv").write_text("of yesterday")
    report("deficiencies", "-o", str(tmp_path / "a.csv"))
    assert "00482217" in (tmp_path / "a.csv").read_text()


def others(one: Deficiency, number: int):
    """As many more elements that the same entry lacks."""
    for n in range(1, number + 1):
        row = copy(one)
        row.pk, row.element, row.slot = None, str(n), f"element:{n}"
        yield row


def test_whoever_reads_may_stop_reading(owed):
    one = make.deficiency(owed.record, kind="missing_element", element="0")
    Deficiency.objects.bulk_create(others(one, 800))  # more than a pipe holds
    reader, writer = os.pipe()
    command = [sys.executable, "manage.py", "report", "deficiencies"]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        assert os.read(reader, 8) == b"Facility"
        os.close(reader)
        errors = process.stderr.read()
    assert (process.returncode, errors) == (0, b"")
