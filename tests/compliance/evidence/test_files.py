"""What a file is, is told by its content; its name must say the same."""

import hashlib

import pytest

from compliance.evidence import files
from himdept.common.errors import DomainError
from tests.compliance.evidence.acting import PDF, office, upload

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9"
DOCX, XLSX = office("word/document.xml"), office("xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("report.pdf", PDF, "application/pdf"),
        ("Report.PDF", PDF, "application/pdf"),
        ("scan.png", PNG, "image/png"),
        ("scan.jpeg", JPEG, "image/jpeg"),
        ("minutes.docx", DOCX, files.WORD),
        ("log.xlsx", XLSX, files.EXCEL),
        ("log.csv", "Tag;Zahl\r\nMärz;3\r\n".encode(), "text/csv"),
        ("note.txt", "\ufeffA note.".encode(), "text/plain"),
    ],
)
def test_a_file_that_is_what_its_name_says_is_taken(name, content, kind):
    found = files.taken(upload(name, content))
    assert (found.filename, found.media_type, found.size) == (name, kind, len(content))
    assert found.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", b"<html><script>alert(1)</script></html>"),
        ("report.pdf", b"%PDF-1.7\ncut off in the middle"),
        ("report.pdf", b"GIF89a" + PDF),  # two kinds in one
        ("scan.png", JPEG),
        ("scan.jpg", PNG),
        ("minutes.docx", XLSX),
        ("minutes.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("minutes.docx", b"PK\x03\x04 and no more"),
        ("minutes.docx", office("anything.exe")),
        ("note.txt", b"MZ\x90\x00\x03"),
        ("note.txt", "Müller".encode("latin-1")),
        ("note.txt", b"  <!DOCTYPE html><p>hello"),
        ("log.csv", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("page.html", b"<p>hello"),
        ("picture.svg", b"<svg/>"),
        ("program.exe", b"MZ"),
        ("report.pdf.exe", PDF),
        ("report", PDF),
        (".pdf", PDF),
        ("", PDF),
        ("report.pdf", b""),
    ],
)
def test_a_file_that_is_not_what_its_name_says_or_of_no_kind_that_is_taken_is_refused(name, content):
    made = upload("x", content)
    made._name = name
    with pytest.raises(DomainError) as refusal:
        files.taken(made)
    assert refusal.value.field == "file"


def test_what_a_file_is_not_is_called_as_people_write_it():
    made = upload("report.pdf", b"\x89PNG\r\n\x1a\n")
    with pytest.raises(DomainError, match=r"by its content it is no PDF\."):
        files.taken(made)


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", len(PDF) - 1)
    with pytest.raises(DomainError, match="larger than"):
        files.taken(upload())


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("C:\\papers\\report.pdf", "report.pdf"),
        ("../../etc/report.pdf", "report.pdf"),
        ("report\u202efdp.exe", "reportfdp.exe"),  # shown the other way round it would end with pdf
        ("a\r\nb.pdf", "ab.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_its_folder_and_without_what_cannot_be_seen(name, plain):
    assert files.plain_name(name) == plain
