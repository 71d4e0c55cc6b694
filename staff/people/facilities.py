"""Opening a facility: its time zone's odd midnights are written down first, so that no due date is an hour off."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from himdept.common import moments
from himdept.common.errors import DomainError
from staff.people.models import Facility, OddMidnight, TimeZone


def open_facility(code: str, *, name: str, time_zone: str, using: str | None = None, **more) -> Facility:
    """Add a facility. Raises DomainError when the time zone is not an IANA name."""
    with transaction.atomic(using=using):
        lay_out(time_zone, using=using)
        return Facility.objects.using(using).create(code=code, name=name, time_zone_id=time_zone, **more)


def lay_out(time_zone: str, *, using: str | None = None):
    """Make a zone known with its odd midnights (a fifth of a second); nothing when that was done before."""
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise DomainError(f"{time_zone!r} is not the name of a time zone.", field="time_zone") from problem
    with transaction.atomic(using=using):
        _, is_new = TimeZone.objects.using(using).get_or_create(pk=time_zone)
        if is_new:
            OddMidnight.objects.using(using).bulk_create(
                OddMidnight(zone_id=time_zone, day=day, starts_at=instant) for day, instant in odd_midnights(zone)
            )


@cache
def odd_midnights(zone: ZoneInfo) -> tuple[tuple[date, datetime], ...]:
    return tuple(moments.odd_midnights(zone))
