"""Forms for the personnel file as PDF, set from one template as reports are (himdept.common.typesetting)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from himdept.common import spoken, typesetting
from himdept.common.paper import soft


@dataclass(frozen=True)
class Section:
    """A heading and a table below it; without `columns` each row is a label and what it is."""

    title: str
    rows: Sequence[Sequence[str]]
    columns: Sequence[str] = ("", "")


def pdf(title: str, sections: Sequence[Section], *, signatures: Sequence[str] = (), by, at: datetime, zone) -> bytes:
    """A form of these sections, with a line to sign on for each of `signatures`. Tagged, with page numbers."""
    made = _("Made %(at)s by %(who)s") % {"at": spoken.minute(at, zone), "who": by}
    form = {
        "title": title,
        "by": str(by),
        "language": (get_language() or "en").partition("-")[0],
        "paper": "us-letter",
        "sections": [
            {
                "title": section.title,
                "columns": [str(label) for label in section.columns],
                "rows": [[soft(str(words)) for words in row] for row in section.rows],
            }
            for section in sections
        ],
        "signatures": [str(label) for label in signatures],
        "words": {
            "page": _("page {page} of {pages}"),
            "made": made,
            "confidential": _("Confidential: personnel file. For those who need it for their work."),
            "nothing": _("Nothing."),
            "date": _("Date"),
        },
    }
    out = io.BytesIO()
    typesetting.typeset(form, out, at=at, template="form")
    return out.getvalue()


def answered(made: bytes, name: str) -> HttpResponse:
    """A PDF as a file that no cache keeps; its name tells of nobody."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
