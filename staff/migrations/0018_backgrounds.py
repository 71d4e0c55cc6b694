"""What people brought with them: schooling, and work elsewhere."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0017_promises_about_credentials"),
    ]

    operations = [
        migrations.CreateModel(
            name="Experience",
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
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("employer", models.CharField(max_length=120, verbose_name="employer")),
                ("first_day", models.DateField(verbose_name="first day")),
                ("last_day", models.DateField(verbose_name="last day")),
                ("in_field", models.BooleanField(default=True, verbose_name="in the field of medical records")),
                ("supervising", models.BooleanField(default=False, verbose_name="supervising others")),
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
                "ordering": ["employee", "-first_day"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("proof", ""), _negated=True), name="experience_has_a_proof"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("struck_because", ""), ("struck_by", None)),
                            models.Q(("struck_by__isnull", False), models.Q(("struck_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="experience_struck_has_who_and_why",
                        violation_error_message="Say why.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="experience_days_are_in_order",
                        violation_error_message="The last day comes before the first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Schooling",
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
                "ordering": ["employee", "-level", "-finished_on"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("proof", ""), _negated=True), name="schooling_has_a_proof"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("struck_because", ""), ("struck_by", None)),
                            models.Q(("struck_by__isnull", False), models.Q(("struck_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="schooling_struck_has_who_and_why",
                        violation_error_message="Say why.",
                    ),
                ],
            },
        ),
    ]
