"""The pieces of every sentence about a record: what a document or an element is called, days, full stops."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from himdept.common import spoken
from records.completeness import terms
from records.completeness.models import Deficiency, Expected


def day_alone(at: datetime, zone: ZoneInfo) -> str:
    return _("on %(day)s (the hour is not known)") % {"day": spoken.day(at, zone)}


def name(deficiency: Deficiency) -> str:
    """The document by its type; an entry also by when it was written, because there are several of a type."""
    entry, title = deficiency.document, deficiency.document_type.title
    if entry is None:
        return title
    words = {"document": title, "time": spoken.moment(entry.authored_first, entry.authored_last, zone_of(deficiency))}
    if entry.authored_first is None:
        return (_("%(document)s (verbal)") if entry.verbal else "%(document)s") % words
    return (_("%(document)s (verbal) of %(time)s") if entry.verbal else _("%(document)s of %(time)s")) % words


def element(deficiency: Deficiency) -> str:
    """A missing part by its name: of an entry its date or time, of a document one of its sections."""
    return str(terms.ELEMENTS.get(deficiency.element) or section(deficiency.element))


def section(code: str) -> str:
    """A section by its name: those of the federal baseline can be translated, a hospital's own are as it wrote them."""
    return str(terms.SECTIONS.get(code) or code.replace("_", " "))


def join(*sentences: str) -> str:
    return " ".join(words for words in sentences if words)


def ended(words) -> str:
    """A sentence with one full stop, also after "Vance, T."."""
    words = str(words)
    return words if words.endswith(".") else f"{words}."


def zone_of(occasion: Deficiency | Expected) -> ZoneInfo:
    return occasion.record.encounter.facility.zone
