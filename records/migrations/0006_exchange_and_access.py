"""Programs that send and read, the messages as they came, and who looked at what."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

import records.exchange.models
from himdept.common.db.functions import UUIDv7
from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0006_exchange_and_access"]
    dependencies = [
        ("records", "0005_deficiencies"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="RecordGrant",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("permission", ForeignKey(on_delete=CASCADE, to="auth.permission")),
                    ("user", ForeignKey(on_delete=CASCADE, to=settings.AUTH_USER_MODEL)),
                    ("content_object", ForeignKey(on_delete=CASCADE, related_name="grants", to="records.record")),
                ],
                options={"unique_together": {("user", "permission", "content_object")}, "abstract": False},
            ),
            migrations.CreateModel(
                name="AccessLog",
                fields=[
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "at", "id", blank=True, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("at", models.DateTimeField(db_default=Now())),
                    ("id", models.UUIDField(db_default=UUIDv7())),
                    ("user", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("record", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="records.record")),
                    (
                        "act",
                        models.CharField(
                            choices=[
                                ("read", "Opened"),
                                ("listed", "Exported in a list"),
                                ("sent", "Sent to a program"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("detail", models.CharField(blank=True, max_length=200)),
                    ("rows", models.PositiveIntegerField(default=1)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                ("user__isnull", False),
                                Q(("act", "listed"), ("record", None), Q(("detail", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="access_without_a_user_is_an_export",
                        )
                    ]
                },
            ),
            migrations.CreateModel(
                name="Client",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "application",
                        models.OneToOneField(
                            on_delete=PROTECT, related_name="client", to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL
                        ),
                    ),
                    (
                        "user",
                        models.OneToOneField(on_delete=PROTECT, related_name="client", to=settings.AUTH_USER_MODEL),
                    ),
                    ("source", ForeignKey(on_delete=PROTECT, related_name="clients", to="records.source")),
                    ("scopes", models.TextField(blank=True, help_text="What it may ask for, separated by spaces.")),
                    ("last_used_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "requests_per_minute",
                        models.PositiveIntegerField(
                            blank=True,
                            help_text="How many it may make at most; empty is what the installation allows.",
                            null=True,
                        ),
                    ),
                    (
                        "jwks",
                        models.JSONField(blank=True, help_text="Its public keys, for signed assertions.", null=True),
                    ),
                    ("jwks_url", models.CharField(blank=True, help_text="Or where they stand.", max_length=500)),
                    (
                        "purpose",
                        models.CharField(
                            choices=[
                                ("TREAT", "treatment"),
                                ("HPAYMT", "payment"),
                                ("HOPERAT", "health care operations"),
                            ],
                            default="HOPERAT",
                            help_text="What it reads records for: it stands beside each reading in the access log.",
                            max_length=10,
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("requests_per_minute", 0), _negated=True), name="client_may_make_requests"
                        ),
                        models.CheckConstraint(
                            condition=Q(("jwks__isnull", True), ("jwks_url", ""), _connector="OR"),
                            name="keys_of_a_client_are_in_one_place",
                        ),
                        models.CheckConstraint(
                            condition=Q(("purpose__in", ["TREAT", "HPAYMT", "HOPERAT"])), name="client_purpose_is_known"
                        ),
                    ],
                    "permissions": [
                        ("manage_client", "Can let programs in and say what they may do"),
                        ("switch_off_client", "Can switch a program off"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ClientSecret",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("client", ForeignKey(on_delete=PROTECT, related_name="secrets", to="records.client")),
                    ("place", models.PositiveSmallIntegerField(editable=False)),
                    ("begins", models.CharField(help_text="Its first characters, to tell it by.", max_length=6)),
                    ("sha256", models.CharField(max_length=64, unique=True)),
                    ("made_at", models.DateTimeField()),
                    (
                        "made_by",
                        ForeignKey(
                            db_index=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("ends_at", models.DateTimeField(null=True)),
                    ("last_used_at", models.DateTimeField(null=True)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("place__in", [1, 2])), name="client_secret_is_first_or_second"
                        ),
                        models.CheckConstraint(
                            condition=Q(("ends_at__gte", F("made_at"))), name="client_secret_ends_after_it_was_made"
                        ),
                        ExclusionConstraint(
                            expressions=[
                                ("client", "="),
                                ("place", "="),
                                (
                                    records.exchange.models.LiveSpan(
                                        "made_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                                    ),
                                    "&&",
                                ),
                            ],
                            name="two_live_secrets_of_a_client",
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="ClientKeyUse",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "client",
                        ForeignKey(db_index=False, on_delete=PROTECT, related_name="key_uses", to="records.client"),
                    ),
                    ("kid", models.CharField(max_length=200)),
                    ("last_used_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("client", "kid"), name="one_last_use_of_a_key")]
                },
            ),
            migrations.CreateModel(
                name="SeenAssertion",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("client", ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.client")),
                    ("jti_sha256", models.CharField(max_length=64)),
                    ("until", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("client", "jti_sha256"), name="an_assertion_is_used_once")
                    ]
                },
            ),
            migrations.CreateModel(
                name="InboundMessage",
                fields=[
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "received_at", "id", blank=True, editable=False, primary_key=True, serialize=False
                        ),
                    ),
                    ("received_at", models.DateTimeField(db_default=Now())),
                    ("id", models.UUIDField(db_default=UUIDv7())),
                    ("source", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="records.source")),
                    ("client", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="records.client")),
                    (
                        "form",
                        models.CharField(
                            choices=[("fhir_bundle", "FHIR Bundle"), ("fhir_lines", "FHIR lines")], max_length=20
                        ),
                    ),
                    (
                        "place",
                        models.CharField(
                            blank=True, help_text="File and line, or entry, where it stood.", max_length=300
                        ),
                    ),
                    ("sha256", models.CharField(max_length=64)),
                    ("body", models.BinaryField(help_text="Compressed (zlib).")),
                    (
                        "outcome",
                        models.CharField(
                            choices=[
                                ("received", "Received"),
                                ("applied", "Applied"),
                                ("unchanged", "Nothing new"),
                                ("partly", "Partly applied"),
                                ("refused", "Refused"),
                                ("ignored", "Kept, not used"),
                            ],
                            default="received",
                            max_length=10,
                        ),
                    ),
                    ("problems", models.JSONField(default=list, help_text="Each with place, element and sentence.")),
                    ("created", models.PositiveIntegerField(default=0)),
                    ("changed", models.PositiveIntegerField(default=0)),
                    ("unchanged", models.PositiveIntegerField(default=0)),
                    ("refused", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "permissions": [
                        ("view_intake", "Can see how much came in and failed"),
                        ("read_message", "Can read a message as it came"),
                        ("replay_message", "Can apply a refused message again"),
                    ]
                },
            ),
            migrations.CreateModel(
                name="MessageReplay",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("message_at", models.DateTimeField()),
                    ("message_id", models.UUIDField()),
                    ("at", models.DateTimeField(db_default=Now())),
                    ("because", models.TextField()),
                    (
                        "outcome",
                        models.CharField(
                            choices=[
                                ("received", "Received"),
                                ("applied", "Applied"),
                                ("unchanged", "Nothing new"),
                                ("partly", "Partly applied"),
                                ("refused", "Refused"),
                                ("ignored", "Kept, not used"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("problems", models.JSONField(default=list)),
                    (
                        "by",
                        ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(condition=Q(("because", ""), _negated=True), name="replay_has_a_reason")
                    ],
                    "indexes": [models.Index(fields=["message_id"], name="replay_of_message")],
                },
            ),
        )
    ]
