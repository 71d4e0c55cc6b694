"""The rule editor: what was tried before a version was published, who ended a rule and why, who may."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from himdept.common.db.operations import KeepVersions


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0018_read_by_programs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="requirement",
            options={"permissions": [("publish_requirement", "Can publish a version of a rule, and end a rule")]},
        ),
        migrations.AddField(
            model_name="requirement",
            name="dry_run",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="requirement",
            name="ended_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="requirement",
            name="ended_because",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="requirement",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="not_tried_because",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_because", ""), ("ended_by", None)),
                    models.Q(
                        ("effective__upper_inf", False),
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(("ended_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="requirement_end_has_who_when_and_why",
                violation_error_message="To end a rule needs a day, a person and a reason.",
            ),
        ),
        KeepVersions("requirement"),
    ]
