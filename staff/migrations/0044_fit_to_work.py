"""Exclusion lists, continuing education, competencies (docs/adr/0041, 0042)."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0042_decisions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Competence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("assessed_on", models.DateField(null=True)),
                ("passed", models.BooleanField(null=True)),
                ("due", models.DateField(null=True)),
            ],
            options={
                "db_table": "staff_competence",
                "ordering": ["due", "id"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ExclusionList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        blank=True, help_text="From this month on it is checked; empty while nobody has to.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "permissions": [("check_exclusions", "Can read exclusion lists and decide on matches of the own line")],
            },
        ),
        migrations.AddField(
            model_name="certification",
            name="grace_days",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="After its last day: as long as work goes on that needs it."
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="needed_to_work",
            field=models.BooleanField(default=False, help_text="Who is overdue works no queue until it is taken."),
        ),
        migrations.CreateModel(
            name="Competency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=120)),
                (
                    "queue",
                    models.CharField(
                        blank=True,
                        choices=[("deficiencies", "Deficiency worklist")],
                        help_text="What it opens; empty: all work of the job.",
                        max_length=20,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("observed", "Observed at work"),
                            ("test", "Test"),
                            ("review", "Review of finished work"),
                            ("simulation", "Simulation"),
                        ],
                        help_text="How it is shown.",
                        max_length=10,
                    ),
                ),
                (
                    "first_within_days",
                    models.PositiveSmallIntegerField(
                        default=30, help_text="After the hire, or after it came into force if that was later."
                    ),
                ),
                (
                    "every_months",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="How long it lasts; empty when once is enough.", null=True
                    ),
                ),
                (
                    "from_day",
                    models.DateField(
                        blank=True,
                        help_text="The day on which it comes into force; empty while nobody must show it.",
                        null=True,
                    ),
                ),
                (
                    "jobs",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Of these; none means of all.",
                        related_name="competencies",
                        to="staff.job",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "competencies",
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "proof",
                    models.CharField(
                        help_text="What proves it, and where that is kept: a diploma, a letter.",
                        max_length=200,
                        verbose_name="proof",
                    ),
                ),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("struck_because", models.TextField(blank=True, editable=False)),
                ("assessed_on", models.DateField(verbose_name="day")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("observed", "Observed at work"),
                            ("test", "Test"),
                            ("review", "Review of finished work"),
                            ("simulation", "Simulation"),
                        ],
                        max_length=10,
                        verbose_name="method",
                    ),
                ),
                ("passed", models.BooleanField(verbose_name="passed")),
                (
                    "assessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.employee"
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="staff.employee"
                    ),
                ),
                (
                    "struck_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "competency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="staff.competency"
                    ),
                ),
            ],
            options={
                "ordering": ["employee", "-assessed_on", "-pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContinuingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        blank=True, help_text="What the hospital has yet to confirm; empty when it has.", max_length=200
                    ),
                ),
                (
                    "certification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="continuing_rules",
                        to="staff.certification",
                    ),
                ),
            ],
            options={
                "ordering": ["certification", "-from_day"],
            },
        ),
        migrations.CreateModel(
            name="DomainMinimum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=60)),
                ("units", models.DecimalField(decimal_places=2, max_digits=5)),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="minimums", to="staff.continuingrule"
                    ),
                ),
            ],
            options={
                "ordering": ["rule", "domain"],
            },
        ),
        migrations.CreateModel(
            name="Excluded",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("family", models.CharField(help_text="In plain capitals.", max_length=100)),
                ("given", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=201)),
                ("born_on", models.DateField(null=True)),
                ("npi", models.CharField(blank=True, max_length=10)),
                ("said", models.JSONField(help_text="What the list says of them.")),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="staff.exclusionlist"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExclusionLoad",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.")),
                ("digest", models.CharField(help_text="SHA-256 of the file.", max_length=64)),
                ("entries", models.PositiveIntegerField(help_text="How many people it names.")),
                (
                    "loaded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="loads", to="staff.exclusionlist"
                    ),
                ),
            ],
            options={
                "ordering": ["-month", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ExclusionCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "checked_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "found",
                    models.PositiveSmallIntegerField(
                        help_text="Entries that could be them, those rejected before left out."
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exclusion_checks",
                        to="staff.employee",
                    ),
                ),
                (
                    "load",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="staff.exclusionload"
                    ),
                ),
            ],
            options={
                "ordering": ["-load__month", "load__list"],
            },
        ),
        migrations.CreateModel(
            name="ExclusionMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exclusion_matches",
                        to="staff.employee",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="staff.exclusionlist"
                    ),
                ),
            ],
            options={
                "ordering": ["due", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Learning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "proof",
                    models.CharField(
                        help_text="What proves it, and where that is kept: a diploma, a letter.",
                        max_length=200,
                        verbose_name="proof",
                    ),
                ),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
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
                ("from_issuer", models.BooleanField(default=False, verbose_name="from the issuer or its associations")),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="learnings", to="staff.credential"
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="staff.employee"
                    ),
                ),
                (
                    "struck_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["employee", "-done_on", "-pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Particulars",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("born_on", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                ("npi", models.CharField(blank=True, max_length=10, verbose_name="NPI")),
                (
                    "employee",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="particulars", to="staff.employee"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="competency",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_months", None), ("every_months__gt", 0), _connector="OR"),
                name="competency_lasts_some_time",
                violation_error_message="At least a month.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("proof", ""), _negated=True), name="assessment_has_a_proof"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("struck_because", ""), ("struck_by", None)),
                    models.Q(("struck_by__isnull", False), models.Q(("struck_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="assessment_struck_has_who_and_why",
                violation_error_message="Say why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("struck_because", "")),
                fields=("employee", "competency", "assessed_on"),
                name="one_assessment_of_a_day",
                violation_error_message="This person was assessed in that on that day already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("assessor", models.F("employee")), _negated=True),
                name="nobody_assesses_themselves",
                violation_error_message="Nobody assesses themselves.",
            ),
        ),
        migrations.AddConstraint(
            model_name="continuingrule",
            constraint=models.UniqueConstraint(
                fields=("certification", "from_day"),
                name="one_continuing_rule_of_a_day",
                violation_error_message="This certification has a rule from that day on.",
            ),
        ),
        migrations.AddConstraint(
            model_name="continuingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_issuer_percent__gte", 0),
                    ("from_issuer_percent__lte", 100),
                    ("in_domains_percent__gte", 0),
                    ("in_domains_percent__lte", 100),
                    ("units__gt", 0),
                ),
                name="continuing_rule_asks_what_can_be",
                violation_error_message="More than no units, and shares between none and all.",
            ),
        ),
        migrations.AddConstraint(
            model_name="domainminimum",
            constraint=models.UniqueConstraint(fields=("rule", "domain"), name="one_minimum_of_a_domain"),
        ),
        migrations.AddConstraint(
            model_name="domainminimum",
            constraint=models.CheckConstraint(condition=models.Q(("units__gt", 0)), name="domain_minimum_is_some"),
        ),
        migrations.AddIndex(
            model_name="excluded",
            index=models.Index(fields=["list", "family"], name="excluded_by_family"),
        ),
        migrations.AddIndex(
            model_name="excluded",
            index=models.Index(condition=models.Q(("npi", ""), _negated=True), fields=["npi"], name="excluded_by_npi"),
        ),
        migrations.AddIndex(
            model_name="excluded",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name"], name="excluded_by_likeness", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusionload",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="exclusion_month_is_its_first_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusionload",
            constraint=models.CheckConstraint(
                condition=models.Q(("entries__gt", 0)),
                name="exclusion_list_names_somebody",
                violation_error_message="The list names nobody.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusioncheck",
            constraint=models.UniqueConstraint(fields=("employee", "load"), name="one_check_of_a_person_and_list"),
        ),
        migrations.AddConstraint(
            model_name="exclusionmatch",
            constraint=models.UniqueConstraint(
                fields=("employee", "list", "key"), name="one_match_of_a_person_and_entry"
            ),
        ),
        migrations.AddConstraint(
            model_name="exclusionmatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted", None), ("because", ""), ("decided_by", None), ("decided_on", None)),
                    models.Q(
                        ("accepted__isnull", False),
                        ("decided_by__isnull", False),
                        ("decided_on__isnull", False),
                        models.Q(("because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="exclusion_decision_has_who_when_and_why",
                violation_error_message="Say why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="learning",
            constraint=models.CheckConstraint(
                condition=models.Q(("proof", ""), _negated=True), name="learning_has_a_proof"
            ),
        ),
        migrations.AddConstraint(
            model_name="learning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("struck_because", ""), ("struck_by", None)),
                    models.Q(("struck_by__isnull", False), models.Q(("struck_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="learning_struck_has_who_and_why",
                violation_error_message="Say why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="learning",
            constraint=models.CheckConstraint(
                condition=models.Q(("units__gt", 0), ("units__lte", 100)),
                name="learning_has_units",
                violation_error_message="More than no units, and at most 100.",
            ),
        ),
        migrations.AddConstraint(
            model_name="learning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("struck_because", "")),
                fields=("employee", "title", "done_on"),
                name="one_learning_counts_once",
                violation_error_message="That is written down of that day already, and counts once.",
            ),
        ),
        migrations.AddConstraint(
            model_name="particulars",
            constraint=models.CheckConstraint(
                condition=models.Q(("npi", ""), ("npi__regex", "^[0-9]{10}$"), _connector="OR"),
                name="particulars_npi_has_ten_digits",
                violation_error_message="An NPI has ten digits.",
            ),
        ),
    ]
