"""Profiles with their rules, and which facility adopted them (docs/adr/0005, 0025)."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0003_rules"]
    dependencies = [
        ("records", "0002_encounters_and_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Profile",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.SlugField(max_length=40, unique=True)),
                    ("title", models.CharField(max_length=200)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("federal", "Federal"),
                                ("accreditation", "Accreditation"),
                                ("state", "State"),
                                ("bylaws", "Hospital bylaws"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "rank",
                        models.PositiveSmallIntegerField(
                            help_text="Of two equally strict requirements the lesser rank is named."
                        ),
                    ),
                    ("facilities", models.ManyToManyField(blank=True, related_name="profiles", to="staff.facility")),
                ],
                options={"permissions": [("adopt_profile", "Can adopt a profile for a facility, and end that")]},
            ),
            migrations.CreateModel(
                name="Adoption",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("since", models.DateTimeField(null=True)),
                    ("because", models.TextField(blank=True, db_default="")),
                    ("dry_run", models.JSONField(null=True)),
                    ("until", models.DateTimeField(null=True)),
                    ("ended_because", models.TextField(blank=True, db_default="")),
                    ("by", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    (
                        "ended_by",
                        ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="adoptions", to="staff.facility")),
                    ("profile", ForeignKey(on_delete=PROTECT, related_name="adoptions", to="records.profile")),
                ],
                options={
                    "indexes": [models.Index(fields=["profile", "-since"], name="adoption_of_profile")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=Q(("until", None)), fields=("profile", "facility"), name="adoption_once_at_a_time"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("by", None),
                                Q(("since__isnull", False), Q(("because", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="adoption_by_somebody_has_a_reason",
                        ),
                        models.CheckConstraint(
                            condition=Q(("until", None), ("since", None), ("until__gte", F("since")), _connector="OR"),
                            name="adoption_ends_after_it_begins",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("ended_because", ""), ("ended_by", None), ("until", None)),
                                Q(
                                    ("until__isnull", False),
                                    Q(("ended_by", None), Q(("ended_because", ""), _negated=True), _connector="OR"),
                                ),
                                _connector="OR",
                            ),
                            name="adoption_end_has_when_and_why",
                            violation_error_message="To end an adoption needs a moment and a reason.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Requirement",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("profile", ForeignKey(on_delete=PROTECT, related_name="requirements", to="records.profile")),
                    ("code", models.CharField(max_length=40)),
                    ("version", models.PositiveIntegerField(default=1)),
                    ("effective", DateRangeField(help_text="Local dates of the occasions that this version judges.")),
                    ("topic", models.CharField(max_length=40)),
                    ("title", models.CharField(max_length=200)),
                    ("basis", models.CharField(help_text="Citation: 42 CFR 482.24(c)(4)(i)(A).", max_length=200)),
                    ("tag", models.CharField(blank=True, help_text="The surveyor's tag: A-0458.", max_length=10)),
                    (
                        "trigger",
                        models.CharField(
                            choices=[
                                ("admission", "admission"),
                                ("discharge", "discharge"),
                                ("procedure_start", "start of a procedure"),
                                ("procedure_end", "end of a procedure"),
                                ("restraint_start", "start of a restraint"),
                                ("birth", "birth"),
                                ("order", "each verbal order"),
                                ("document", "each document of the type"),
                            ],
                            max_length=20,
                        ),
                    ),
                    (
                        "document_types",
                        ArrayField(base_field=models.CharField(max_length=50), help_text="Any one of these serves."),
                    ),
                    (
                        "encounter_classes",
                        ArrayField(
                            base_field=models.CharField(
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
                            blank=True,
                            default=list,
                            help_text="Empty: all.",
                        ),
                    ),
                    (
                        "services",
                        ArrayField(
                            base_field=models.CharField(max_length=50),
                            blank=True,
                            default=list,
                            help_text="Empty: all.",
                        ),
                    ),
                    (
                        "dispositions",
                        ArrayField(
                            base_field=models.CharField(max_length=20),
                            blank=True,
                            default=list,
                            help_text="Empty: all.",
                        ),
                    ),
                    (
                        "dispositions_excepted",
                        ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list),
                    ),
                    ("stay_at_least_hours", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                    (
                        "stay_less_than_hours",
                        models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True),
                    ),
                    ("anesthesia_only", models.BooleanField(default=False)),
                    (
                        "not_before_hours",
                        models.DecimalField(
                            blank=True, help_text="Hours from the trigger; negative: before it.", null=True
                        ),
                    ),
                    ("due_after_hours", models.DecimalField(blank=True, null=True)),
                    (
                        "due_after_days",
                        models.PositiveIntegerField(
                            blank=True,
                            help_text="Local calendar days: due at the midnight that ends the n-th.",
                            null=True,
                        ),
                    ),
                    (
                        "only_if_met",
                        models.CharField(
                            blank=True,
                            help_text="Only if this topic was met by a document from before the trigger.",
                            max_length=40,
                        ),
                    ),
                    ("authentication_required", models.BooleanField(default=False)),
                    (
                        "entry_must_have",
                        ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list),
                    ),
                    (
                        "sections_required",
                        ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list),
                    ),
                    (
                        "responsible",
                        models.CharField(
                            choices=[("attending", "attending"), ("surgeon", "surgeon"), ("author", "author")],
                            default="attending",
                            max_length=20,
                        ),
                    ),
                    ("counts_toward_delinquency", models.BooleanField(default=True)),
                    (
                        "severity",
                        models.CharField(
                            choices=[("minor", "minor"), ("standard", "standard"), ("serious", "serious")],
                            default="standard",
                            max_length=10,
                        ),
                    ),
                    ("published_at", models.DateTimeField(db_default=Now())),
                    (
                        "published_by",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("published_because", models.TextField(blank=True)),
                    ("known_from", models.DateTimeField(auto_now=True)),
                    (
                        "cosignature",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("named", "where the document names who is to co-sign it"),
                                ("in_training", "where its author is in training, or it names who is to co-sign it"),
                                ("always", "of each"),
                            ],
                            help_text="Whether a supervisor signs too. Empty: no.",
                            max_length=20,
                        ),
                    ),
                    ("age_below_years", models.PositiveSmallIntegerField(blank=True, null=True)),
                    (
                        "age_from_years",
                        models.PositiveSmallIntegerField(
                            blank=True, help_text="Of the patient, on the day of the occasion.", null=True
                        ),
                    ),
                    (
                        "exempts",
                        ArrayField(
                            base_field=models.CharField(max_length=40),
                            blank=True,
                            default=list,
                            help_text="An exception: these topics are not asked for where this rule applies.",
                        ),
                    ),
                    (
                        "procedure_codes",
                        ArrayField(
                            base_field=models.CharField(max_length=50),
                            blank=True,
                            default=list,
                            help_text="Empty: all procedures.",
                        ),
                    ),
                    (
                        "at_least",
                        models.PositiveSmallIntegerField(default=1, help_text="So many in each block of days."),
                    ),
                    (
                        "begins_after_days",
                        models.PositiveSmallIntegerField(
                            default=0, help_text="The first block begins so many days after the day of the trigger."
                        ),
                    ),
                    (
                        "ends_after_days",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="The series ends so many days after it, if nothing ends it before.",
                            null=True,
                        ),
                    ),
                    (
                        "every_days",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="A series: one in each block of so many local days, until the end.",
                            null=True,
                        ),
                    ),
                    (
                        "every_hours",
                        models.DecimalField(
                            blank=True,
                            help_text="A series: one within so many hours of the one before, until the end.",
                            null=True,
                        ),
                    ),
                    ("dry_run", models.JSONField(blank=True, editable=False, null=True)),
                    ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                    ("ended_because", models.TextField(blank=True, db_default="")),
                    (
                        "ended_by",
                        ForeignKey(
                            blank=True,
                            editable=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("not_tried_because", models.TextField(blank=True, db_default="")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("profile", "code", "version"), name="requirement_version_once"),
                        ExclusionConstraint(
                            expressions=[("profile", "="), ("code", "="), ("effective", "&&")],
                            name="requirement_one_version_in_force",
                            violation_error_message=(
                                "Another version of this requirement is in force on some of these days."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(("effective__isempty", False)), name="requirement_in_force_some_day"
                        ),
                        models.CheckConstraint(
                            condition=Q(("document_types__len__gte", 1)), name="requirement_names_a_document"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("not_before_hours", None),
                                ("due_after_hours", None),
                                ("due_after_hours__gte", F("not_before_hours")),
                                _connector="OR",
                            ),
                            name="requirement_window_opens_before_it_closes",
                            violation_error_message="The window ends before it begins.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("trigger__in", ["order", "document"]), _negated=True),
                                Q(("exempts", []), ("not_before_hours", None), ("only_if_met", "")),
                                _connector="OR",
                            ),
                            name="requirement_entries_stand_alone",
                            violation_error_message=(
                                "A rule on each entry has no window before it and no precondition, and is no exception."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(("exempts", []), ("only_if_met", ""), _connector="OR"),
                            name="requirement_exceptions_have_no_condition",
                            violation_error_message="An exception holds wherever it applies: it has no precondition.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("trigger__in", ["procedure_start", "procedure_end"]),
                                ("procedure_codes", []),
                                _connector="OR",
                            ),
                            name="requirement_procedures_are_of_its_trigger",
                            violation_error_message="Only a rule on procedures can name some of them.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("stay_at_least_hours", None),
                                ("stay_less_than_hours", None),
                                ("stay_less_than_hours__gt", F("stay_at_least_hours")),
                                _connector="OR",
                            ),
                            name="requirement_stay_may_be_so_long",
                            violation_error_message="No stay is at least as long and shorter.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("age_from_years", None),
                                ("age_below_years", None),
                                ("age_below_years__gt", F("age_from_years")),
                                _connector="OR",
                            ),
                            name="requirement_somebody_is_of_that_age",
                            violation_error_message="Nobody is at least as old and younger.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("due_after_days__isnull", True),
                                    ("due_after_hours__isnull", False),
                                    ("every_days__isnull", True),
                                    ("every_hours__isnull", True),
                                ),
                                Q(
                                    ("due_after_days__isnull", False),
                                    ("due_after_hours__isnull", True),
                                    ("every_days__isnull", True),
                                    ("every_hours__isnull", True),
                                ),
                                Q(
                                    ("due_after_days__isnull", True),
                                    ("due_after_hours__isnull", True),
                                    ("every_days__isnull", True),
                                    ("every_hours__isnull", False),
                                ),
                                Q(
                                    ("due_after_days__isnull", True),
                                    ("due_after_hours__isnull", True),
                                    ("every_days__isnull", False),
                                    ("every_hours__isnull", True),
                                ),
                                Q(
                                    ("due_after_days__isnull", True),
                                    ("due_after_hours__isnull", True),
                                    ("every_days__isnull", True),
                                    ("every_hours__isnull", True),
                                    ("authentication_required", False),
                                    ("cosignature", ""),
                                    ("sections_required", []),
                                    ("trigger", "document"),
                                ),
                                _connector="OR",
                            ),
                            name="requirement_has_one_clock",
                            violation_error_message=(
                                "A requirement is due after hours or days, or every so many hours or days: exactly "
                                "one of them."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("every_days", None), ("every_hours", None)),
                                Q(
                                    ("authentication_required", False),
                                    ("cosignature", ""),
                                    ("exempts", []),
                                    ("not_before_hours", None),
                                    ("only_if_met", ""),
                                    ("sections_required", []),
                                    ("trigger__in", ["admission", "birth", "procedure_start", "restraint_start"]),
                                ),
                                _connector="OR",
                            ),
                            name="requirement_series_ask_for_documents_alone",
                            violation_error_message=(
                                "A series begins with an admission, a birth, a procedure or a restraint, and asks "
                                "only that documents are written: signatures and sections are for a rule on each of "
                                "them."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("every_days__isnull", False),
                                Q(("at_least", 1), ("begins_after_days", 0), ("ends_after_days", None)),
                                _connector="OR",
                            ),
                            name="requirement_blocks_are_of_days",
                            violation_error_message=(
                                "Only a series by days counts documents, begins later or ends by itself."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("every_hours", None), ("every_hours__gt", 0), _connector="OR"),
                                Q(("every_days", None), ("every_days__gte", 1), _connector="OR"),
                                ("at_least__gte", 1),
                                Q(
                                    ("ends_after_days", None),
                                    ("ends_after_days__gt", F("begins_after_days")),
                                    _connector="OR",
                                ),
                            ),
                            name="requirement_series_goes_on",
                            violation_error_message=(
                                "A series asks for something, again and again, and ends after it begins."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("ended_at", None), ("ended_because", ""), ("ended_by", None)),
                                Q(
                                    ("effective__upper_inf", False),
                                    ("ended_at__isnull", False),
                                    ("ended_by__isnull", False),
                                    Q(("ended_because", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="requirement_end_has_who_when_and_why",
                            violation_error_message="To end a rule needs a day, a person and a reason.",
                        ),
                    ],
                    "permissions": [("publish_requirement", "Can publish a version of a rule, and end a rule")],
                },
            ),
        )
    ]
