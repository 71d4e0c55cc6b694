"""Rules that ask for a document again and again, and gaps in what they ask for, which nothing fills."""

from django.conf import settings
from django.db import migrations, models

from himdept.common.db.operations import KeepVersions


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0015_deficiencies_by_due"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="requirement",
            name="requirement_has_one_clock",
        ),
        migrations.AddField(
            model_name="requirement",
            name="at_least",
            field=models.PositiveSmallIntegerField(default=1, help_text="So many in each block of days."),
        ),
        migrations.AddField(
            model_name="requirement",
            name="begins_after_days",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="The first block begins so many days after the day of the trigger."
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="ends_after_days",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="The series ends so many days after it, if nothing ends it before.", null=True
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="every_days",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="A series: one in each block of so many local days, until the end.", null=True
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="every_hours",
            field=models.DecimalField(
                blank=True, help_text="A series: one within so many hours of the one before, until the end.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="deficiency",
            name="cause",
            field=models.CharField(
                choices=[
                    ("found", "found by the audit"),
                    ("met", "met"),
                    ("met_late", "met after it was due"),
                    ("gap", "past mending: a gap in a series, that nothing which is done now can fill"),
                    ("not_due", "not due after all"),
                    ("no_gap", "no gap after all"),
                    ("withdrawn", "what it was about was retracted, cancelled or moved, or the rule no longer applies"),
                    ("waived", "waived"),
                ],
                default="found",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="deficiencyevent",
            name="cause",
            field=models.CharField(
                choices=[
                    ("found", "found by the audit"),
                    ("met", "met"),
                    ("met_late", "met after it was due"),
                    ("gap", "past mending: a gap in a series, that nothing which is done now can fill"),
                    ("not_due", "not due after all"),
                    ("no_gap", "no gap after all"),
                    ("withdrawn", "what it was about was retracted, cancelled or moved, or the rule no longer applies"),
                    ("waived", "waived"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="deficiency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mendable", True),
                    models.Q(("block__isnull", False), ("cause", "gap"), ("kind", "missing"), ("status", "resolved")),
                    ("status", "void"),
                    _connector="OR",
                ),
                name="deficiency_past_mending_is_never_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_after_days__isnull", True),
                        ("due_after_hours__isnull", False),
                        ("every_days__isnull", True),
                        ("every_hours__isnull", True),
                    ),
                    models.Q(
                        ("due_after_days__isnull", False),
                        ("due_after_hours__isnull", True),
                        ("every_days__isnull", True),
                        ("every_hours__isnull", True),
                    ),
                    models.Q(
                        ("due_after_days__isnull", True),
                        ("due_after_hours__isnull", True),
                        ("every_days__isnull", True),
                        ("every_hours__isnull", False),
                    ),
                    models.Q(
                        ("due_after_days__isnull", True),
                        ("due_after_hours__isnull", True),
                        ("every_days__isnull", False),
                        ("every_hours__isnull", True),
                    ),
                    models.Q(
                        ("due_after_days__isnull", True),
                        ("due_after_hours__isnull", True),
                        ("every_days__isnull", True),
                        ("every_hours__isnull", True),
                        ("authentication_required", False),
                        ("cosignature", ""),
                        ("sections_required", []),
                        ("trigger", "document"),
                    ),
                    _connector="OR",
                ),
                name="requirement_has_one_clock",
                violation_error_message=(
                    "A requirement is due after hours or days, or every so many hours or days: exactly one of them."
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("every_days", None), ("every_hours", None)),
                    models.Q(
                        ("authentication_required", False),
                        ("cosignature", ""),
                        ("exempts", []),
                        ("not_before_hours", None),
                        ("only_if_met", ""),
                        ("sections_required", []),
                        ("trigger__in", ["admission", "birth", "procedure_start", "restraint_start"]),
                    ),
                    _connector="OR",
                ),
                name="requirement_series_ask_for_documents_alone",
                violation_error_message=(
                    "A series begins with an admission, a birth, a procedure or a restraint, and asks only that "
                    "documents are written: signatures and sections are for a rule on each of them."
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("every_days__isnull", False),
                    models.Q(("at_least", 1), ("begins_after_days", 0), ("ends_after_days", None)),
                    _connector="OR",
                ),
                name="requirement_blocks_are_of_days",
                violation_error_message="Only a series by days counts documents, begins later or ends by itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("every_hours", None), ("every_hours__gt", 0), _connector="OR"),
                    models.Q(("every_days", None), ("every_days__gte", 1), _connector="OR"),
                    ("at_least__gte", 1),
                    models.Q(
                        ("ends_after_days", None),
                        ("ends_after_days__gt", models.F("begins_after_days")),
                        _connector="OR",
                    ),
                ),
                name="requirement_series_goes_on",
                violation_error_message="A series asks for something, again and again, and ends after it begins.",
            ),
        ),
        KeepVersions("requirement"),
    ]
