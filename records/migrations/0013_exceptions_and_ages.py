"""Exceptions, ages and named procedures; a patient's replaced facts are kept, too, for the day of birth is judged."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from himdept.common.db.operations import KeepVersions


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0012_client_secrets"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="requirement",
            name="requirement_entries_stand_alone",
        ),
        migrations.AddField(
            model_name="requirement",
            name="age_below_years",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requirement",
            name="age_from_years",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="Of the patient, on the day of the occasion.", null=True
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="exempts",
            field=ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                default=list,
                help_text="An exception: these topics are not asked for where this rule applies.",
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="procedure_codes",
            field=ArrayField(
                base_field=models.CharField(max_length=50), blank=True, default=list, help_text="Empty: all procedures."
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("trigger__in", ["order", "document"]), _negated=True),
                    models.Q(("exempts", []), ("not_before_hours", None), ("only_if_met", "")),
                    _connector="OR",
                ),
                name="requirement_entries_stand_alone",
                violation_error_message=(
                    "A rule on each entry has no window before it and no precondition, and is no exception."
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("exempts", []), ("only_if_met", ""), _connector="OR"),
                name="requirement_exceptions_have_no_condition",
                violation_error_message="An exception holds wherever it applies: it has no precondition.",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("trigger__in", ["procedure_start", "procedure_end"]), ("procedure_codes", []), _connector="OR"
                ),
                name="requirement_procedures_are_of_its_trigger",
                violation_error_message="Only a rule on procedures can name some of them.",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stay_at_least_hours", None),
                    ("stay_less_than_hours", None),
                    ("stay_less_than_hours__gt", models.F("stay_at_least_hours")),
                    _connector="OR",
                ),
                name="requirement_stay_may_be_so_long",
                violation_error_message="No stay is at least as long and shorter.",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("age_from_years", None),
                    ("age_below_years", None),
                    ("age_below_years__gt", models.F("age_from_years")),
                    _connector="OR",
                ),
                name="requirement_somebody_is_of_that_age",
                violation_error_message="Nobody is at least as old and younger.",
            ),
        ),
        KeepVersions("requirement"),
        KeepVersions("patient"),
    ]
