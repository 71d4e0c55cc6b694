"""What audits find to be owed or expected, and what people decide on it (docs/adr/0005, 0012)."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import CASCADE, DO_NOTHING, PROTECT, BigAutoField, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.functions import UUIDv7
from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0005_deficiencies"]
    dependencies = [("records", "0004_audits"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Due",
                fields=[
                    ("seq", BigAutoField(primary_key=True, serialize=False)),
                    (
                        "record",
                        ForeignKey(
                            db_constraint=False, null=True, on_delete=DO_NOTHING, related_name="+", to="records.record"
                        ),
                    ),
                    (
                        "facility",
                        ForeignKey(db_index=False, null=True, on_delete=CASCADE, related_name="+", to="staff.facility"),
                    ),
                    (
                        "requirement",
                        ForeignKey(
                            db_index=False, null=True, on_delete=CASCADE, related_name="+", to="records.requirement"
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "due",
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("facility", None), ("record__isnull", False), ("requirement", None)),
                                Q(("facility__isnull", False), ("record", None)),
                                _connector="OR",
                            ),
                            name="due_names_a_record_or_a_facility",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Decision",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                    ("because", models.TextField(blank=True)),
                    (
                        "to",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.practitioner"
                        ),
                    ),
                    ("selection", models.UUIDField(null=True, unique=True)),
                    (
                        "undoes",
                        models.OneToOneField(
                            null=True, on_delete=PROTECT, related_name="undone_by", to="records.decision"
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("act", "undone"), ("undoes__isnull", False)),
                                Q(
                                    Q(("act", "undone"), _negated=True),
                                    ("undoes", None),
                                    Q(("because", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="decision_says_why_or_what_it_undoes",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("act", "reassigned"), ("to__isnull", False)),
                                Q(Q(("act", "reassigned"), _negated=True), ("to", None)),
                                _connector="OR",
                            ),
                            name="decision_reassigns_to_somebody",
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="Deficiency",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "record",
                        ForeignKey(
                            db_index=False, on_delete=PROTECT, related_name="%(class)s_set", to="records.record"
                        ),
                    ),
                    ("topic", models.CharField(max_length=40)),
                    (
                        "episode",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.episode"
                        ),
                    ),
                    (
                        "document",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.document"
                        ),
                    ),
                    ("block", models.PositiveIntegerField(null=True)),
                    (
                        "requirement",
                        ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="%(class)s_set",
                            to="records.requirement",
                        ),
                    ),
                    (
                        "document_type",
                        ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.documenttype"),
                    ),
                    (
                        "owed_by",
                        ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="%(class)s_set",
                            to="records.practitioner",
                        ),
                    ),
                    ("due_at", models.DateTimeField(null=True)),
                    ("slot", models.CharField(max_length=110)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("missing", "missing"),
                                ("unsigned", "unsigned"),
                                ("uncosigned", "not co-signed"),
                                ("undated", "undated"),
                                ("missing_element", "element missing"),
                                ("late", "late"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("element", models.CharField(blank=True, max_length=100)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("open", "open"),
                                ("resolved", "resolved"),
                                ("waived", "waived"),
                                ("void", "void"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "cause",
                        models.CharField(
                            choices=[
                                ("found", "found by the audit"),
                                ("met", "met"),
                                ("met_late", "met after it was due"),
                                ("gap", "past mending: a gap in a series, that nothing which is done now can fill"),
                                ("not_due", "not due after all"),
                                ("no_gap", "no gap after all"),
                                (
                                    "withdrawn",
                                    (
                                        "what it was about was retracted, cancelled or moved, or the rule no longer "
                                        "applies"
                                    ),
                                ),
                                ("waived", "waived"),
                            ],
                            default="found",
                            max_length=10,
                        ),
                    ),
                    (
                        "served_by",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.document"
                        ),
                    ),
                    ("mendable", models.BooleanField(default=True)),
                    ("opened_at", models.DateTimeField()),
                    ("resolved_at", models.DateTimeField(editable=False, null=True)),
                    ("waived_at", models.DateTimeField(editable=False, null=True)),
                    (
                        "waived_by",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("waived_because", models.TextField(blank=True)),
                    ("reassigned_at", models.DateTimeField(editable=False, null=True)),
                    (
                        "reassigned_by",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("reassigned_because", models.TextField(blank=True, db_default="")),
                    (
                        "reassigned_from",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.practitioner"
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "deficiencies",
                    "permissions": [
                        ("waive_deficiency", "Can waive a deficiency"),
                        ("reassign_deficiency", "Can reassign a deficiency"),
                        ("export_report", "Can export a report"),
                    ],
                    "indexes": [
                        models.Index(
                            condition=Q(("status", "open")), fields=["due_at", "id"], name="deficiency_open_by_due"
                        ),
                        models.Index(
                            condition=Q(("status", "open")),
                            fields=["owed_by", "due_at", "id"],
                            name="deficiency_open_by_owed",
                        ),
                        models.Index(fields=["status", "kind"], name="deficiency_by_status"),
                        models.Index(
                            condition=Q(("status", "resolved")),
                            fields=["owed_by", "resolved_at"],
                            name="deficiency_resolved_by_owed",
                        ),
                        models.Index(fields=["due_at", "id"], name="deficiency_by_due"),
                        models.Index(
                            condition=Q(("status", "resolved")),
                            fields=["resolved_at", "id"],
                            name="deficiency_by_resolved",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("record", "topic", "episode", "document", "block", "slot"),
                            name="one_deficiency_per_occasion_and_slot",
                            nulls_distinct=False,
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("waived_at", None), ("waived_because", ""), ("waived_by", None)),
                                Q(
                                    ("waived_at__isnull", False),
                                    ("waived_by__isnull", False),
                                    Q(("waived_because", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="deficiency_waiver_has_who_when_and_why",
                            violation_error_message="A waiver needs a person and a reason.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("status", "waived"), _negated=True), ("waived_at__isnull", False), _connector="OR"
                            ),
                            name="deficiency_waived_says_by_whom",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("resolved_at__isnull", False), ("status", "resolved")),
                                Q(Q(("status", "resolved"), _negated=True), ("resolved_at", None)),
                                _connector="OR",
                            ),
                            name="deficiency_resolved_says_when",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("kind", "late"), _negated=True),
                                Q(("status", "open"), _negated=True),
                                _connector="OR",
                            ),
                            name="deficiency_late_is_never_open",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("element", ""),
                                    ("kind__in", ["missing", "unsigned", "uncosigned", "late"]),
                                    ("slot", "verdict"),
                                ),
                                Q(("kind", "undated"), ("slot", "undated"), Q(("element", ""), _negated=True)),
                                Q(
                                    ("kind", "missing_element"),
                                    ("slot__startswith", "element:"),
                                    Q(("element", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="deficiency_slot_says_its_kind",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("reassigned_at", None),
                                    ("reassigned_because", ""),
                                    ("reassigned_by", None),
                                    ("reassigned_from", None),
                                ),
                                Q(
                                    ("owed_by__isnull", False),
                                    ("reassigned_at__isnull", False),
                                    ("reassigned_by__isnull", False),
                                    Q(("reassigned_because", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="deficiency_reassignment_has_who_when_and_why",
                            violation_error_message="A reassignment needs a person, a reason and a practitioner.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("mendable", True),
                                Q(
                                    ("block__isnull", False),
                                    ("cause", "gap"),
                                    ("kind", "missing"),
                                    ("status", "resolved"),
                                ),
                                ("status", "void"),
                                _connector="OR",
                            ),
                            name="deficiency_past_mending_is_never_open",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DeficiencyEvent",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("deficiency", ForeignKey(on_delete=PROTECT, related_name="history", to="records.deficiency")),
                    ("at", models.DateTimeField(db_default=Now())),
                    ("as_of", models.DateTimeField(help_text="The moment that was judged.")),
                    (
                        "run",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.auditrun"
                        ),
                    ),
                    (
                        "by",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("open", "open"),
                                ("resolved", "resolved"),
                                ("waived", "waived"),
                                ("void", "void"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("missing", "missing"),
                                ("unsigned", "unsigned"),
                                ("uncosigned", "not co-signed"),
                                ("undated", "undated"),
                                ("missing_element", "element missing"),
                                ("late", "late"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "cause",
                        models.CharField(
                            choices=[
                                ("found", "found by the audit"),
                                ("met", "met"),
                                ("met_late", "met after it was due"),
                                ("gap", "past mending: a gap in a series, that nothing which is done now can fill"),
                                ("not_due", "not due after all"),
                                ("no_gap", "no gap after all"),
                                (
                                    "withdrawn",
                                    (
                                        "what it was about was retracted, cancelled or moved, or the rule no longer "
                                        "applies"
                                    ),
                                ),
                                ("waived", "waived"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("due_at", models.DateTimeField(null=True)),
                    ("resolved_at", models.DateTimeField(null=True)),
                    (
                        "owed_by",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.practitioner"
                        ),
                    ),
                    (
                        "requirement",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.requirement"
                        ),
                    ),
                    ("because", models.TextField(blank=True)),
                    (
                        "decision",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="events", to="records.decision"
                        ),
                    ),
                    ("reassigned_at", models.DateTimeField(null=True)),
                    (
                        "reassigned_from",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.practitioner"
                        ),
                    ),
                ],
                options={
                    "ordering": ["pk"],
                    "indexes": [
                        models.Index(
                            condition=Q(("decision__isnull", False)), fields=["decision"], name="event_by_decision"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Expected",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "record",
                        ForeignKey(
                            db_index=False, on_delete=PROTECT, related_name="%(class)s_set", to="records.record"
                        ),
                    ),
                    ("topic", models.CharField(max_length=40)),
                    (
                        "episode",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.episode"
                        ),
                    ),
                    (
                        "document",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to="records.document"
                        ),
                    ),
                    ("block", models.PositiveIntegerField(null=True)),
                    (
                        "requirement",
                        ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="%(class)s_set",
                            to="records.requirement",
                        ),
                    ),
                    (
                        "document_type",
                        ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.documenttype"),
                    ),
                    (
                        "owed_by",
                        ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="%(class)s_set",
                            to="records.practitioner",
                        ),
                    ),
                    ("due_at", models.DateTimeField(null=True)),
                ],
                options={
                    "verbose_name_plural": "expected",
                    "indexes": [models.Index(fields=["due_at", "id"], name="expected_by_due")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("record", "topic", "episode", "document", "block"),
                            name="one_expectation_per_occasion",
                            nulls_distinct=False,
                        ),
                        models.CheckConstraint(condition=Q(("due_at__isnull", False)), name="expected_has_a_due_time"),
                    ],
                },
            ),
        )
    ]
