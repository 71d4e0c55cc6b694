"""The access log by person and time, and what in it is of no record, for its review (45 CFR 164.308(a)(1)(ii)(D))."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0009_indexes_of_older_databases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex("accesslog", models.Index(fields=["user", "at"], name="access_by_user")),
        migrations.AddIndex(
            "accesslog",
            models.Index(condition=models.Q(("record", None)), fields=["at", "id"], name="access_to_no_record"),
        ),
        migrations.AlterField(
            "accesslog",
            "user",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
