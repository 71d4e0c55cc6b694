"""The files of the two offices, as they publish them, row by row.

OIG: LEIE, `UPDATED.csv` (oig.hhs.gov/exclusions), days as 20240131, 00000000 for none. SAM: the public exclusions
extract (sam.gov, data services), days as 01/31/2024, "Indefinite" for none. Businesses are no people of ours.
"""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from himdept.common.errors import Unreadable
from himdept.common.sheets import printable

MOST_BYTES = 200 * 1024 * 1024


class Layout(models.TextChoices):
    OIG = "oig", gettext_lazy("OIG, LEIE UPDATED.csv")
    SAM = "sam", gettext_lazy("SAM, public exclusions extract")


NEEDED = {
    Layout.OIG: {"LASTNAME", "FIRSTNAME", "MIDNAME", "NPI", "DOB", "EXCLTYPE", "EXCLDATE", "REINDATE"},
    Layout.SAM: {"Classification", "First", "Middle", "Last", "Exclusion Type", "Active Date", "Termination Date"},
}


@dataclass(frozen=True)
class Entry:
    """Somebody whom a list names."""

    family: str
    given: str
    born_on: date | None
    npi: str
    said: dict[str, str]

    @property
    def key(self) -> str:
        """The same entry has the same key in the next month's list."""
        told = [
            self.family,
            self.given,
            str(self.born_on),
            self.npi,
            *(f"{k}={v}" for k, v in sorted(self.said.items())),
        ]
        return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def plain_name(words: str) -> str:
    """A name in capitals without accents, hyphens and blanks: "O'Neill-Peña" and "ONEILL PENA" are one."""
    letters = unicodedata.normalize("NFKD", words.upper())
    return "".join(letter for letter in letters if letter.isalnum())[:100]


def read(file: BinaryIO, layout: Layout, on: date) -> tuple[list[Entry], str]:
    """The people whom a list names as excluded on a day, and the SHA-256 of the file.

    Raises Unreadable for what has not the columns of that layout, or a row that is no row of it, with its line.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 200 MB."), field="file")
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = content.decode("cp1252", errors="replace")
    rows = csv.DictReader(io.StringIO(words))
    missing = NEEDED[layout] - set(rows.fieldnames or ())
    if missing:
        told = {"layout": layout.label, "names": ", ".join(sorted(missing))}
        raise Unreadable(_("This is not %(layout)s: the columns %(names)s are missing.") % told, field="file")
    entries = list(_entries(rows, _of_oig if layout == Layout.OIG else _of_sam, on))
    if not entries:
        raise Unreadable(_("The list names nobody."), field="file")
    return entries, hashlib.sha256(content).hexdigest()


def _entries(rows: csv.DictReader, of, on: date) -> Iterator[Entry]:
    try:
        for row in rows:
            entry = of(
                {name: printable(cell or "") for name, cell in row.items() if name and isinstance(cell, str)}, on
            )
            if entry is not None and entry.family:
                yield entry
    except (ValueError, KeyError, csv.Error) as problem:
        raise Unreadable(_("Line %(n)d of the file cannot be read.") % {"n": rows.line_num}, field="file") from problem


def _of_oig(row: dict[str, str], on: date) -> Entry | None:
    if not row["LASTNAME"] or _oig_day(row["REINDATE"]):
        return None
    said = {name: row.get(name, "") for name in ("LASTNAME", "FIRSTNAME", "MIDNAME", "GENERAL", "SPECIALTY")}
    said |= {name: row.get(name, "") for name in ("CITY", "STATE", "EXCLTYPE", "EXCLDATE")}
    npi = row["NPI"] if row["NPI"].strip("0") else ""
    return Entry(plain_name(row["LASTNAME"]), plain_name(row["FIRSTNAME"]), _oig_day(row["DOB"]), npi[:10], said)


def _oig_day(words: str) -> date | None:
    return datetime.strptime(words, "%Y%m%d").date() if words.strip("0 ") else None  # noqa: DTZ007 - a day


def _of_sam(row: dict[str, str], on: date) -> Entry | None:
    if row["Classification"].lower() != "individual":
        return None
    ends = row["Termination Date"]
    if ends and ends.lower() != "indefinite" and datetime.strptime(ends, "%m/%d/%Y").date() < on:  # noqa: DTZ007 - a day
        return None
    names = ("Last", "First", "Middle", "City", "State / Province", "Excluding Agency", "Exclusion Type", "Active Date")
    said = {name: row.get(name, "") for name in (*names, "Termination Date")}
    return Entry(plain_name(row["Last"]), plain_name(row["First"]), None, row.get("NPI", "")[:10], said)
