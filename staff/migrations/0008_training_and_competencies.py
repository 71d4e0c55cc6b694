"""Courses and competencies: what is asked, who attended and who was assessed."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0008_training_and_competencies"]
    dependencies = [("staff", "0007_credentials_and_pasts")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Course",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.SlugField(max_length=40, unique=True)),
                    ("title", models.CharField(max_length=120)),
                    ("basis", models.CharField(blank=True, help_text="The rule that asks for it.", max_length=120)),
                    (
                        "first_within_days",
                        models.PositiveSmallIntegerField(
                            default=30,
                            help_text="After the hire, or after the course came into force if that was later.",
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
                            blank=True,
                            help_text="What the hospital has yet to confirm; empty when it has.",
                            max_length=200,
                        ),
                    ),
                    (
                        "needed_to_work",
                        models.BooleanField(
                            default=False, help_text="Who is overdue works no queue until it is taken."
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
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("every_months", None), ("every_months__gt", 0), _connector="OR"),
                            name="course_lasts_some_time",
                            violation_error_message="At least a month.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Attendance",
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
                    ("done_on", models.DateField(verbose_name="done on")),
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
                    ("course", ForeignKey(on_delete=PROTECT, related_name="attendances", to="staff.course")),
                ],
                options={
                    "ordering": ["employee", "-done_on", "-pk"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("proof", ""), _negated=True), name="attendance_has_a_proof"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("struck_because", ""), ("struck_by", None)),
                                Q(("struck_by__isnull", False), Q(("struck_because", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="attendance_struck_has_who_and_why",
                            violation_error_message="Say why.",
                        ),
                        models.UniqueConstraint(
                            condition=Q(("struck_because", "")),
                            fields=("employee", "course", "done_on"),
                            name="one_attendance_of_a_day",
                            violation_error_message="This person took that course on that day already.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Competency",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("every_months", None), ("every_months__gt", 0), _connector="OR"),
                            name="competency_lasts_some_time",
                            violation_error_message="At least a month.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Assessment",
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
                    ("assessor", ForeignKey(on_delete=PROTECT, related_name="+", to="staff.employee")),
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
                    ("competency", ForeignKey(on_delete=PROTECT, related_name="assessments", to="staff.competency")),
                ],
                options={
                    "ordering": ["employee", "-assessed_on", "-pk"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("proof", ""), _negated=True), name="assessment_has_a_proof"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("struck_because", ""), ("struck_by", None)),
                                Q(("struck_by__isnull", False), Q(("struck_because", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="assessment_struck_has_who_and_why",
                            violation_error_message="Say why.",
                        ),
                        models.UniqueConstraint(
                            condition=Q(("struck_because", "")),
                            fields=("employee", "competency", "assessed_on"),
                            name="one_assessment_of_a_day",
                            violation_error_message="This person was assessed in that on that day already.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("assessor", F("employee")), _negated=True),
                            name="nobody_assesses_themselves",
                            violation_error_message="Nobody assesses themselves.",
                        ),
                    ],
                },
            ),
        )
    ]
