"""Facilities and the days in which they count."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from himdept.common import moments
from himdept.common.errors import DomainError
from records.completeness.engine.charts import MIDNIGHT, ODD_MIDNIGHT
from staff.models import Facility, OddMidnight
from staff.people import facilities

pytestmark = pytest.mark.django_db


def test_a_new_database_has_one_facility_in_the_time_zone_of_the_settings(settings):
    assert list(Facility.objects.values_list("code", "time_zone")) == [("MAIN", settings.TIME_ZONE)]


@pytest.mark.parametrize(
    "name", ["America/New_York", "America/Havana", "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]
)
def test_every_midnight_is_the_same_in_the_engine_and_in_python(name):
    facilities.lay_out(name)
    first, last = date(1950, 1, 1), date(2060, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT d.day, {MIDNIGHT.format(day='d.day')} FROM (SELECT generate_series(%(first)s::date, %(last)s, "
            f"interval '1 day')::date AS day) d {ODD_MIDNIGHT.format(day='d.day')}",
            {"zone": name, "first": first, "last": last},
        )
        of_engine = dict(cursor.fetchall())
    zone = ZoneInfo(name)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert [day for day in days if of_engine[day] != moments.midnight(day, zone)] == []


def test_a_midnight_that_happens_twice_is_the_first():
    facilities.lay_out("America/Havana")
    odd = OddMidnight.objects.get(zone="America/Havana", day=date(2023, 11, 5))
    assert odd.starts_at == datetime.fromisoformat("2023-11-05T00:00-04:00")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "America"])
def test_a_facility_needs_a_time_zone_that_exists(name):
    with pytest.raises(DomainError, match="is not the name of a time zone"):
        facilities.open_facility("EAST", name="East", time_zone=name)
    assert not Facility.objects.filter(code="EAST").exists()
