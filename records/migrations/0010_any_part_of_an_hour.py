"""Limits in any part of an hour, kept as they are said."""

from django.db import migrations, models

OF_VERSIONS = """
ALTER TABLE records_requirement_version
    ALTER COLUMN due_after_hours TYPE numeric, ALTER COLUMN not_before_hours TYPE numeric
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0009_due_names_the_rule"),
    ]

    operations = [
        migrations.AlterField(
            model_name="requirement",
            name="due_after_hours",
            field=models.DecimalField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="requirement",
            name="not_before_hours",
            field=models.DecimalField(blank=True, help_text="Hours from the trigger; negative: before it.", null=True),
        ),
        migrations.RunSQL(OF_VERSIONS, migrations.RunSQL.noop),
    ]
