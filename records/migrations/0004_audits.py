"""Audits in parts, and what is kept of each (docs/adr/0005, 0016)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

import himdept.common.stored
from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0004_audits"]
    dependencies = [("records", "0003_rules"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="AuditRun",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "facility",
                        ForeignKey(
                            help_text="None: all of them.",
                            null=True,
                            on_delete=PROTECT,
                            related_name="audits",
                            to="staff.facility",
                        ),
                    ),
                    ("as_of", models.DateTimeField()),
                    ("known_at", models.DateTimeField(null=True)),
                    (
                        "full",
                        models.BooleanField(
                            default=False, help_text="Every record, not only those that something happened to."
                        ),
                    ),
                    (
                        "written",
                        models.BooleanField(default=True, help_text="False: a what-if, which changes nothing."),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("queued", "Queued"),
                                ("running", "Running"),
                                ("finished", "Finished"),
                                ("failed", "Failed"),
                            ],
                            default="queued",
                            max_length=10,
                        ),
                    ),
                    (
                        "requested_by",
                        ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                    ("created_at", models.DateTimeField(db_default=Now())),
                    ("started_at", models.DateTimeField(null=True)),
                    ("finished_at", models.DateTimeField(null=True)),
                    ("records", models.PositiveIntegerField(default=0)),
                    ("occasions", models.PositiveBigIntegerField(default=0)),
                    ("opened", models.PositiveIntegerField(default=0)),
                    ("closed", models.PositiveIntegerField(default=0)),
                    ("open", models.PositiveIntegerField(default=0)),
                    ("late", models.PositiveIntegerField(default=0)),
                    ("delinquent", models.PositiveIntegerField(default=0)),
                    ("by_kind", models.JSONField(default=dict)),
                    ("seconds", models.FloatField(default=0)),
                    ("error", models.TextField(blank=True)),
                    (
                        "rules_seen",
                        ArrayField(
                            base_field=models.BigIntegerField(),
                            default=list,
                            help_text="Due rows of changed rules that this run covers.",
                        ),
                    ),
                ],
                options={
                    "permissions": [("start_audit", "Can start an audit")],
                    "indexes": [
                        models.Index(condition=Q(("written", True)), fields=["-as_of"], name="auditrun_latest")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("known_at", None), ("written", False), _connector="OR"),
                            name="auditrun_of_the_past_writes_nothing",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="AuditShard",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("run", ForeignKey(on_delete=CASCADE, related_name="shards", to="records.auditrun")),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="+", to="staff.facility")),
                    ("first_record", models.BigIntegerField()),
                    ("last_record", models.BigIntegerField()),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("queued", "Queued"),
                                ("running", "Running"),
                                ("finished", "Finished"),
                                ("failed", "Failed"),
                            ],
                            default="queued",
                            max_length=10,
                        ),
                    ),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("lease_until", models.DateTimeField(null=True)),
                    ("claimed_by", models.CharField(blank=True, max_length=100)),
                    ("counts", models.JSONField(default=dict)),
                    ("seconds", models.FloatField(default=0)),
                    ("finished_at", models.DateTimeField(null=True)),
                    ("error", models.TextField(blank=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("run", "first_record", "facility"), name="shard_once_per_run"),
                        models.CheckConstraint(
                            condition=Q(("last_record__gte", F("first_record"))), name="shard_has_a_range"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("state", "running"), _negated=True), ("lease_until__isnull", False), _connector="OR"
                            ),
                            name="shard_running_has_a_lease",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("finished_at__isnull", False), ("state", "finished")),
                                Q(Q(("state", "finished"), _negated=True), ("finished_at", None)),
                                _connector="OR",
                            ),
                            name="shard_finished_has_a_time",
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="KeptReport",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("name", models.SlugField(max_length=40)),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="kept_reports", to="staff.facility")),
                    (
                        "run",
                        ForeignKey(
                            db_index=False, on_delete=PROTECT, related_name="kept_reports", to="records.auditrun"
                        ),
                    ),
                    (
                        "clearance",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (0, "unrestricted"),
                                (1, "low"),
                                (2, "moderate"),
                                (3, "normal"),
                                (4, "restricted"),
                                (5, "very restricted"),
                            ]
                        ),
                    ),
                    ("format", models.CharField(max_length=10)),
                    ("made_at", models.DateTimeField()),
                    ("as_of", models.DateTimeField(help_text="The moment that the audit judged.")),
                    ("rows", models.PositiveIntegerField()),
                    ("sha256", models.CharField(max_length=64)),
                    (
                        "file",
                        models.FileField(
                            max_length=200, storage=himdept.common.stored.private_storage, upload_to="reports/%Y/%m"
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["facility", "id"], name="keptreport_of_facility")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("run", "facility", "name", "clearance", "format"), name="keptreport_once_a_run"
                        ),
                        models.CheckConstraint(
                            condition=Q(Q(("file", ""), _negated=True), Q(("sha256", ""), _negated=True)),
                            name="keptreport_names_its_file",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="KeptFigures",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("day", models.DateField(help_text="The facility's local day of the moment that was judged.")),
                    (
                        "confidentiality",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (0, "unrestricted"),
                                (1, "low"),
                                (2, "moderate"),
                                (3, "normal"),
                                (4, "restricted"),
                                (5, "very restricted"),
                            ]
                        ),
                    ),
                    ("open", models.PositiveIntegerField(default=0, help_text="Open deficiencies.")),
                    (
                        "past_due",
                        models.PositiveIntegerField(
                            default=0, help_text="Those that were due before the moment judged."
                        ),
                    ),
                    ("facility", ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="staff.facility")),
                    ("run", ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.auditrun")),
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
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("day", models.DateField(help_text="The facility's local day of the moment that was judged.")),
                    (
                        "confidentiality",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (0, "unrestricted"),
                                (1, "low"),
                                (2, "moderate"),
                                (3, "normal"),
                                (4, "restricted"),
                                (5, "very restricted"),
                            ]
                        ),
                    ),
                    ("open", models.PositiveIntegerField(default=0, help_text="Open deficiencies.")),
                    (
                        "past_due",
                        models.PositiveIntegerField(
                            default=0, help_text="Those that were due before the moment judged."
                        ),
                    ),
                    ("facility", ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="staff.facility")),
                    ("run", ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.auditrun")),
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
        )
    ]
