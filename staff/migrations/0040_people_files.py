"""Files of people that are laid before the program (docs/adr/0040)."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0031_promises_about_cases"),
    ]

    operations = [
        migrations.CreateModel(
            name="PeopleFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("rows", models.JSONField(help_text="Pairs of a line of the file and its cells by column.")),
                ("unread", models.JSONField(default=list, help_text="Headings that mean nothing here.")),
                ("loaded_at", models.DateTimeField(editable=False, null=True)),
                ("counts", models.JSONField(editable=False, help_text="How many rows came to what.", null=True)),
                (
                    "refused",
                    models.JSONField(default=list, editable=False, help_text="Of each refused row: line, column, why."),
                ),
                (
                    "by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-written_at"],
                "permissions": [("import_people", "Can take over people of the own line from a file, and export them")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counts__isnull", True), ("loaded_at", None)),
                            models.Q(("counts__isnull", False), ("loaded_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="people_file_loaded_says_how_many",
                    )
                ],
            },
        ),
    ]
