"""Exclusion lists, and who was looked for in them (docs/adr/0041)."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import CASCADE, PROTECT, BigAutoField, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0009_exclusion_lists"]
    dependencies = [("staff", "0008_training_and_competencies")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Particulars",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("born_on", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                    ("npi", models.CharField(blank=True, max_length=10, verbose_name="NPI")),
                    (
                        "employee",
                        models.OneToOneField(on_delete=PROTECT, related_name="particulars", to="staff.employee"),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("npi", ""), ("npi__regex", "^[0-9]{10}$"), _connector="OR"),
                            name="particulars_npi_has_ten_digits",
                            violation_error_message="An NPI has ten digits.",
                        )
                    ]
                },
            ),
            migrations.CreateModel(
                name="ExclusionList",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.SlugField(max_length=20, unique=True)),
                    ("title", models.CharField(max_length=120)),
                    (
                        "layout",
                        models.CharField(
                            choices=[("oig", "OIG, LEIE UPDATED.csv"), ("sam", "SAM, public exclusions extract")],
                            max_length=10,
                        ),
                    ),
                    ("basis", models.CharField(blank=True, help_text="The rule that asks for it.", max_length=120)),
                    (
                        "from_day",
                        models.DateField(
                            blank=True,
                            help_text="From this month on it is checked; empty while nobody has to.",
                            null=True,
                        ),
                    ),
                ],
                options={
                    "ordering": ["code"],
                    "permissions": [
                        ("check_exclusions", "Can read exclusion lists and decide on matches of the own line")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Excluded",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("key", models.CharField(max_length=64)),
                    ("family", models.CharField(help_text="In plain capitals.", max_length=100)),
                    ("given", models.CharField(max_length=100)),
                    ("name", models.CharField(max_length=201)),
                    ("born_on", models.DateField(null=True)),
                    ("npi", models.CharField(blank=True, max_length=10)),
                    ("said", models.JSONField(help_text="What the list says of them.")),
                    ("list", ForeignKey(on_delete=CASCADE, related_name="entries", to="staff.exclusionlist")),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["list", "family"], name="excluded_by_family"),
                        models.Index(condition=Q(("npi", ""), _negated=True), fields=["npi"], name="excluded_by_npi"),
                        GinIndex(
                            fastupdate=False, fields=["name"], name="excluded_by_likeness", opclasses=["gin_trgm_ops"]
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="ExclusionLoad",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("month", models.DateField(help_text="Its first day.")),
                    ("digest", models.CharField(help_text="SHA-256 of the file.", max_length=64)),
                    ("entries", models.PositiveIntegerField(help_text="How many people it names.")),
                    ("loaded_at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("by", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("list", ForeignKey(on_delete=PROTECT, related_name="loads", to="staff.exclusionlist")),
                ],
                options={
                    "ordering": ["-month", "-pk"],
                    "constraints": [
                        models.CheckConstraint(condition=Q(("month__day", 1)), name="exclusion_month_is_its_first_day"),
                        models.CheckConstraint(
                            condition=Q(("entries__gt", 0)),
                            name="exclusion_list_names_somebody",
                            violation_error_message="The list names nobody.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExclusionCheck",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("checked_at", models.DateTimeField(db_default=Now(), editable=False)),
                    (
                        "found",
                        models.PositiveSmallIntegerField(
                            help_text="Entries that could be them, those rejected before left out."
                        ),
                    ),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="exclusion_checks", to="staff.employee")),
                    ("load", ForeignKey(on_delete=PROTECT, related_name="checks", to="staff.exclusionload")),
                ],
                options={
                    "ordering": ["-load__month", "load__list"],
                    "constraints": [
                        models.UniqueConstraint(fields=("employee", "load"), name="one_check_of_a_person_and_list")
                    ],
                },
            ),
            migrations.CreateModel(
                name="ExclusionMatch",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("key", models.CharField(max_length=64)),
                    ("said", models.JSONField(help_text="What the list says of them.")),
                    (
                        "by",
                        models.CharField(
                            choices=[
                                ("npi", "the same NPI"),
                                ("birth", "a like name and the same date of birth"),
                                ("name", "a like name"),
                            ],
                            max_length=5,
                        ),
                    ),
                    ("found_on", models.DateField()),
                    ("due", models.DateField(help_text="By when it is decided; once it is accepted, the day of that.")),
                    ("accepted", models.BooleanField(null=True)),
                    ("decided_on", models.DateField(null=True)),
                    ("because", models.TextField(blank=True)),
                    (
                        "decided_by",
                        ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="exclusion_matches", to="staff.employee")),
                    ("list", ForeignKey(on_delete=PROTECT, related_name="matches", to="staff.exclusionlist")),
                ],
                options={
                    "ordering": ["due", "pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("employee", "list", "key"), name="one_match_of_a_person_and_entry"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("accepted", None), ("because", ""), ("decided_by", None), ("decided_on", None)),
                                Q(
                                    ("accepted__isnull", False),
                                    ("decided_by__isnull", False),
                                    ("decided_on__isnull", False),
                                    Q(("because", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="exclusion_decision_has_who_when_and_why",
                            violation_error_message="Say why.",
                        ),
                    ],
                },
            ),
        )
    ]
