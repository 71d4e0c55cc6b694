"""Credentials, what they ask to be kept (docs/adr/0032), schooling and work elsewhere."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0007_credentials_and_pasts"]
    dependencies = [("staff", "0006_around_personnel_actions")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Credential",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.CharField(max_length=30, verbose_name="number")),
                    ("first_day", models.DateField(verbose_name="first day")),
                    ("last_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                    ("written_at", models.DateTimeField(db_default=Now(), editable=False)),
                    (
                        "changed_at",
                        models.DateTimeField(
                            db_default=Now(),
                            editable=False,
                            help_text="Since when it says what it says; a look before proves nothing.",
                        ),
                    ),
                    ("struck_because", models.TextField(blank=True, editable=False)),
                    (
                        "certification",
                        ForeignKey(on_delete=PROTECT, related_name="credentials", to="staff.certification"),
                    ),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="credentials", to="staff.employee")),
                    (
                        "struck_by",
                        ForeignKey(
                            editable=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "written_by",
                        ForeignKey(editable=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "ordering": ["employee", "certification", "first_day"],
                    "permissions": [("keep_credential", "Can keep the credentials of people in the own line")],
                    "indexes": [
                        models.Index(fields=["last_day", "id"], name="credential_by_end"),
                        models.Index(fields=["employee", "certification", "first_day"], name="credential_by_person"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("number", ""), _negated=True), name="credential_has_a_number"
                        ),
                        models.CheckConstraint(
                            condition=Q(("last_day", None), ("last_day__gte", F("first_day")), _connector="OR"),
                            name="credential_days_are_in_order",
                            violation_error_message="The last day comes before the first.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("struck_because", ""), ("struck_by", None)),
                                Q(("struck_by__isnull", False), Q(("struck_because", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="credential_struck_has_who_and_why",
                            violation_error_message="Say why.",
                        ),
                        ExclusionConstraint(
                            condition=Q(("struck_because", "")),
                            expressions=[
                                ("employee", "="),
                                ("certification", "="),
                                (
                                    models.Func(
                                        "first_day",
                                        "last_day",
                                        django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                                        function="daterange",
                                        output_field=DateRangeField(),
                                    ),
                                    "&&",
                                ),
                            ],
                            name="one_cycle_of_a_credential_at_a_time",
                            violation_error_message=(
                                "This person holds that certification on some of these days already."
                            ),
                        ),
                        ExclusionConstraint(
                            condition=Q(("struck_because", "")),
                            expressions=[("certification", "="), ("number", "="), ("employee", "<>")],
                            name="one_holder_of_a_number",
                            violation_error_message="This number is written down for somebody else.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Verification",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "source",
                        models.CharField(
                            help_text="The issuer's own register, letter or telephone, and which.",
                            max_length=120,
                            verbose_name="source",
                        ),
                    ),
                    ("looked_on", models.DateField(verbose_name="day")),
                    (
                        "found",
                        models.CharField(
                            choices=[
                                ("confirmed", "The source confirms it"),
                                ("differs", "The source says otherwise"),
                                ("not_known", "The source does not know it"),
                                ("no_answer", "No answer could be had"),
                            ],
                            max_length=10,
                            verbose_name="result",
                        ),
                    ),
                    (
                        "proof",
                        models.CharField(
                            help_text="The number of the confirmation, or where its print is kept.",
                            max_length=200,
                            verbose_name="proof",
                        ),
                    ),
                    ("written_at", models.DateTimeField(db_default=Now(), editable=False)),
                    (
                        "by",
                        ForeignKey(editable=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                    ("credential", ForeignKey(on_delete=PROTECT, related_name="verifications", to="staff.credential")),
                ],
                options={
                    "ordering": ["-written_at", "-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(Q(("source", ""), _negated=True), Q(("proof", ""), _negated=True)),
                            name="verification_names_source_and_proof",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ContinuingRule",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("from_day", models.DateField(help_text="Cycles that begin on this day or later.")),
                    ("units", models.DecimalField(decimal_places=2, help_text="In a whole cycle.", max_digits=5)),
                    (
                        "in_domains_percent",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            help_text="Of these, at least so many in its domains.",
                            max_digits=5,
                        ),
                    ),
                    (
                        "from_issuer_percent",
                        models.DecimalField(
                            decimal_places=2,
                            default=0,
                            help_text="Of these, at least so many from its issuer.",
                            max_digits=5,
                        ),
                    ),
                    ("basis", models.CharField(blank=True, max_length=120)),
                    (
                        "to_confirm",
                        models.CharField(
                            blank=True,
                            help_text="What the hospital has yet to confirm; empty when it has.",
                            max_length=200,
                        ),
                    ),
                    (
                        "certification",
                        ForeignKey(on_delete=PROTECT, related_name="continuing_rules", to="staff.certification"),
                    ),
                ],
                options={
                    "ordering": ["certification", "-from_day"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("certification", "from_day"),
                            name="one_continuing_rule_of_a_day",
                            violation_error_message="This certification has a rule from that day on.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("from_issuer_percent__gte", 0),
                                ("from_issuer_percent__lte", 100),
                                ("in_domains_percent__gte", 0),
                                ("in_domains_percent__lte", 100),
                                ("units__gt", 0),
                            ),
                            name="continuing_rule_asks_what_can_be",
                            violation_error_message="More than no units, and shares between none and all.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DomainMinimum",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("domain", models.CharField(max_length=60)),
                    ("units", models.DecimalField(decimal_places=2, max_digits=5)),
                    ("rule", ForeignKey(on_delete=CASCADE, related_name="minimums", to="staff.continuingrule")),
                ],
                options={
                    "ordering": ["rule", "domain"],
                    "constraints": [
                        models.UniqueConstraint(fields=("rule", "domain"), name="one_minimum_of_a_domain"),
                        models.CheckConstraint(condition=Q(("units__gt", 0)), name="domain_minimum_is_some"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Learning",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "proof",
                        models.CharField(
                            help_text="What proves it, and where that is kept: a diploma, a letter.",
                            max_length=200,
                            verbose_name="proof",
                        ),
                    ),
                    ("written_at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("struck_because", models.TextField(blank=True, editable=False)),
                    ("title", models.CharField(max_length=120, verbose_name="what was learnt")),
                    ("done_on", models.DateField(verbose_name="done on")),
                    ("units", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="units")),
                    (
                        "domain",
                        models.CharField(
                            blank=True,
                            help_text="Of the credential; empty when it is in none of them.",
                            max_length=60,
                            verbose_name="domain",
                        ),
                    ),
                    (
                        "from_issuer",
                        models.BooleanField(default=False, verbose_name="from the issuer or its associations"),
                    ),
                    ("credential", ForeignKey(on_delete=PROTECT, related_name="learnings", to="staff.credential")),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="staff.employee")),
                    (
                        "struck_by",
                        ForeignKey(
                            editable=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "written_by",
                        ForeignKey(editable=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "ordering": ["employee", "-done_on", "-pk"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(condition=Q(("proof", ""), _negated=True), name="learning_has_a_proof"),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("struck_because", ""), ("struck_by", None)),
                                Q(("struck_by__isnull", False), Q(("struck_because", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="learning_struck_has_who_and_why",
                            violation_error_message="Say why.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("units__gt", 0), ("units__lte", 100)),
                            name="learning_has_units",
                            violation_error_message="More than no units, and at most 100.",
                        ),
                        models.UniqueConstraint(
                            condition=Q(("struck_because", "")),
                            fields=("employee", "title", "done_on"),
                            name="one_learning_counts_once",
                            violation_error_message="That is written down of that day already, and counts once.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Schooling",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "proof",
                        models.CharField(
                            help_text="What proves it, and where that is kept: a diploma, a letter.",
                            max_length=200,
                            verbose_name="proof",
                        ),
                    ),
                    ("written_at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("struck_because", models.TextField(blank=True, editable=False)),
                    (
                        "level",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (1, "High school"),
                                (2, "Certificate of a course"),
                                (3, "Associate's degree"),
                                (4, "Bachelor's degree"),
                                (5, "Master's degree"),
                                (6, "Doctorate"),
                            ],
                            verbose_name="level",
                        ),
                    ),
                    ("subject", models.CharField(max_length=120, verbose_name="subject and school")),
                    ("finished_on", models.DateField(verbose_name="finished on")),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="staff.employee")),
                    (
                        "struck_by",
                        ForeignKey(
                            editable=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "written_by",
                        ForeignKey(editable=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "ordering": ["employee", "-level", "-finished_on"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(condition=Q(("proof", ""), _negated=True), name="schooling_has_a_proof"),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("struck_because", ""), ("struck_by", None)),
                                Q(("struck_by__isnull", False), Q(("struck_because", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="schooling_struck_has_who_and_why",
                            violation_error_message="Say why.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Experience",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "proof",
                        models.CharField(
                            help_text="What proves it, and where that is kept: a diploma, a letter.",
                            max_length=200,
                            verbose_name="proof",
                        ),
                    ),
                    ("written_at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("struck_because", models.TextField(blank=True, editable=False)),
                    ("title", models.CharField(max_length=100, verbose_name="title")),
                    ("employer", models.CharField(max_length=120, verbose_name="employer")),
                    ("first_day", models.DateField(verbose_name="first day")),
                    ("last_day", models.DateField(verbose_name="last day")),
                    ("in_field", models.BooleanField(default=True, verbose_name="in the field of medical records")),
                    ("supervising", models.BooleanField(default=False, verbose_name="supervising others")),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="staff.employee")),
                    (
                        "struck_by",
                        ForeignKey(
                            editable=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "written_by",
                        ForeignKey(editable=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "ordering": ["employee", "-first_day"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("proof", ""), _negated=True), name="experience_has_a_proof"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("struck_because", ""), ("struck_by", None)),
                                Q(("struck_by__isnull", False), Q(("struck_because", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="experience_struck_has_who_and_why",
                            violation_error_message="Say why.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("last_day__gte", F("first_day"))),
                            name="experience_days_are_in_order",
                            violation_error_message="The last day comes before the first.",
                        ),
                    ],
                },
            ),
        )
    ]
