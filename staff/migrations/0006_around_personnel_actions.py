"""What goes with personnel actions: notices, checklists, powers, closings of payroll, files of people."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0006_around_personnel_actions"]
    dependencies = [("staff", "0005_personnel_actions")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="PersonnelNotice",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("read_at", models.DateTimeField(null=True)),
                    ("person", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("step", ForeignKey(on_delete=PROTECT, related_name="notices", to="staff.personnelstep")),
                ],
                options={
                    "indexes": [models.Index(condition=Q(("read_at", None)), fields=["person"], name="notice_unread")],
                    "constraints": [models.UniqueConstraint(fields=("step", "person"), name="told_of_a_step_once")],
                },
            ),
            migrations.CreateModel(
                name="ChecklistTemplate",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("hire", "Hire"),
                                ("rehire", "Rehire"),
                                ("return", "Return from leave"),
                                ("reclassification", "Reclassification"),
                                ("transfer", "Transfer"),
                                ("promotion", "Promotion"),
                                ("demotion", "Demotion"),
                                ("pay", "Pay change"),
                                ("supervisor", "Supervisor change"),
                                ("leave", "Leave"),
                                ("separation", "Separation"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("title", models.CharField(help_text="For example: the badge is back.", max_length=120)),
                    (
                        "days",
                        models.SmallIntegerField(
                            default=0, help_text="After the day it counts from; a minus for before."
                        ),
                    ),
                    (
                        "is_blocking",
                        models.BooleanField(default=False, help_text="The action is not recorded before it is done."),
                    ),
                    ("in_use", models.BooleanField(default=True)),
                    ("job", ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="staff.job")),
                ],
                options={
                    "ordering": ["kind", "days", "pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("kind", "job", "title"),
                            name="one_template_of_a_kind_job_and_title",
                            nulls_distinct=False,
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ChecklistItem",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("title", models.CharField(max_length=120)),
                    ("due", models.DateField(help_text="The last good day, of the facility.")),
                    ("is_blocking", models.BooleanField()),
                    ("done_at", models.DateTimeField(null=True)),
                    ("action", ForeignKey(on_delete=PROTECT, related_name="checklist", to="staff.personnelaction")),
                    (
                        "done_by",
                        ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "ordering": ["due", "pk"],
                    "default_permissions": (),
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("done_at", None), ("done_by", None)),
                                Q(("done_at__isnull", False), ("done_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="item_was_done_by_somebody",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Delegation",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("during", DateTimeRangeField(help_text="From and until.")),
                    ("because", models.TextField()),
                    ("giver", ForeignKey(on_delete=PROTECT, related_name="delegations_given", to="staff.employee")),
                    ("taker", ForeignKey(on_delete=PROTECT, related_name="delegations_taken", to="staff.employee")),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("during__isempty", False)), name="delegation_during_is_some_time"
                        ),
                        models.CheckConstraint(
                            condition=Q(("during__endswith__isnull", False), ("during__startswith__isnull", False)),
                            name="delegation_has_an_end",
                            violation_error_message="Say from when and until when.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("giver", F("taker")), _negated=True),
                            name="nobody_delegates_to_themselves",
                            violation_error_message="Somebody else acts in one's place.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("because", ""), _negated=True),
                            name="delegation_has_a_reason",
                            violation_error_message="Say why.",
                        ),
                        ExclusionConstraint(
                            expressions=[("giver", "="), ("taker", "="), ("during", "&&")],
                            name="one_delegation_of_a_pair_at_a_time",
                            violation_error_message="That person has the delegation at that time already.",
                        ),
                    ]
                },
            ),
            migrations.CreateModel(
                name="PayrollClosing",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("until", models.DateTimeField()),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="payroll_closings", to="staff.facility")),
                ],
                options={
                    "ordering": ["facility", "-until"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("facility", "until"), name="one_closing_of_a_facility_and_moment"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PeopleFile",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("written_at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("rows", models.JSONField(help_text="Pairs of a line of the file and its cells by column.")),
                    ("unread", models.JSONField(default=list, help_text="Headings that mean nothing here.")),
                    ("loaded_at", models.DateTimeField(editable=False, null=True)),
                    ("counts", models.JSONField(editable=False, help_text="How many rows came to what.", null=True)),
                    (
                        "refused",
                        models.JSONField(
                            default=list, editable=False, help_text="Of each refused row: line, column, why."
                        ),
                    ),
                    (
                        "by",
                        ForeignKey(editable=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "ordering": ["-written_at"],
                    "permissions": [
                        ("import_people", "Can take over people of the own line from a file, and export them")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("counts__isnull", True), ("loaded_at", None)),
                                Q(("counts__isnull", False), ("loaded_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="people_file_loaded_says_how_many",
                        )
                    ],
                },
            ),
        )
    ]
