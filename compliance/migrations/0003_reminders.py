"""Who was told of what came due, once per rung."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0002_export_by_an_operator"),
        ("staff", "0019_promises_about_backgrounds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clock", models.CharField(max_length=40)),
                ("row", models.BigIntegerField()),
                ("due", models.DateField()),
                ("rung", models.PositiveSmallIntegerField()),
                ("written_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.facility"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("mailed_at", None)), fields=["facility", "person"], name="reminder_to_mail"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clock", "row", "due", "rung", "person"), name="told_once_per_rung"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mailed_at", None), ("mailed_at__gte", models.F("written_at")), _connector="OR"
                        ),
                        name="reminder_is_mailed_after_it_is_written",
                    ),
                ],
            },
        ),
    ]
