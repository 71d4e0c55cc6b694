"""Files that are taken as evidence: what they are is told by their content, and their name must say the same."""

import hashlib
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from django.core.files import File
from django.utils.translation import gettext as _

from himdept.common.errors import DomainError

MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 100
BEGIN, END = 4096, 1024  # bytes that are looked at
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {  # by what a name may end with
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": WORD,
    "xlsx": EXCEL,
    "csv": "text/csv",
    "txt": "text/plain",
}
MARKUP = ("<!", "<?", "<html", "<svg", "<script", "<head", "<body")


@dataclass(frozen=True)
class Taken:
    """A file that may be kept: its name without any folder, what it is, its length in bytes and its SHA-256."""

    filename: str
    media_type: str
    size: int
    sha256: str


def taken(upload: File) -> Taken:
    """Look at a file that somebody brings.

    Raises DomainError for what is empty, too large, of no kind that is taken, or not what its name says.
    """
    name = plain_name(upload.name or "")
    if not upload.size:
        raise refusal(_("The file is empty."))
    if upload.size > MOST_BYTES:
        raise refusal(_("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1024**2})
    ending = name.rpartition(".")[2].lower()
    if ending not in TYPES:
        raise refusal(_("A file ends with one of: %(endings)s.") % {"endings": ", ".join(TYPES)})
    told = told_by_content(upload.file)
    if TYPES[ending] not in told:
        what = {"ending": ending.upper()}
        raise refusal(_("The file is not what its name says: by its content it is no %(ending)s.") % what)
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Taken(name, TYPES[ending], upload.size, digest.hexdigest())


def refusal(words: str) -> DomainError:
    return DomainError(words, field="file")


def plain_name(name: str) -> str:
    """The name alone: no folder, nothing that cannot be seen (it could turn the ending round), no blanks around."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if not unicodedata.category(letter).startswith("C")).strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:8]}" if stem else ""


def told_by_content(file: BinaryIO) -> set[str]:
    """What a file is by its content; of plain text it cannot be told whether it is a table."""
    file.seek(0)
    begin = file.read(BEGIN)
    if begin.startswith(b"%PDF-"):
        return {TYPES["pdf"]} if b"%%EOF" in the_end(file) else set()
    if begin.startswith(b"\x89PNG\r\n\x1a\n") and begin[12:16] == b"IHDR":
        return {TYPES["png"]}
    if begin.startswith(b"\xff\xd8\xff"):
        return {TYPES["jpg"]} if b"\xff\xd9" in the_end(file) else set()
    if begin.startswith(b"PK\x03\x04"):
        return told_by_parts(file)
    return {TYPES["csv"], TYPES["txt"]} if is_plain_text(file) else set()


def the_end(file: BinaryIO) -> bytes:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - END))
    return file.read()


def told_by_parts(file: BinaryIO) -> set[str]:
    """A document of an office program, by the names of its parts: nothing is unpacked. One with macros is none."""
    try:
        with zipfile.ZipFile(file) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return set()
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return set()
    whole = {"word/document.xml": WORD, "xl/workbook.xml": EXCEL}
    return {kind for part, kind in whole.items() if part in names}


def is_plain_text(file: BinaryIO) -> bool:
    """UTF-8 without control characters, and no page or picture that a browser would draw."""
    file.seek(0)
    try:
        words = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if words.lstrip().lower().startswith(MARKUP):
        return False
    return not any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\r\f" for letter in set(words))
