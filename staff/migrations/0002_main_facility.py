"""A new database has one facility, MAIN, in the time zone of the settings."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import migrations

from himdept.common.moments import every_day, midnight


def open_main(apps, schema_editor):
    using = schema_editor.connection.alias
    zone = ZoneInfo(settings.TIME_ZONE)
    days = list(every_day())
    apps.get_model("staff", "TimeZone").objects.using(using).create(name=settings.TIME_ZONE)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO staff_localday (zone_id, day, starts_at) "
            "SELECT %s, * FROM unnest(%s::date[], %s::timestamptz[])",
            [settings.TIME_ZONE, days, [midnight(day, zone) for day in days]],
        )
    apps.get_model("staff", "Facility").objects.using(using).create(
        code="MAIN", name="Main hospital", time_zone_id=settings.TIME_ZONE
    )


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]
    operations = [migrations.RunPython(open_main, migrations.RunPython.noop)]
