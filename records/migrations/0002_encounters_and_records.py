"""Encounters, and what their records hold."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.expressions import CombinedExpression

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0002_encounters_and_records"]
    dependencies = [
        ("records", "0001_patients_and_practitioners"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Service",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=50, unique=True)),
                    ("title", models.CharField(max_length=100)),
                ],
            ),
            migrations.CreateModel(
                name="Encounter",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="encounters", to="staff.facility")),
                    ("patient", ForeignKey(on_delete=PROTECT, related_name="encounters", to="records.patient")),
                    (
                        "encounter_class",
                        models.CharField(
                            choices=[
                                ("inpatient", "Inpatient"),
                                ("observation", "Observation"),
                                ("emergency", "Emergency"),
                                ("ambulatory", "Ambulatory"),
                                ("swing_bed", "Swing bed"),
                                ("psychiatric", "Psychiatric inpatient"),
                                ("rehabilitation", "Rehabilitation inpatient"),
                                ("newborn", "Newborn"),
                                ("home_health", "Home health"),
                                ("virtual", "Virtual"),
                                ("pre_admission", "Pre-admission"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("planned", "Planned"),
                                ("in_progress", "In progress"),
                                ("finished", "Finished"),
                                ("cancelled", "Cancelled"),
                                ("entered_in_error", "Entered in error"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "service",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="encounters", to="records.service"
                        ),
                    ),
                    (
                        "attending",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="attended", to="records.practitioner"
                        ),
                    ),
                    ("start_first", models.DateTimeField()),
                    ("start_last", models.DateTimeField()),
                    ("end_first", models.DateTimeField(blank=True, null=True)),
                    ("end_last", models.DateTimeField(blank=True, null=True)),
                    (
                        "disposition",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("home", "Home"),
                                ("home_health", "Home with home health"),
                                ("transfer", "Transferred to another hospital"),
                                ("facility", "Nursing or rehabilitation facility"),
                                ("psychiatric", "Psychiatric facility"),
                                ("hospice", "Hospice"),
                                ("ama", "Left against medical advice"),
                                ("expired", "Died"),
                                ("other", "Other"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("location", models.CharField(blank=True, max_length=100)),
                    ("known_from", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["facility", "start_first", "id"], name="encounter_by_start"),
                        models.Index(fields=["patient", "start_first"], name="encounter_of_patient"),
                        models.Index(fields=["start_first", "id"], name="encounter_by_start_anywhere"),
                        models.Index(fields=["end_first"], name="encounter_by_end"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("start_first", None), ("start_last", None)),
                                Q(
                                    ("start_first__isnull", False),
                                    ("start_last__gte", F("start_first")),
                                    (
                                        "start_last__lte",
                                        CombinedExpression(F("start_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="encounter_start_is_a_moment",
                            violation_error_message="The start needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("end_first", None), ("end_last", None)),
                                Q(
                                    ("end_first__isnull", False),
                                    ("end_last__gte", F("end_first")),
                                    (
                                        "end_last__lte",
                                        CombinedExpression(F("end_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="encounter_end_is_a_moment",
                            violation_error_message="The end needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("end_first", None), ("end_last__gte", F("start_first")), _connector="OR"),
                            name="encounter_ends_after_it_starts",
                            violation_error_message="An encounter cannot end before it starts.",
                        ),
                        models.UniqueConstraint(fields=("id", "facility"), name="encounter_and_its_facility"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="EncounterKey",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("source", ForeignKey(on_delete=PROTECT, related_name="+", to="records.source")),
                    ("external_id", models.CharField(max_length=128)),
                    ("content_hash", models.BinaryField(max_length=32, null=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("updated_at", models.DateTimeField(auto_now=True)),
                    ("encounter", ForeignKey(on_delete=PROTECT, related_name="keys", to="records.encounter")),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(fields=("source", "external_id"), name="encounterkey_once_per_source")
                    ],
                },
            ),
            migrations.CreateModel(
                name="EncounterIdentifier",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("system", models.CharField(blank=True, max_length=255)),
                    ("value", models.CharField(max_length=255)),
                    ("encounter", ForeignKey(on_delete=PROTECT, related_name="identifiers", to="records.encounter")),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(fields=("system", "value"), name="encounteridentifier_means_one")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Record",
                fields=[
                    (
                        "encounter",
                        models.OneToOneField(
                            on_delete=PROTECT,
                            primary_key=True,
                            related_name="record",
                            serialize=False,
                            to="records.encounter",
                        ),
                    ),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="records", to="staff.facility")),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("in_progress", "In progress"),
                                ("discharged", "Discharged, nothing past due"),
                                ("incomplete", "Incomplete"),
                                ("delinquent", "Delinquent"),
                                ("complete", "Complete"),
                                ("closed", "Administratively closed"),
                            ],
                            default="in_progress",
                            max_length=12,
                        ),
                    ),
                    ("requirements_due", models.PositiveIntegerField(default=0)),
                    ("requirements_met", models.PositiveIntegerField(default=0)),
                    ("open_deficiencies", models.PositiveIntegerField(default=0)),
                    ("oldest_due_at", models.DateTimeField(blank=True, null=True)),
                    ("delinquent_at", models.DateTimeField(blank=True, null=True)),
                    ("completed_at", models.DateTimeField(blank=True, null=True)),
                    ("next_check_at", models.DateTimeField(blank=True, null=True)),
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
                            ],
                            default=3,
                        ),
                    ),
                    ("sensitivities", ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list)),
                    ("location", models.CharField(blank=True, max_length=100)),
                    ("retain_until", models.DateField(blank=True, null=True)),
                    ("legal_hold", models.BooleanField(default=False)),
                    ("closed_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "closed_by",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("closed_because", models.TextField(blank=True)),
                    (
                        "service",
                        ForeignKey(
                            blank=True,
                            db_index=False,
                            editable=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="+",
                            to="records.service",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["facility", "oldest_due_at", "encounter"], name="record_by_oldest_due"),
                        models.Index(
                            condition=Q(("next_check_at__isnull", False)),
                            fields=["facility", "next_check_at"],
                            name="record_next_check",
                        ),
                        models.Index(
                            fields=["facility", "status", "delinquent_at", "encounter"],
                            include=("confidentiality", "service"),
                            name="record_by_status",
                        ),
                        models.Index(
                            condition=Q(("delinquent_at__isnull", False)),
                            fields=["facility", "delinquent_at", "encounter"],
                            name="record_by_delinquent",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("closed_at", None), ("closed_because", ""), ("closed_by", None)),
                                Q(
                                    ("closed_at__isnull", False),
                                    ("closed_by__isnull", False),
                                    Q(("closed_because", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="record_closing_has_who_and_why",
                            violation_error_message="Closing a record needs a person and a reason.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("requirements_met__lte", F("requirements_due"))),
                            name="record_met_is_part_of_due",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("completed_at__isnull", False), ("status", "complete")),
                                Q(Q(("status", "complete"), _negated=True), ("completed_at", None)),
                                _connector="OR",
                            ),
                            name="record_completed_when_complete",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Episode",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("record", ForeignKey(on_delete=PROTECT, related_name="episodes", to="records.record")),
                    (
                        "kind",
                        models.CharField(
                            choices=[("procedure", "Procedure"), ("restraint", "Restraint")], max_length=10
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("in_progress", "In progress"),
                                ("done", "Done"),
                                ("not_done", "Not done"),
                                ("entered_in_error", "Entered in error"),
                            ],
                            default="done",
                            max_length=20,
                        ),
                    ),
                    ("code", models.CharField(blank=True, max_length=50)),
                    ("title", models.CharField(blank=True, max_length=255)),
                    ("anesthesia", models.BooleanField(default=False)),
                    (
                        "performer",
                        ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=PROTECT,
                            related_name="performed",
                            to="records.practitioner",
                        ),
                    ),
                    ("start_first", models.DateTimeField(blank=True, null=True)),
                    ("start_last", models.DateTimeField(blank=True, null=True)),
                    ("end_first", models.DateTimeField(blank=True, null=True)),
                    ("end_last", models.DateTimeField(blank=True, null=True)),
                    ("known_from", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("start_first", None), ("start_last", None)),
                                Q(
                                    ("start_first__isnull", False),
                                    ("start_last__gte", F("start_first")),
                                    (
                                        "start_last__lte",
                                        CombinedExpression(F("start_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="episode_start_is_a_moment",
                            violation_error_message="The start needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("end_first", None), ("end_last", None)),
                                Q(
                                    ("end_first__isnull", False),
                                    ("end_last__gte", F("end_first")),
                                    (
                                        "end_last__lte",
                                        CombinedExpression(F("end_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="episode_end_is_a_moment",
                            violation_error_message="The end needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("start_first", None),
                                ("end_first", None),
                                ("end_last__gte", F("start_first")),
                                _connector="OR",
                            ),
                            name="episode_ends_after_it_starts",
                            violation_error_message="A procedure or restraint cannot end before it starts.",
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="EpisodeKey",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("source", ForeignKey(on_delete=PROTECT, related_name="+", to="records.source")),
                    ("external_id", models.CharField(max_length=128)),
                    ("content_hash", models.BinaryField(max_length=32, null=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("updated_at", models.DateTimeField(auto_now=True)),
                    ("episode", ForeignKey(on_delete=PROTECT, related_name="keys", to="records.episode")),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(fields=("source", "external_id"), name="episodekey_once_per_source")
                    ],
                },
            ),
            migrations.CreateModel(
                name="DocumentType",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=50, unique=True)),
                    ("system", models.CharField(blank=True, default="http://loinc.org", max_length=255)),
                    ("title", models.CharField(max_length=200)),
                ],
            ),
            migrations.CreateModel(
                name="Document",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("record", ForeignKey(on_delete=PROTECT, related_name="documents", to="records.record")),
                    (
                        "episode",
                        ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="documents",
                            to="records.episode",
                        ),
                    ),
                    (
                        "document_type",
                        ForeignKey(
                            db_index=False, on_delete=PROTECT, related_name="documents", to="records.documenttype"
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("dictated", "Dictated"),
                                ("transcribed", "Transcribed"),
                                ("preliminary", "Preliminary"),
                                ("final", "Final"),
                                ("amended", "Amended"),
                                ("superseded", "Superseded"),
                                ("entered_in_error", "Entered in error"),
                                ("retracted", "Retracted"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "identifier",
                        models.CharField(
                            blank=True,
                            help_text="The source's main identifier; of two equals the lesser is taken.",
                            max_length=255,
                        ),
                    ),
                    (
                        "ordinal",
                        models.PositiveIntegerField(
                            blank=True, help_text="The source's own order, where it has one.", null=True
                        ),
                    ),
                    (
                        "author",
                        ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="authored",
                            to="records.practitioner",
                        ),
                    ),
                    (
                        "authenticator",
                        ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="authenticated",
                            to="records.practitioner",
                        ),
                    ),
                    (
                        "cosigner",
                        ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="cosigned",
                            to="records.practitioner",
                        ),
                    ),
                    ("authored_first", models.DateTimeField(blank=True, null=True)),
                    ("authored_last", models.DateTimeField(blank=True, null=True)),
                    ("dictated_first", models.DateTimeField(blank=True, null=True)),
                    ("dictated_last", models.DateTimeField(blank=True, null=True)),
                    ("transcribed_first", models.DateTimeField(blank=True, null=True)),
                    ("transcribed_last", models.DateTimeField(blank=True, null=True)),
                    ("signed", models.BooleanField(default=False)),
                    ("signed_first", models.DateTimeField(blank=True, null=True)),
                    ("signed_last", models.DateTimeField(blank=True, null=True)),
                    ("cosigned", models.BooleanField(default=False)),
                    ("cosigned_first", models.DateTimeField(blank=True, null=True)),
                    ("cosigned_last", models.DateTimeField(blank=True, null=True)),
                    ("sections", ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list)),
                    ("verbal", models.BooleanField(default=False, help_text="A verbal or telephone order.")),
                    (
                        "replaces",
                        ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="replaced_by",
                            to="records.document",
                        ),
                    ),
                    (
                        "addendum_to",
                        ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="addenda",
                            to="records.document",
                        ),
                    ),
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
                            ],
                            default=3,
                        ),
                    ),
                    ("attachment_sha256", models.CharField(blank=True, max_length=64)),
                    ("known_from", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["document_type", "record"], name="document_by_type"),
                        models.Index(
                            condition=Q(("addendum_to__isnull", False)), fields=["addendum_to"], name="document_addenda"
                        ),
                        BrinIndex(fields=["authored_first"], name="document_by_time"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("authored_first", None), ("authored_last", None)),
                                Q(
                                    ("authored_first__isnull", False),
                                    ("authored_last__gte", F("authored_first")),
                                    (
                                        "authored_last__lte",
                                        CombinedExpression(F("authored_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="document_authored_is_a_moment",
                            violation_error_message="The authored needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("dictated_first", None), ("dictated_last", None)),
                                Q(
                                    ("dictated_first__isnull", False),
                                    ("dictated_last__gte", F("dictated_first")),
                                    (
                                        "dictated_last__lte",
                                        CombinedExpression(F("dictated_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="document_dictated_is_a_moment",
                            violation_error_message="The dictated needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("transcribed_first", None), ("transcribed_last", None)),
                                Q(
                                    ("transcribed_first__isnull", False),
                                    ("transcribed_last__gte", F("transcribed_first")),
                                    (
                                        "transcribed_last__lte",
                                        CombinedExpression(
                                            F("transcribed_first"), "+", models.Value(timedelta(days=2))
                                        ),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="document_transcribed_is_a_moment",
                            violation_error_message="The transcribed needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("signed_first", None), ("signed_last", None)),
                                Q(
                                    ("signed_first__isnull", False),
                                    ("signed_last__gte", F("signed_first")),
                                    (
                                        "signed_last__lte",
                                        CombinedExpression(F("signed_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="document_signed_is_a_moment",
                            violation_error_message="The signed needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("cosigned_first", None), ("cosigned_last", None)),
                                Q(
                                    ("cosigned_first__isnull", False),
                                    ("cosigned_last__gte", F("cosigned_first")),
                                    (
                                        "cosigned_last__lte",
                                        CombinedExpression(F("cosigned_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="document_cosigned_is_a_moment",
                            violation_error_message="The cosigned needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("signed_first", None), ("signed", True), _connector="OR"),
                            name="document_signing_time_needs_a_signature",
                        ),
                        models.CheckConstraint(
                            condition=Q(("cosigned_first", None), ("cosigned", True), _connector="OR"),
                            name="document_cosigning_time_needs_a_cosignature",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("replaces", None), Q(("replaces", F("pk")), _negated=True), _connector="OR"),
                                Q(("addendum_to", None), Q(("addendum_to", F("pk")), _negated=True), _connector="OR"),
                            ),
                            name="document_does_not_follow_itself",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DocumentKey",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("source", ForeignKey(on_delete=PROTECT, related_name="+", to="records.source")),
                    ("external_id", models.CharField(max_length=128)),
                    ("content_hash", models.BinaryField(max_length=32, null=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("updated_at", models.DateTimeField(auto_now=True)),
                    ("document", ForeignKey(on_delete=PROTECT, related_name="keys", to="records.document")),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(fields=("source", "external_id"), name="documentkey_once_per_source")
                    ],
                },
            ),
            migrations.CreateModel(
                name="DocumentIdentifier",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("system", models.CharField(blank=True, max_length=255)),
                    ("value", models.CharField(max_length=255)),
                    ("document", ForeignKey(on_delete=PROTECT, related_name="identifiers", to="records.document")),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(fields=("system", "value"), name="documentidentifier_means_one")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Filing",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("document", ForeignKey(on_delete=PROTECT, related_name="filings", to="records.document")),
                    ("record", ForeignKey(on_delete=PROTECT, related_name="filings", to="records.record")),
                    ("known_from", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("record", "document"), name="filed_once_in_a_record")
                    ]
                },
            ),
        )
    ]
