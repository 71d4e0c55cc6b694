"""Co-signatures: the rules that ask for them, and who is in training; a practitioner's replaced facts are kept, too."""

from datetime import UTC, datetime

from django.db import migrations, models

from himdept.common.db.operations import KeepVersions

# Whoever is there already was known at any moment that an audit may ask for.
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0010_any_part_of_an_hour"),
    ]

    operations = [
        *(
            migrations.AddField("practitioner", name, models.DateField(blank=True, null=True))
            for name in ("training_from", "training_until")
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("training_until", None),
                    models.Q(("training_from__isnull", False), ("training_until__gt", models.F("training_from"))),
                    _connector="OR",
                ),
                name="practitioner_training_begins_before_it_ends",
                violation_error_message="A training begins before it ends.",
            ),
        ),
        migrations.AddField(
            model_name="practitioner",
            name="known_from",
            field=models.DateTimeField(auto_now=True, default=LONG_AGO),
            preserve_default=False,
        ),
        KeepVersions("practitioner"),
        migrations.RemoveConstraint(
            model_name="requirement",
            name="requirement_has_one_clock",
        ),
        migrations.AddField(
            model_name="requirement",
            name="cosignature",
            field=models.CharField(
                blank=True,
                choices=[
                    ("named", "where the document names who is to co-sign it"),
                    ("in_training", "where its author is in training, or it names who is to co-sign it"),
                    ("always", "of each"),
                ],
                help_text="Whether a supervisor signs too. Empty: no.",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_after_days", None), ("due_after_hours__isnull", False)),
                    models.Q(("due_after_days__isnull", False), ("due_after_hours", None)),
                    models.Q(
                        ("authentication_required", False),
                        ("cosignature", ""),
                        ("due_after_days", None),
                        ("due_after_hours", None),
                        ("sections_required", []),
                        ("trigger", "document"),
                    ),
                    _connector="OR",
                ),
                name="requirement_has_one_clock",
                violation_error_message="A requirement is due after hours or after days: exactly one of them.",
            ),
        ),
        KeepVersions("requirement"),
    ]
