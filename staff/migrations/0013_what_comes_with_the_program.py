"""What a new database has from the start: a facility, the catalogue of jobs, issuers, a course, exclusion lists."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import migrations

from himdept.common.moments import odd_midnights
from staff.catalogue import shipped as jobs
from staff.continuing import shipped as continuing
from staff.credentials import issuers

from ._replaced import REPLACED


def open_main(apps, schema_editor):
    """One facility, MAIN, in the time zone of the settings."""
    using = schema_editor.connection.alias
    zone, midnight, facility = (apps.get_model("staff", name) for name in ("TimeZone", "OddMidnight", "Facility"))
    zone.objects.using(using).create(name=settings.TIME_ZONE)
    midnight.objects.using(using).bulk_create(
        midnight(zone_id=settings.TIME_ZONE, day=day, starts_at=instant)
        for day, instant in odd_midnights(ZoneInfo(settings.TIME_ZONE))
    )
    facility.objects.using(using).create(code="MAIN", name="Main hospital", time_zone_id=settings.TIME_ZONE)


def load_jobs(apps, schema_editor):
    """The ten titles that come with the program, with what they typically ask."""
    using = schema_editor.connection.alias
    models = (apps.get_model("staff", name) for name in ("Certification", "Job", "Standard"))
    jobs.load(*(model.objects.using(using) for model in models))


def load_issuers(apps, schema_editor):
    """What is known of the issuers of certifications, and their rules, until the hospital confirms them."""
    using = schema_editor.connection.alias
    certifications, rules = (
        apps.get_model("staff", name).objects.using(using) for name in ("Certification", "ContinuingRule")
    )
    issuers.load(certifications)
    continuing.load(certifications, rules)


def add_course(apps, schema_editor):
    """The course comes into force when the hospital says so: nobody is late on the day of the installation."""
    apps.get_model("staff", "Course").objects.using(schema_editor.connection.alias).create(
        code="hipaa-privacy",
        title="HIPAA privacy and security",
        basis="45 CFR 164.530(b), 164.308(a)(5)",
        first_within_days=30,
        every_months=12,
        needed_to_work=True,
        to_confirm="the rule asks for a reasonable time after the hire; 30 days and each year are customary",
    )


def add_exclusion_lists(apps, schema_editor):
    """Lists that nobody has to check until the hospital says so."""
    lists = apps.get_model("staff", "ExclusionList").objects.using(schema_editor.connection.alias)
    for code, title, basis in (
        ("oig", "OIG list of excluded individuals (LEIE)", "42 USC 1320a-7, 42 CFR 1001.1901"),
        ("sam", "SAM exclusions", "2 CFR 180.300"),
    ):
        lists.create(code=code, title=title, layout=code, basis=basis)


class Migration(migrations.Migration):
    replaces = REPLACED["0013_what_comes_with_the_program"]
    dependencies = [("staff", "0012_promises_about_qualifications")]

    operations = [
        migrations.RunPython(brings, migrations.RunPython.noop)
        for brings in (open_main, load_jobs, load_issuers, add_course, add_exclusion_lists)
    ]
