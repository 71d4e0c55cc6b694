"""Jobs with what they ask, seats in places, people through time (docs/adr/0030)."""

import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A seat was valid by days; a day begins at the midnight of its facility.
DAYS_TO_MOMENTS = """
ALTER TABLE staff_position ADD COLUMN exists_in tstzrange;
UPDATE staff_position SET exists_in = tstzrange(
    lower(valid)::timestamp AT TIME ZONE facility.time_zone_id,
    upper(valid)::timestamp AT TIME ZONE facility.time_zone_id
) FROM staff_unit unit JOIN staff_facility facility ON facility.id = unit.facility_id WHERE unit.id = unit_id;
ALTER TABLE staff_position DROP COLUMN valid;
ALTER TABLE staff_position RENAME COLUMN exists_in TO valid;
ALTER TABLE staff_position ALTER COLUMN valid SET NOT NULL;
ALTER TABLE staff_position ADD CONSTRAINT position_is_valid_some_day CHECK (NOT isempty(valid));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0006_kept_reply"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("fte", models.DecimalField(decimal_places=2, default=1, max_digits=3)),
            ],
            options={
                "ordering": ["employee", "during"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Certification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("issuer", models.CharField(max_length=60)),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Employment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ],
            options={
                "ordering": ["employee", "during"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Excess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fte",
                    models.DecimalField(
                        decimal_places=2, help_text="What all in the seat may have together.", max_digits=3
                    ),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("because", models.TextField()),
            ],
            options={
                "verbose_name_plural": "excesses",
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ],
            options={
                "ordering": ["unit", "during"],
            },
        ),
        migrations.CreateModel(
            name="Requisition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("replacement", "Replacement"),
                            ("new", "New seat"),
                            ("reclassified", "Reclassified seat"),
                            ("temporary", "For a time"),
                        ],
                        max_length=12,
                    ),
                ),
                ("because", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("granted", models.BooleanField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "work",
                    models.CharField(
                        help_text="What is counted: inpatient charts coded, pages scanned.", max_length=60
                    ),
                ),
                ("per_hour_from", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("per_hour_to", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                (
                    "right_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                    ),
                ),
            ],
            options={
                "ordering": ["job", "work"],
            },
        ),
        migrations.CreateModel(
            name="Supervision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ],
            options={
                "ordering": ["employee", "during"],
                "abstract": False,
            },
        ),
        migrations.AlterModelOptions(
            name="employee",
            options={"ordering": ["family_name", "given_name", "number"]},
        ),
        migrations.AlterModelOptions(
            name="job",
            options={"ordering": ["title"]},
        ),
        migrations.AlterModelOptions(
            name="position",
            options={"ordering": ["number"]},
        ),
        migrations.AlterModelOptions(
            name="unit",
            options={"ordering": ["facility", "name"]},
        ),
        migrations.RemoveConstraint(
            model_name="employee",
            name="one_employment_of_a_user_at_a_time",
        ),
        migrations.RemoveConstraint(
            model_name="unit",
            name="unit_is_not_its_own_parent",
        ),
        migrations.AddField(
            model_name="job",
            name="default_role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("Records manager", "Records manager"),
                    ("Records supervisor", "Records supervisor"),
                    ("Records clerk", "Records clerk"),
                    ("Privacy officer", "Privacy officer"),
                    ("Surveyor", "Surveyor"),
                    ("Interface engineer", "Interface engineer"),
                ],
                help_text="What whoever is hired into it may do in the program.",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="duties",
            field=models.TextField(blank=True, help_text="One on each line."),
        ),
        migrations.AddField(
            model_name="job",
            name="education",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "None asked"),
                    (1, "High school"),
                    (2, "Certificate of a course"),
                    (3, "Associate's degree"),
                    (4, "Bachelor's degree"),
                    (5, "Master's degree"),
                    (6, "Doctorate"),
                ],
                default=0,
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="pay_from",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="pay_to",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="summary",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="job",
            name="to_confirm",
            field=models.CharField(
                blank=True, help_text="What the hospital has yet to confirm; empty when it has.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="years_in_field",
            field=models.DecimalField(decimal_places=1, default=0, max_digits=3),
        ),
        migrations.AddField(
            model_name="job",
            name="years_supervising",
            field=models.DecimalField(decimal_places=1, default=0, max_digits=3),
        ),
        migrations.AddField(
            model_name="position",
            name="funding_line",
            field=models.CharField(blank=True, help_text="The budget line that pays for it.", max_length=40),
        ),
        migrations.AddField(
            model_name="position",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="staff.position",
            ),
        ),
        migrations.AddField(
            model_name="position",
            name="standing",
            field=models.CharField(
                choices=[("proposed", "Proposed"), ("approved", "Approved"), ("on_hold", "On hold")],
                default="approved",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="position",
            name="authorised_fte",
            field=models.DecimalField(
                decimal_places=2, default=1, help_text="Share of full time, at most 1.", max_digits=3
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DAYS_TO_MOMENTS)],
            state_operations=[
                migrations.AlterField(
                    model_name="position",
                    name="valid",
                    field=django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="The time in which the seat exists."
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="position",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaces", None), models.Q(("replaces", models.F("pk")), _negated=True), _connector="OR"
                ),
                name="position_does_not_replace_itself",
            ),
        ),
        migrations.AlterConstraint(
            model_name="position",
            name="position_fte_is_a_share",
            constraint=models.CheckConstraint(
                condition=models.Q(("authorised_fte__gt", 0), ("authorised_fte__lte", 1)),
                name="position_fte_is_a_share",
                violation_error_message="A seat has more than none and at most one full time.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="unit",
            name="unit_name_once_per_facility",
            constraint=models.UniqueConstraint(
                fields=("facility", "name"),
                name="unit_name_once_per_facility",
                violation_error_message="This facility has a unit of that name.",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="staff.employee"
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="position",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="staff.position"
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="certifications",
            field=models.ManyToManyField(
                blank=True,
                help_text="Any one of these is required.",
                related_name="required_by",
                to="staff.certification",
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="preferred",
            field=models.ManyToManyField(
                blank=True, help_text="Preferred, not required.", related_name="preferred_by", to="staff.certification"
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pay_from", None), ("pay_to", None)),
                    models.Q(("pay_from__gte", 0), ("pay_to__gte", models.F("pay_from"))),
                    _connector="OR",
                ),
                name="job_pay_band_has_two_ends",
                violation_error_message="A pay band needs both its ends, in order.",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("years_in_field__gte", 0), ("years_supervising__gte", 0)),
                name="job_years_are_not_negative",
            ),
        ),
        migrations.AddField(
            model_name="employment",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="staff.employee"
            ),
        ),
        migrations.AddField(
            model_name="excess",
            name="position",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="excesses", to="staff.position"
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="head",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="heads",
                to="staff.position",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="under",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="places_below",
                to="staff.unit",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="places", to="staff.unit"
            ),
        ),
        migrations.AddField(
            model_name="requisition",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="requisition",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="requisition",
            name="position",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="requisitions", to="staff.position"
            ),
        ),
        migrations.AddField(
            model_name="standard",
            name="job",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="standards", to="staff.job"
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="staff.employee"
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="supervisor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="supervises", to="staff.employee"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["position"], name="assignment_by_position"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("during__isempty", False)), name="assignment_during_is_some_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("fte__gt", 0), ("fte__lte", 1)),
                name="assignment_fte_is_a_share",
                violation_error_message="A share is more than none and at most one full time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="employment",
            constraint=models.CheckConstraint(
                condition=models.Q(("during__isempty", False)), name="employment_during_is_some_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="excess",
            constraint=models.CheckConstraint(
                condition=models.Q(("during__isempty", False)), name="excess_during_is_some_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="excess",
            constraint=models.CheckConstraint(
                condition=models.Q(("during__endswith__isnull", False)),
                name="excess_has_an_end",
                violation_error_message="Say until when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="excess",
            constraint=models.CheckConstraint(
                condition=models.Q(("because", ""), _negated=True),
                name="excess_has_a_reason",
                violation_error_message="Say why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(("during__isempty", False)), name="place_during_is_some_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("under", None), models.Q(("under", models.F("unit")), _negated=True), _connector="OR"
                ),
                name="unit_is_not_below_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("granted", None)),
                    models.Q(
                        ("decided_at__gte", models.F("asked_at")),
                        ("decided_by__isnull", False),
                        ("granted__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="requisition_decision_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None), models.Q(("decided_by", models.F("asked_by")), _negated=True), _connector="OR"
                ),
                name="requisition_is_granted_by_another",
                violation_error_message="Somebody else than who asked decides.",
            ),
        ),
        migrations.AddConstraint(
            model_name="requisition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)),
                fields=("position",),
                name="one_undecided_requisition_of_a_seat",
            ),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.UniqueConstraint(fields=("job", "work"), name="one_standard_of_a_job_and_work"),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("per_hour_from", None), ("per_hour_to", None)),
                    models.Q(("per_hour_from__gt", 0), ("per_hour_to__gte", models.F("per_hour_from"))),
                    _connector="OR",
                ),
                name="standard_has_two_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_hour_from__isnull", False), ("right_percent__isnull", False), _connector="OR"),
                name="standard_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("right_percent", None),
                    models.Q(("right_percent__gte", 0), ("right_percent__lte", 100)),
                    _connector="OR",
                ),
                name="standard_is_a_percentage",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(("during__isempty", False)), name="supervision_during_is_some_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(("supervisor", models.F("employee")), _negated=True),
                name="nobody_supervises_themselves",
                violation_error_message="Nobody reports to themselves.",
            ),
        ),
    ]
