"""Evidence, its revisions, what it supports and what was withdrawn: append-only, all of it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import compliance.evidence.models
import himdept.common.stored
from himdept.common.db.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0007_crosswalks"),
        ("staff", "0048_checklists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="staff.facility"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "permissions": [
                    ("own_evidence", "Can answer for evidence and recurring controls, and withdraw evidence")
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceSupport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "element",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supported_by",
                        to="compliance.element",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="supports", to="compliance.evidence"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="evidence",
            name="elements",
            field=models.ManyToManyField(
                related_name="evidence", through="compliance.EvidenceSupport", to="compliance.element"
            ),
        ),
        migrations.CreateModel(
            name="EvidenceWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("because", models.TextField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="compliance.evidence"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EvidenceRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("file", "File"),
                            ("link", "Link"),
                            ("reading", "Reading of a measure"),
                            ("policy", "Policy"),
                            ("records", "List of records"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("covers_from", models.DateField()),
                ("covers_until", models.DateField(null=True)),
                ("claimed_for", models.DateField(null=True)),
                ("review_by", models.DateField(null=True)),
                ("expires_on", models.DateField(null=True)),
                ("because", models.TextField(blank=True, help_text="What was revised, and why; empty of the first.")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        max_length=200,
                        storage=himdept.common.stored.private_storage,
                        upload_to=compliance.evidence.models.place_of,
                    ),
                ),
                ("filename", models.CharField(blank=True, help_text="As whoever brought it named it.", max_length=120)),
                ("media_type", models.CharField(blank=True, help_text="By its content.", max_length=100)),
                ("size", models.PositiveIntegerField(default=0, help_text="In bytes.")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("link", models.URLField(blank=True, max_length=500)),
                ("records", models.CharField(blank=True, help_text="The address of a list of ours.", max_length=1000)),
                ("version", models.CharField(blank=True, max_length=40)),
                ("approved_on", models.DateField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="compliance.evidence"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_owned",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reading",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.reading",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_on"], name="evidence_by_expiry")],
                "constraints": [
                    models.UniqueConstraint(fields=("evidence", "number"), name="revision_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_on", None),
                                ("kind", "file"),
                                ("link", ""),
                                ("reading", None),
                                ("records", ""),
                                ("size__gt", 0),
                                ("version", ""),
                                models.Q(("file", ""), _negated=True),
                                models.Q(("filename", ""), _negated=True),
                                models.Q(("media_type", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            models.Q(
                                ("approved_on", None),
                                ("file", ""),
                                ("kind", "link"),
                                ("link__startswith", "https://"),
                                ("reading", None),
                                ("records", ""),
                                ("version", ""),
                            ),
                            models.Q(
                                ("approved_on", None),
                                ("file", ""),
                                ("kind", "reading"),
                                ("link", ""),
                                ("reading__isnull", False),
                                ("records", ""),
                                ("version", ""),
                            ),
                            models.Q(
                                ("approved_on__isnull", False),
                                ("file", ""),
                                ("kind", "policy"),
                                ("link", ""),
                                ("reading", None),
                                ("records", ""),
                                models.Q(("version", ""), _negated=True),
                            ),
                            models.Q(
                                ("approved_on", None),
                                ("file", ""),
                                ("kind", "records"),
                                ("link", ""),
                                ("reading", None),
                                ("version", ""),
                                models.Q(("records", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="evidence_has_what_its_kind_has",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("covers_until", None), ("kind", "policy")),
                            ("covers_until__gte", models.F("covers_from")),
                            _connector="OR",
                        ),
                        name="evidence_covers_some_time",
                        violation_error_message="It ends before it begins.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_for", None),
                            models.Q(
                                ("claimed_for__gte", models.F("covers_from")),
                                models.Q(
                                    ("covers_until", None),
                                    ("claimed_for__lte", models.F("covers_until")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="evidence_covers_what_it_is_claimed_for",
                        violation_error_message="The period does not cover that day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on", None), ("expires_on__gte", models.F("covers_from")), _connector="OR"
                        ),
                        name="evidence_expires_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number", 1),
                            models.Q(("number__gt", 1), models.Q(("because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="revision_says_why",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="evidencesupport",
            constraint=models.UniqueConstraint(
                fields=("evidence", "element"),
                name="supports_once",
                violation_error_message="It supports that element already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencewithdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("because", ""), _negated=True), name="withdrawal_has_a_reason"
            ),
        ),
        AppendOnly(
            "compliance_evidence",
            "compliance_evidencesupport",
            "compliance_evidencewithdrawal",
            "compliance_evidencerevision",
        ),
    ]
