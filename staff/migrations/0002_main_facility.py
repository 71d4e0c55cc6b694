"""A new database has one facility, MAIN, in the time zone of the settings."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import migrations

from himdept.common.moments import odd_midnights


def open_main(apps, schema_editor):
    using = schema_editor.connection.alias
    zone, midnight, facility = (apps.get_model("staff", name) for name in ("TimeZone", "OddMidnight", "Facility"))
    zone.objects.using(using).create(name=settings.TIME_ZONE)
    midnight.objects.using(using).bulk_create(
        midnight(zone_id=settings.TIME_ZONE, day=day, starts_at=instant)
        for day, instant in odd_midnights(ZoneInfo(settings.TIME_ZONE))
    )
    facility.objects.using(using).create(code="MAIN", name="Main hospital", time_zone_id=settings.TIME_ZONE)


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]
    operations = [migrations.RunPython(open_main, migrations.RunPython.noop)]
