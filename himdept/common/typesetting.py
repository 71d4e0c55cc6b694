"""Reports and forms as PDF: set by typst from a template, in a process of its own that may use only so much memory.

The template gets the report as data (JSON) and shows every word of it as text, so nothing that somebody once typed can
become markup. The file is tagged, has its title, language and page numbers, and is PDF/UA-1 (ISO 14289-1) wherever the
typesetter vouches for that.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from himdept.common import typesetter
from himdept.common.errors import DomainError
from himdept.common.paper import Groups, headings, soft
from himdept.common.sheets import Look, Table

MOST_ROWS = 3_000  # of the list: about 200 pages, 12 MB and half a gigabyte of memory while they are made
MOST_SECONDS = 300


def laid_out(contents, tables: list[Table]) -> dict:
    """A report as the template wants it, read within the caller's snapshot; `rows` is how many its last list shows."""
    sections, cut, rows = [], False, 0
    for table in tables:
        groups = Groups(table, MOST_ROWS if table.look == Look.LIST else None)
        sections.append(
            {
                "title": table.title,
                "look": table.look.value,
                "columns": [
                    {"label": soft(column.label), "width": column.width, "end": column.end}
                    for column in headings(table)
                ],
                "groups": [
                    {
                        "heading": group.heading.words,
                        "sum": group.sum,
                        "rows": [
                            {
                                "cells": [cell.words for cell in row.cells],
                                "below": [[label, words] for label, words in row.below],
                            }
                            for row in group.rows
                        ],
                    }
                    for group in groups
                ],
            }
        )
        rows, cut = groups.rows, cut or groups.is_cut
    notice = _("The list is longer than a PDF can be: it ends after %(rows)s rows. The workbook and the CSV have all.")
    return {
        "title": contents.title,
        "facts": [[str(label), soft(words)] for label, words in contents.facts],
        "by": contents.by,
        "at": contents.at,
        "language": (get_language() or "en").partition("-")[0],
        "paper": "us-letter",
        "notice": notice % {"rows": f"{rows:,}"} if cut else "",
        "rows": rows,
        "sections": sections,
        "words": {
            "page": _("page {page} of {pages}"),
            "made": _("Made %(at)s by %(who)s") % {"at": contents.at, "who": contents.by},
            "confidential": confidential(),
            "nothing": _("Nothing."),
        },
    }


def confidential() -> str:
    return _("Confidential: tells of patients' records. For those who need it for their work.")


def typeset(report: dict, out: BinaryIO, *, at: datetime, template: str = "report"):
    """Write what was laid out as PDF, by a template of `templates/typst`. Raises DomainError if it is too long.

    Nothing of it is left on the disk, whatever happens.
    """
    with tempfile.TemporaryDirectory() as folder:
        data, made = Path(folder, "report.json"), Path(folder, "report.pdf")
        data.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-P", typesetter.__file__, data, made, at.isoformat(), settings.BASE_DIR, template]
        try:
            ended = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False, env=environment())
        except subprocess.TimeoutExpired as problem:
            raise too_long() from problem
        if ended.returncode < 0 or typesetter.OUT_OF_MEMORY.encode() in ended.stderr:
            raise too_long()
        if ended.returncode:
            # What the typesetter complains of may quote the report, so it is not for the log.
            raise RuntimeError("The typesetter did not accept the report.")
        with made.open("rb") as pdf:
            while part := pdf.read(1 << 20):
                out.write(part)


def environment() -> dict[str, str]:
    """What the child needs to know, and no secret. On a machine of many processors each thread would reserve memory."""
    own = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return own | {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}


def too_long() -> DomainError:
    return DomainError(_("This report is too long for a PDF. The workbook and the CSV have all of it."))
