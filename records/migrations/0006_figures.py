"""What each audit found, kept for comparing; the trail of messages that were applied again."""

import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, ForeignKey

from himdept.common.confidentiality import Confidentiality
from himdept.common.db.operations import AppendOnly

OUTCOMES = [
    ("received", "Received"),
    ("applied", "Applied"),
    ("unchanged", "Nothing new"),
    ("partly", "Partly applied"),
    ("refused", "Refused"),
    ("ignored", "Kept, not used"),
]


def kept():
    """The columns that both kinds of kept figures have."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("day", models.DateField(help_text="The facility's local day of the moment that was judged.")),
        ("confidentiality", models.PositiveSmallIntegerField(choices=Confidentiality)),
        ("open", models.PositiveIntegerField(default=0, help_text="Open deficiencies.")),
        (
            "past_due",
            models.PositiveIntegerField(default=0, help_text="Those that were due before the moment judged."),
        ),
        ("facility", ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="staff.facility")),
        ("run", ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.auditrun")),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_reassignment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="KeptFigures",
            fields=[
                *kept(),
                ("delinquent", models.PositiveIntegerField(default=0, help_text="Records.")),
                (
                    "incomplete",
                    models.PositiveIntegerField(default=0, help_text="Records, the delinquent ones included."),
                ),
                ("undated", models.PositiveIntegerField(default=0, help_text="Open deficiencies without a clock.")),
                (
                    "due_today",
                    models.PositiveIntegerField(default=0, help_text="What was to fall due by the next midnight."),
                ),
                ("discharges", models.PositiveIntegerField(default=0)),
                ("months", models.FloatField(default=12)),
            ],
            options={
                "verbose_name_plural": "kept figures",
                "constraints": [
                    models.UniqueConstraint(fields=("run", "facility", "confidentiality"), name="figures_kept_once")
                ],
                "indexes": [models.Index(fields=["facility", "day"], name="figures_by_day")],
            },
        ),
        migrations.CreateModel(
            name="KeptOwing",
            fields=[
                *kept(),
                (
                    "practitioner",
                    ForeignKey(
                        db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.practitioner"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "kept owing",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "facility", "practitioner", "confidentiality"),
                        name="owing_kept_once",
                        nulls_distinct=False,
                    )
                ],
                "indexes": [models.Index(fields=["practitioner", "day"], name="owing_by_day")],
            },
        ),
        migrations.CreateModel(
            name="MessageReplay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_at", models.DateTimeField()),
                ("message_id", models.UUIDField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("because", models.TextField()),
                ("outcome", models.CharField(choices=OUTCOMES, max_length=10)),
                ("problems", models.JSONField(default=list)),
                (
                    "by",
                    ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(name="replay_has_a_reason", condition=~models.Q(because=""))],
                "indexes": [models.Index(fields=["message_id"], name="replay_of_message")],
            },
        ),
        migrations.AlterModelOptions(
            name="inboundmessage",
            options={
                "permissions": [
                    ("view_intake", "Can see how much came in and failed"),
                    ("read_message", "Can read a message as it came"),
                    ("replay_message", "Can apply a refused message again"),
                ]
            },
        ),
        migrations.AddIndex(
            model_name="deficiency",
            index=models.Index(
                condition=models.Q(("status", "resolved")),
                fields=["owed_by", "resolved_at"],
                name="deficiency_resolved_by_owed",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundmessage",
            index=models.Index(fields=["source", "received_at"], name="message_by_source"),
        ),
        AppendOnly("records_keptfigures", "records_keptowing", "records_messagereplay"),
    ]
