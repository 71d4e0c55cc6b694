"""Who was told of which step of a personnel action."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0045_promises_about_fitness"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonnelNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="staff.personnelstep"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("read_at", None)), fields=["person"], name="notice_unread")
                ],
                "constraints": [models.UniqueConstraint(fields=("step", "person"), name="told_of_a_step_once")],
            },
        ),
    ]
