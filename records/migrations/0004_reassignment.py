"""A deficiency that is owed by somebody else than the rule says; what people decide, each act with all it changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from himdept.common.db.functions import UUIDv7
from himdept.common.db.operations import AppendOnly


def nobody_else(to: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to
    )


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_document_types"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(db_default=UUIDv7(), editable=False, unique=True)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("waived", "waived"),
                            ("reinstated", "waiver taken back"),
                            ("reassigned", "reassigned"),
                            ("returned", "reassignment taken back"),
                            ("undone", "undone"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("because", models.TextField(blank=True)),
                ("to", nobody_else("records.practitioner")),
                ("selection", models.UUIDField(null=True, unique=True)),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="records.decision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="decision_says_why_or_what_it_undoes",
                        condition=Q(act="undone", undoes__isnull=False)
                        | (~Q(act="undone") & Q(undoes=None) & ~Q(because="")),
                    ),
                    models.CheckConstraint(
                        name="decision_reassigns_to_somebody",
                        condition=Q(act="reassigned", to__isnull=False) | (~Q(act="reassigned") & Q(to=None)),
                    ),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="deficiency",
            options={
                "permissions": [
                    ("waive_deficiency", "Can waive a deficiency"),
                    ("reassign_deficiency", "Can reassign a deficiency"),
                    ("export_report", "Can export a report"),
                ],
                "verbose_name_plural": "deficiencies",
            },
        ),
        migrations.AddField("deficiency", "reassigned_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("deficiency", "reassigned_by", nobody_else(settings.AUTH_USER_MODEL)),
        migrations.AddField("deficiency", "reassigned_because", models.TextField(blank=True, db_default="")),
        migrations.AddField("deficiency", "reassigned_from", nobody_else("records.practitioner")),
        migrations.AddConstraint(
            "deficiency",
            models.CheckConstraint(
                name="deficiency_reassignment_has_who_when_and_why",
                condition=Q(reassigned_at=None, reassigned_by=None, reassigned_because="", reassigned_from=None)
                | (
                    Q(reassigned_at__isnull=False, reassigned_by__isnull=False, owed_by__isnull=False)
                    & ~Q(reassigned_because="")
                ),
                violation_error_message="A reassignment needs a person, a reason and a practitioner.",
            ),
        ),
        migrations.AddField(
            "deficiencyevent",
            "decision",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="records.decision",
            ),
        ),
        migrations.AddField("deficiencyevent", "reassigned_at", models.DateTimeField(null=True)),
        migrations.AddField("deficiencyevent", "reassigned_from", nobody_else("records.practitioner")),
        migrations.AddIndex(
            "deficiencyevent",
            models.Index(fields=["decision"], name="event_by_decision", condition=Q(decision__isnull=False)),
        ),
        AppendOnly("records_decision"),
    ]
