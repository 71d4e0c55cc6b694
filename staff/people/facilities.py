"""Opening a facility: its time zone's days are laid out first, so that no due date can lack its midnight."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from himdept.common import moments
from himdept.common.errors import DomainError
from staff.people.models import Facility, TimeZone


def open_facility(code: str, *, name: str, time_zone: str, using: str | None = None, **more) -> Facility:
    """Add a facility. Raises DomainError when the time zone is not an IANA name."""
    with transaction.atomic(using=using):
        lay_out(time_zone, using=using)
        return Facility.objects.using(using).create(code=code, name=name, time_zone_id=time_zone, **more)


def lay_out(time_zone: str, *, using: str | None = None):
    """Write down when each local day of a zone begins, from 1900 to 2100; nothing when that was done before."""
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise DomainError(f"{time_zone!r} is not the name of a time zone.", field="time_zone") from problem
    with transaction.atomic(using=using):
        _, is_new = TimeZone.objects.using(using).get_or_create(pk=time_zone)
        if not is_new:
            return
        days = list(moments.every_day())
        with connections[using or DEFAULT_DB_ALIAS].cursor() as cursor:
            # One array each: a bulk_create of 73,000 objects takes seconds.
            cursor.execute(
                "INSERT INTO staff_localday (zone_id, day, starts_at) "
                "SELECT %s, * FROM unnest(%s::date[], %s::timestamptz[])",
                [time_zone, days, [moments.midnight(day, zone) for day in days]],
            )
