"""A stay in words: "Inpatient stay, Orthopedics, 8 to 12 October 2026"."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.inventory.models import Encounter

Class, Disposition = Encounter.Class, Encounter.Disposition

NAMES = {
    Class.INPATIENT: gettext_lazy("Inpatient stay"),
    Class.OBSERVATION: gettext_lazy("Observation stay"),
    Class.EMERGENCY: gettext_lazy("Emergency visit"),
    Class.AMBULATORY: gettext_lazy("Ambulatory visit"),
    Class.SWING_BED: gettext_lazy("Swing bed stay"),
    Class.PSYCHIATRIC: gettext_lazy("Psychiatric stay"),
    Class.REHABILITATION: gettext_lazy("Rehabilitation stay"),
    Class.NEWBORN: gettext_lazy("Newborn stay"),
    Class.HOME_HEALTH: gettext_lazy("Home health"),
    Class.VIRTUAL: gettext_lazy("Virtual visit"),
    Class.PRE_ADMISSION: gettext_lazy("Pre-admission"),
}
ENDINGS = {
    Disposition.HOME: gettext_lazy("went home"),
    Disposition.HOME_HEALTH: gettext_lazy("went home with home health"),
    Disposition.TRANSFER: gettext_lazy("transferred to another hospital"),
    Disposition.FACILITY: gettext_lazy("went to a nursing or rehabilitation facility"),
    Disposition.PSYCHIATRIC: gettext_lazy("went to a psychiatric facility"),
    Disposition.HOSPICE: gettext_lazy("went to a hospice"),
    Disposition.AMA: gettext_lazy("left against medical advice"),
    Disposition.EXPIRED: gettext_lazy("died"),
}
NOT_HELD = {
    Encounter.Status.PLANNED: gettext_lazy("planned"),
    Encounter.Status.CANCELLED: gettext_lazy("cancelled"),
    Encounter.Status.ENTERED_IN_ERROR: gettext_lazy("entered in error"),
}


def heading(encounter: Encounter, zone: ZoneInfo) -> str:
    """Which stay it was, and never whose."""
    parts = [str(NAMES[encounter.encounter_class])]
    if encounter.service is not None:
        parts.append(encounter.service.title)
    if encounter.status in NOT_HELD:
        parts.append(str(NOT_HELD[encounter.status]))
    parts.append(dates(encounter.start_first, encounter.end_first, zone))
    return ", ".join(parts)


def dates(start: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    """The days of a stay on the calendar of the facility, saying what they share only once."""
    first = start.astimezone(zone).date()
    if end is None:
        return _("since %(day)s") % {"day": long(first)}
    last = max(end.astimezone(zone).date(), first)
    if first == last:
        return long(first)
    words = {"last": long(last)}
    if (first.year, first.month) == (last.year, last.month):
        words["first"] = first.day
    elif first.year == last.year:
        words["first"] = date_format(first, "j F")
    else:
        words["first"] = long(first)
    return _("%(first)s to %(last)s") % words


def long(day: date) -> str:
    return date_format(day, "j F Y")


def ending(encounter: Encounter) -> str:
    return str(ENDINGS.get(encounter.disposition, ""))
