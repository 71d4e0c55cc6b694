"""The night's work and who does it; what people are reminded of and told (docs/adr/0006)."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0001_nights_and_digests"]
    dependencies = [("records", "0008_types_of_documents"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Night",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="nights", to="staff.facility")),
                    ("business_date", models.DateField()),
                    (
                        "kind",
                        models.CharField(
                            choices=[("nightly", "Nightly"), ("by_hand", "Begun by hand")],
                            default="nightly",
                            max_length=10,
                        ),
                    ),
                    ("due_at", models.DateTimeField()),
                    (
                        "as_of",
                        models.DateTimeField(
                            help_text="The moment that it judges; when it begins, it is settled.", null=True
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("planned", "Planned"),
                                ("running", "Running"),
                                ("finished", "Finished"),
                                ("failed", "Failed in part"),
                                ("missed", "Missed"),
                            ],
                            default="planned",
                            max_length=10,
                        ),
                    ),
                    (
                        "caught_up",
                        models.BooleanField(default=False, help_text="It was missed, and begun later than it should."),
                    ),
                    ("started_at", models.DateTimeField(null=True)),
                    ("finished_at", models.DateTimeField(null=True)),
                    ("error", models.TextField(blank=True)),
                    (
                        "number",
                        models.PositiveSmallIntegerField(default=1, help_text="Of those begun by hand on one date."),
                    ),
                    (
                        "requested_by",
                        ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=Q(("state__in", ["planned", "running"])),
                            fields=["due_at"],
                            name="night_under_way",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("as_of", None),
                                    ("finished_at", None),
                                    ("started_at", None),
                                    ("state__in", ["planned", "missed"]),
                                ),
                                Q(
                                    ("as_of__isnull", False),
                                    ("finished_at", None),
                                    ("started_at__isnull", False),
                                    ("state", "running"),
                                ),
                                Q(
                                    ("as_of__isnull", False),
                                    ("finished_at__gte", F("started_at")),
                                    ("finished_at__isnull", False),
                                    ("started_at__isnull", False),
                                    ("state__in", ["finished", "failed"]),
                                ),
                                _connector="OR",
                            ),
                            name="night_has_the_times_of_its_state",
                        ),
                        models.CheckConstraint(
                            condition=Q(("started_at", None), ("started_at__gte", F("due_at")), _connector="OR"),
                            name="night_begins_when_it_is_due",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("state", "failed"), Q(("error", ""), _negated=True)),
                                Q(Q(("state", "failed"), _negated=True), ("error", "")),
                                _connector="OR",
                            ),
                            name="night_failed_has_an_error",
                        ),
                        models.CheckConstraint(
                            condition=Q(("caught_up", False), ("started_at__isnull", False), _connector="OR"),
                            name="night_caught_up_was_begun",
                        ),
                        models.UniqueConstraint(
                            fields=("facility", "business_date", "kind", "number"), name="one_night_per_date_and_kind"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("kind", "nightly"), ("number", 1), ("requested_by", None)),
                                Q(("kind", "by_hand"), ("requested_by__isnull", False), ("started_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="night_by_hand_was_asked_for",
                        ),
                    ],
                    "permissions": [("run_night", "Can begin a night by hand, and set the hour of the nights")],
                },
            ),
            migrations.CreateModel(
                name="NightStep",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("night", ForeignKey(on_delete=CASCADE, related_name="steps", to="compliance.night")),
                    ("ordinal", models.PositiveSmallIntegerField()),
                    ("name", models.CharField(max_length=40)),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("queued", "Queued"),
                                ("running", "Running"),
                                ("waiting", "Waiting for others"),
                                ("finished", "Finished"),
                                ("failed", "Failed"),
                            ],
                            default="queued",
                            max_length=10,
                        ),
                    ),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    (
                        "next_try_at",
                        models.DateTimeField(
                            db_default=Now(), help_text="Not before. Waiting is a column, not a message."
                        ),
                    ),
                    ("lease_until", models.DateTimeField(null=True)),
                    ("started_at", models.DateTimeField(help_text="The first attempt.", null=True)),
                    ("finished_at", models.DateTimeField(null=True)),
                    ("counts", models.JSONField(default=dict)),
                    ("seconds", models.FloatField(default=0, help_text="From the first attempt to the end.")),
                    ("error", models.TextField(blank=True, help_text="Of the last attempt that failed.")),
                    (
                        "audit",
                        models.OneToOneField(null=True, on_delete=PROTECT, related_name="+", to="records.auditrun"),
                    ),
                ],
                options={
                    "ordering": ["night", "ordinal"],
                    "constraints": [
                        models.UniqueConstraint(fields=("night", "ordinal"), name="one_step_per_place_in_a_night"),
                        models.UniqueConstraint(fields=("night", "name"), name="one_step_per_name_in_a_night"),
                        models.CheckConstraint(condition=Q(("attempts__lte", 3)), name="nightstep_attempts_are_capped"),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("attempts__gte", 1), ("lease_until__isnull", False), ("state", "running")),
                                Q(Q(("state", "running"), _negated=True), ("lease_until", None)),
                                _connector="OR",
                            ),
                            name="nightstep_leased_while_it_runs",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("finished_at", None), ("state", "queued")),
                                Q(
                                    ("finished_at", None),
                                    ("started_at__isnull", False),
                                    ("state__in", ["running", "waiting"]),
                                ),
                                Q(
                                    ("finished_at__gte", F("started_at")),
                                    ("finished_at__isnull", False),
                                    ("started_at__isnull", False),
                                    ("state__in", ["finished", "failed"]),
                                ),
                                _connector="OR",
                            ),
                            name="nightstep_has_the_times_of_its_state",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("state", "failed"), _negated=True), Q(("error", ""), _negated=True), _connector="OR"
                            ),
                            name="nightstep_failed_has_an_error",
                        ),
                        models.CheckConstraint(
                            condition=Q(("audit", None), ("name", "audit"), _connector="OR"),
                            name="nightstep_audits_in_its_audit",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WorkerSeen",
                fields=[
                    ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                    (
                        "queue",
                        models.CharField(
                            help_text="What it takes its work from; for the clock, “clock”.", max_length=40
                        ),
                    ),
                    ("seen_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "workers seen",
                    "indexes": [models.Index(fields=["queue", "-seen_at"], name="worker_last_of_a_queue")],
                },
            ),
            migrations.CreateModel(
                name="Reminder",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("clock", models.CharField(max_length=40)),
                    ("row", models.BigIntegerField()),
                    ("due", models.DateField()),
                    ("rung", models.PositiveSmallIntegerField()),
                    ("written_at", models.DateTimeField(db_default=Now())),
                    ("mailed_at", models.DateTimeField(null=True)),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="+", to="staff.facility")),
                    ("person", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=Q(("mailed_at", None)), fields=["facility", "person"], name="reminder_to_mail"
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("clock", "row", "due", "rung", "person"), name="told_once_per_rung"
                        ),
                        models.CheckConstraint(
                            condition=Q(("mailed_at", None), ("mailed_at__gte", F("written_at")), _connector="OR"),
                            name="reminder_is_mailed_after_it_is_written",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DigestChoice",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("wanted", models.BooleanField()),
                    ("changed_at", models.DateTimeField(auto_now=True)),
                    (
                        "person",
                        models.OneToOneField(
                            on_delete=PROTECT, related_name="digest_choice", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Digest",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("day", models.DateField(help_text="The business date of the night, a local day.")),
                    ("numbers", models.JSONField()),
                    ("written_at", models.DateTimeField(db_default=Now())),
                    ("mailed_at", models.DateTimeField(null=True)),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="+", to="staff.facility")),
                    ("person", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("facility", "day", "person"), name="one_digest_a_day"),
                        models.CheckConstraint(
                            condition=Q(("mailed_at", None), ("mailed_at__gte", F("written_at")), _connector="OR"),
                            name="digest_is_mailed_after_it_is_written",
                        ),
                    ]
                },
            ),
        )
    ]
