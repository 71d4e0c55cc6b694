"""When an act begins: the minute, the time zone in which its day is a day, and how that is said."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from himdept.common import moments, spoken
from staff.employment.models import Employee
from staff.personnel.kinds import AT_THE_END_OF_THE_DAY


class Begins(Protocol):
    kind: str
    effective: datetime


def moment(day: date, hour: time | None, kind: str, zone: ZoneInfo) -> datetime:
    """The minute from which an act counts: the hour that was said, else the beginning or the end of the day."""
    if hour is None:
        return moments.midnight(day + timedelta(days=1) if kind in AT_THE_END_OF_THE_DAY else day, zone)
    return datetime.combine(day, hour, zone).astimezone(UTC)


def begins(act: Begins, zone: ZoneInfo) -> str:
    """When an act begins to count: the end of a day is named by that day, not by the midnight after it."""
    local = act.effective.astimezone(zone)
    if act.kind in AT_THE_END_OF_THE_DAY and act.effective == moments.midnight(local.date(), zone):
        return _("the end of %(day)s") % {"day": spoken.day(act.effective - timedelta(minutes=1), zone)}
    return spoken.minute(act.effective, zone)


def zone_of(action) -> ZoneInfo:
    """The time zone in which an action's day is a day: of its seat's facility, else of the person's."""
    if action.position:
        return action.position.unit.facility.zone
    return zone_of_person(action.employee) if action.employee_id else timezone.get_default_timezone()


def zone_of_person(person: Employee) -> ZoneInfo:
    """The time zone of the facility where somebody sits, or sat last; else the installation's."""
    sat = person.assignments.order_by("-during").values_list("position__unit__facility__time_zone", flat=True)
    name = sat.first()
    return ZoneInfo(name) if name else timezone.get_default_timezone()
