"""Patients and practitioners, by the numbers that their sources give them."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Upper

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0001_patients_and_practitioners"]
    dependencies = [("staff", "0015_what_is_known")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Source",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("name", models.SlugField(unique=True)),
                ],
            ),
            migrations.CreateModel(
                name="Patient",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("family_name", models.CharField(blank=True, max_length=200)),
                    ("given_name", models.CharField(blank=True, max_length=200)),
                    ("birth_date", models.DateField(blank=True, null=True)),
                    (
                        "sex",
                        models.CharField(
                            choices=[
                                ("female", "female"),
                                ("male", "male"),
                                ("other", "other"),
                                ("unknown", "unknown"),
                            ],
                            default="unknown",
                            max_length=10,
                        ),
                    ),
                    ("deceased", models.BooleanField(default=False)),
                    ("deceased_first", models.DateTimeField(blank=True, null=True)),
                    ("deceased_last", models.DateTimeField(blank=True, null=True)),
                    (
                        "mother",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="newborns", to="records.patient"
                        ),
                    ),
                    (
                        "merged_into",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="merged", to="records.patient"
                        ),
                    ),
                    ("known_from", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("deceased_first", None), ("deceased_last", None)),
                                Q(
                                    ("deceased_first__isnull", False),
                                    ("deceased_last__gte", F("deceased_first")),
                                    (
                                        "deceased_last__lte",
                                        CombinedExpression(F("deceased_first"), "+", models.Value(timedelta(days=2))),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="patient_deceased_is_a_moment",
                            violation_error_message="The deceased needs both its bounds, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("deceased_first", None), ("deceased", True), _connector="OR"),
                            name="patient_death_has_the_flag",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("merged_into", None), Q(("merged_into", F("pk")), _negated=True), _connector="OR"
                            ),
                            name="patient_is_not_merged_into_itself",
                        ),
                    ],
                    "indexes": [
                        models.Index(Upper("family_name"), Upper("given_name"), F("id"), name="patient_by_name")
                    ],
                },
            ),
            migrations.CreateModel(
                name="PatientKey",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("source", ForeignKey(on_delete=PROTECT, related_name="+", to="records.source")),
                    ("external_id", models.CharField(max_length=128)),
                    ("content_hash", models.BinaryField(max_length=32, null=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("updated_at", models.DateTimeField(auto_now=True)),
                    ("patient", ForeignKey(on_delete=PROTECT, related_name="keys", to="records.patient")),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(fields=("source", "external_id"), name="patientkey_once_per_source")
                    ],
                },
            ),
            migrations.CreateModel(
                name="PatientIdentifier",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("system", models.CharField(blank=True, max_length=255)),
                    ("value", models.CharField(max_length=255)),
                    ("kind", models.CharField(blank=True, max_length=10)),
                    ("patient", ForeignKey(on_delete=PROTECT, related_name="identifiers", to="records.patient")),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(fields=("system", "value"), name="patientidentifier_means_one")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Practitioner",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("family_name", models.CharField(blank=True, max_length=200)),
                    ("given_name", models.CharField(blank=True, max_length=200)),
                    ("prefix", models.CharField(blank=True, max_length=50)),
                    ("is_active", models.BooleanField(default=True)),
                    (
                        "is_stub",
                        models.BooleanField(
                            default=False,
                            help_text="Named by a document before anybody told us who this is; wants completing.",
                        ),
                    ),
                    ("training_from", models.DateField(blank=True, null=True)),
                    ("training_until", models.DateField(blank=True, null=True)),
                    ("known_from", models.DateTimeField(auto_now=True)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["family_name", "given_name", "id"], name="practitioner_by_name"),
                        models.Index(
                            Upper("family_name"), Upper("given_name"), F("id"), name="practitioner_by_any_case"
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                ("training_until", None),
                                Q(("training_from__isnull", False), ("training_until__gt", F("training_from"))),
                                _connector="OR",
                            ),
                            name="practitioner_training_begins_before_it_ends",
                            violation_error_message="A training begins before it ends.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PractitionerKey",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("source", ForeignKey(on_delete=PROTECT, related_name="+", to="records.source")),
                    ("external_id", models.CharField(max_length=128)),
                    ("content_hash", models.BinaryField(max_length=32, null=True)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("updated_at", models.DateTimeField(auto_now=True)),
                    ("practitioner", ForeignKey(on_delete=PROTECT, related_name="keys", to="records.practitioner")),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("source", "external_id"), name="practitionerkey_once_per_source"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PractitionerIdentifier",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("system", models.CharField(blank=True, max_length=255)),
                    ("value", models.CharField(max_length=255)),
                    (
                        "practitioner",
                        ForeignKey(on_delete=PROTECT, related_name="identifiers", to="records.practitioner"),
                    ),
                ],
                options={
                    "abstract": False,
                    "constraints": [
                        models.UniqueConstraint(fields=("system", "value"), name="practitioneridentifier_means_one")
                    ],
                },
            ),
        )
    ]
