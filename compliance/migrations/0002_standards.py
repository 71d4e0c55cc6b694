"""Standards, how they correspond, and how each facility stands against them: append-only, all of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from himdept.common.db.operations import AppendOnly, CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0002_standards"]
    dependencies = [
        ("compliance", "0001_nights_and_digests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Framework",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.SlugField(max_length=40, unique=True)),
                    ("title", models.CharField(max_length=200)),
                ],
            ),
            migrations.CreateModel(
                name="Edition",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=20)),
                    ("effective_from", models.DateField()),
                    ("source", models.URLField()),
                    ("kinds", ArrayField(base_field=models.CharField(max_length=20))),
                    ("loaded_at", models.DateTimeField(db_default=Now())),
                    ("framework", ForeignKey(on_delete=PROTECT, related_name="editions", to="compliance.framework")),
                    ("state", models.CharField(blank=True, db_default="", max_length=2)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("framework", "code"), name="edition_once"),
                        models.UniqueConstraint(fields=("framework", "effective_from"), name="one_edition_from_a_day"),
                    ]
                },
            ),
            migrations.CreateModel(
                name="Chapter",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=40)),
                    ("title", models.CharField(max_length=200)),
                    ("ordinal", models.PositiveSmallIntegerField()),
                    ("edition", ForeignKey(on_delete=PROTECT, related_name="chapters", to="compliance.edition")),
                ],
                options={"constraints": [models.UniqueConstraint(fields=("edition", "code"), name="chapter_once")]},
            ),
            migrations.CreateModel(
                name="Element",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=40)),
                    ("asks", models.CharField(max_length=300)),
                    ("basis", models.CharField(max_length=200)),
                    ("tag", models.CharField(blank=True, max_length=40)),
                    ("follows", ArrayField(base_field=models.CharField(max_length=40), default=list)),
                    ("ordinal", models.PositiveSmallIntegerField()),
                    ("chapter", ForeignKey(on_delete=PROTECT, related_name="elements", to="compliance.chapter")),
                    ("edition", ForeignKey(on_delete=PROTECT, related_name="elements", to="compliance.edition")),
                ],
                options={
                    "permissions": [("assess_element", "Can judge an element of a standard")],
                    "constraints": [models.UniqueConstraint(fields=("edition", "code"), name="element_once")],
                },
            ),
            migrations.CreateModel(
                name="Binding",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("metric", models.CharField(max_length=60)),
                    ("element", ForeignKey(on_delete=PROTECT, related_name="bindings", to="compliance.element")),
                ],
                options={
                    "indexes": [models.Index(fields=["metric"], name="binding_of_metric")],
                    "constraints": [models.UniqueConstraint(fields=("element", "metric"), name="bound_once")],
                },
            ),
            migrations.CreateModel(
                name="Crosswalk",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.SlugField(max_length=60)),
                    ("edition", models.CharField(max_length=20)),
                    ("effective_from", models.DateField()),
                    ("loaded_at", models.DateTimeField(db_default=Now())),
                    ("one", ForeignKey(on_delete=PROTECT, related_name="+", to="compliance.edition")),
                    ("other", ForeignKey(on_delete=PROTECT, related_name="+", to="compliance.edition")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("code", "edition"), name="crosswalk_once"),
                        models.UniqueConstraint(fields=("code", "effective_from"), name="one_crosswalk_from_a_day"),
                        models.CheckConstraint(
                            condition=Q(("one", F("other")), _negated=True), name="crosswalk_is_between_two"
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="Correspondence",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "relation",
                        models.CharField(
                            choices=[
                                ("equal", "asks the same as"),
                                ("superset", "asks all and more than"),
                                ("subset", "asks a part of"),
                                ("intersects", "has something in common with"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("because", models.CharField(max_length=300)),
                    ("ordinal", models.PositiveSmallIntegerField()),
                    ("one", ForeignKey(on_delete=PROTECT, related_name="+", to="compliance.element")),
                    ("other", ForeignKey(on_delete=PROTECT, related_name="+", to="compliance.element")),
                    ("crosswalk", ForeignKey(on_delete=PROTECT, related_name="rows", to="compliance.crosswalk")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("crosswalk", "one", "other"), name="corresponds_once"),
                        models.CheckConstraint(
                            condition=Q(("one", F("other")), _negated=True), name="correspondence_is_of_two"
                        ),
                        models.CheckConstraint(
                            condition=Q(("because", ""), _negated=True), name="correspondence_has_a_reason"
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="Reading",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("metric", models.CharField(max_length=60)),
                    ("day", models.DateField(help_text="The facility's own day on which it was due.")),
                    ("as_of", models.DateTimeField()),
                    ("known_at", models.DateTimeField()),
                    ("numerator", models.PositiveIntegerField()),
                    ("denominator", models.PositiveIntegerField()),
                    ("offenders", ArrayField(base_field=models.BigIntegerField(), default=list)),
                    ("aim", models.DecimalField(decimal_places=3, max_digits=4)),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="readings", to="staff.facility")),
                ],
                options={
                    "permissions": [("view_readiness", "Can see how ready for a survey the facility is")],
                    "constraints": [
                        models.UniqueConstraint(fields=("facility", "metric", "day"), name="one_reading_a_day"),
                        models.CheckConstraint(
                            condition=Q(
                                (
                                    "denominator",
                                    CombinedExpression(
                                        F("numerator"), "+", models.Func(F("offenders"), function="cardinality")
                                    ),
                                )
                            ),
                            name="reading_names_what_was_not_as_it_should",
                        ),
                        models.CheckConstraint(
                            condition=Q(("aim__gt", 0), ("aim__lte", 1)), name="reading_aim_is_a_share"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Aim",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("metric", models.CharField(max_length=60)),
                    ("share", models.DecimalField(decimal_places=3, max_digits=4)),
                    ("effective_from", models.DateField()),
                    ("because", models.TextField()),
                    ("at", models.DateTimeField(db_default=Now())),
                    ("by", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="aims", to="staff.facility")),
                ],
                options={
                    "permissions": [("set_aim", "Can set what a measure aims at")],
                    "indexes": [models.Index(fields=["facility", "metric", "-effective_from"], name="aim_in_force")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("share__gt", 0), ("share__lte", 1)),
                            name="aim_is_a_share",
                            violation_error_message="An aim is more than 0 and at most 100 percent.",
                        ),
                        models.CheckConstraint(condition=Q(("because", ""), _negated=True), name="aim_has_a_reason"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Assessment",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "result",
                        models.CharField(
                            choices=[
                                ("met", "met"),
                                ("partly", "partly met"),
                                ("not_met", "not met"),
                                ("not_applicable", "does not apply"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("because", models.TextField()),
                    ("at", models.DateTimeField(db_default=Now())),
                    ("by", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="assessments", to="staff.facility")),
                    ("element", ForeignKey(on_delete=PROTECT, related_name="assessments", to="compliance.element")),
                    ("seen_at", models.DateTimeField(null=True)),
                    ("to_confirm", models.BooleanField(db_default=False, default=False)),
                ],
                options={
                    "indexes": [models.Index(fields=["facility", "element", "-id"], name="last_assessment")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("because", ""), _negated=True),
                            name="assessment_has_a_reason",
                            violation_error_message="Say on what the judgement rests.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("seen_at", None), ("at__gte", F("seen_at")), _connector="OR"),
                            name="taken_over_from_what_was_seen_before",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("to_confirm", False),
                                Q(("seen_at__isnull", False), Q(("result", "met"), _negated=True)),
                                _connector="OR",
                            ),
                            name="what_is_to_be_confirmed_was_taken_over_and_is_not_met",
                        ),
                    ],
                },
            ),
        ),
        AppendOnly(
            "compliance_framework",
            "compliance_edition",
            "compliance_chapter",
            "compliance_element",
            "compliance_reading",
            "compliance_aim",
            "compliance_assessment",
            "compliance_crosswalk",
            "compliance_correspondence",
        ),
    ]
