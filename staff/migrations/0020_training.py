"""Courses, who took them, and what each person owes of them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0019_promises_about_backgrounds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Training",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done_on", models.DateField(null=True)),
                ("due", models.DateField(null=True)),
            ],
            options={
                "db_table": "staff_training",
                "ordering": ["due", "id"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("basis", models.CharField(blank=True, help_text="The rule that asks for it.", max_length=120)),
                (
                    "first_within_days",
                    models.PositiveSmallIntegerField(
                        default=30, help_text="After the hire, or after the course came into force if that was later."
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
                        help_text="The day on which it comes into force; empty while nobody has to take it.",
                        null=True,
                    ),
                ),
                (
                    "to_confirm",
                    models.CharField(
                        blank=True, help_text="What the hospital has yet to confirm; empty when it has.", max_length=200
                    ),
                ),
                (
                    "jobs",
                    models.ManyToManyField(
                        blank=True, help_text="Of these; none means of all.", related_name="courses", to="staff.job"
                    ),
                ),
            ],
            options={
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
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
                ("done_on", models.DateField(verbose_name="done on")),
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
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to="staff.course"
                    ),
                ),
            ],
            options={
                "ordering": ["employee", "-done_on", "-pk"],
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_months", None), ("every_months__gt", 0), _connector="OR"),
                name="course_lasts_some_time",
                violation_error_message="At least a month.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(("proof", ""), _negated=True), name="attendance_has_a_proof"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("struck_because", ""), ("struck_by", None)),
                    models.Q(("struck_by__isnull", False), models.Q(("struck_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="attendance_struck_has_who_and_why",
                violation_error_message="Say why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("struck_because", "")),
                fields=("employee", "course", "done_on"),
                name="one_attendance_of_a_day",
                violation_error_message="This person took that course on that day already.",
            ),
        ),
    ]
