"""Personnel actions, their steps, and what they come to (docs/adr/0031)."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0010_job_catalogue"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="access_ends_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="From this minute on nothing opens: the separation's.", null=True
            ),
        ),
        migrations.CreateModel(
            name="PersonnelAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("taken_over", "Taken over"),
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("returned", "Returned"),
                            ("submitted", "Submitted"),
                            ("agreed", "Waits for a second approval"),
                            ("approved", "Approved"),
                            ("effective", "In effect"),
                            ("recorded", "Recorded"),
                            ("withdrawn", "Withdrawn"),
                            ("corrected", "Corrected by another"),
                            ("rescinded", "Rescinded"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=12,
                    ),
                ),
                ("effective", models.DateTimeField(help_text="From this minute on it counts, in the facility's time.")),
                ("fte", models.DecimalField(blank=True, decimal_places=2, max_digits=3, null=True)),
                ("pay", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                (
                    "basis",
                    models.CharField(
                        blank=True, choices=[("year", "a year of full time"), ("hour", "an hour")], max_length=4
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("resignation", "Resignation"),
                            ("retirement", "Retirement"),
                            ("discharge", "Discharge"),
                            ("layoff", "Layoff"),
                            ("end_of_term", "End of term"),
                            ("death", "Death"),
                            ("family", "Family leave"),
                            ("medical", "Medical leave"),
                            ("military", "Military leave"),
                            ("education", "Education leave"),
                            ("personal", "Personal leave"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "until",
                    models.DateTimeField(blank=True, help_text="When somebody on leave is expected back.", null=True),
                ),
                ("because", models.TextField(help_text="Why, in words for the personnel file.")),
                (
                    "backdated",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("late_papers", "The papers came late"),
                            ("mistake", "A mistake is set right"),
                            ("settlement", "A settlement or an award"),
                        ],
                        help_text="Only for an act in a payroll period that is closed: it takes a second approver.",
                        max_length=12,
                    ),
                ),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="staff.personnelaction",
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="personnel_actions",
                        to="staff.employee",
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="personnel_actions",
                        to="staff.position",
                    ),
                ),
                (
                    "supervisor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.employee",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-effective", "-pk"],
                "permissions": [
                    ("propose_personnelaction", "Can propose personnel actions for people in the own line"),
                    ("approve_personnelaction", "Can decide on personnel actions for people in the own line"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonnelStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("move", models.CharField(max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("returned", "Returned"),
                            ("submitted", "Submitted"),
                            ("agreed", "Waits for a second approval"),
                            ("approved", "Approved"),
                            ("effective", "In effect"),
                            ("recorded", "Recorded"),
                            ("withdrawn", "Withdrawn"),
                            ("corrected", "Corrected by another"),
                            ("rescinded", "Rescinded"),
                        ],
                        help_text="Where the action stood afterwards.",
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("because", models.TextField(blank=True)),
                ("digest", models.CharField(blank=True, help_text="Of the preview that was approved.", max_length=64)),
                (
                    "done",
                    models.JSONField(default=list, help_text="What followed of itself: pairs of a word and a number."),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="staff.personnelaction"
                    ),
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
                    "in_place_of",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.employee"
                    ),
                ),
            ],
            options={
                "ordering": ["action", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(help_text="From and until.")),
                ("because", models.TextField()),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_given",
                        to="staff.employee",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_taken",
                        to="staff.employee",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False)), name="delegation_during_is_some_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("during__endswith__isnull", False), ("during__startswith__isnull", False)),
                        name="delegation_has_an_end",
                        violation_error_message="Say from when and until when.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True),
                        name="nobody_delegates_to_themselves",
                        violation_error_message="Somebody else acts in one's place.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True),
                        name="delegation_has_a_reason",
                        violation_error_message="Say why.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("giver", "="), ("taker", "="), ("during", "&&")],
                        name="one_delegation_of_a_pair_at_a_time",
                        violation_error_message="That person has the delegation at that time already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("reason", models.CharField(max_length=20)),
                ("expected_back", models.DateTimeField(blank=True, null=True)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="staff.employee"
                    ),
                ),
            ],
            options={
                "ordering": ["employee", "during"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False)), name="leave_during_is_some_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                ("basis", models.CharField(help_text="`year` (of full time) or `hour`.", max_length=4)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="staff.employee"
                    ),
                ),
            ],
            options={
                "ordering": ["employee", "during"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False)), name="pay_during_is_some_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("basis__in", ["year", "hour"])),
                        name="pay_is_an_amount_for_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayrollClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateTimeField()),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payroll_closings",
                        to="staff.facility",
                    ),
                ),
            ],
            options={
                "ordering": ["facility", "-until"],
                "constraints": [
                    models.UniqueConstraint(fields=("facility", "until"), name="one_closing_of_a_facility_and_moment")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="personnelaction",
            index=models.Index(
                condition=models.Q(("state", "approved")), fields=["effective"], name="action_by_moment"
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["return", "pay", "supervisor", "leave", "separation"]), ("position", None)),
                    models.Q(
                        (
                            "kind__in",
                            ["taken_over", "hire", "rehire", "reclassification", "transfer", "promotion", "demotion"],
                        ),
                        ("position__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="action_position_where_its_kind_says",
                violation_error_message="A seat belongs to hires, transfers, promotions, demotions, reclassifications.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fte", None), ("kind__in", ["return", "pay", "supervisor", "leave", "separation"])),
                    models.Q(("fte__isnull", False), ("kind__in", ["taken_over", "hire", "rehire"])),
                    ("kind__in", ["reclassification", "transfer", "promotion", "demotion"]),
                    _connector="OR",
                ),
                name="action_fte_where_its_kind_says",
                violation_error_message="A hire needs a share of full time; only what gives a seat can change it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["return", "supervisor", "leave", "separation"]), ("pay", None)),
                    models.Q(("kind__in", ["hire", "rehire", "promotion", "demotion", "pay"]), ("pay__isnull", False)),
                    ("kind__in", ["taken_over", "reclassification", "transfer"]),
                    _connector="OR",
                ),
                name="action_pay_where_its_kind_says",
                violation_error_message="This kind needs the pay, or cannot have one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["return", "pay", "leave", "separation"]), ("supervisor", None)),
                    (
                        "kind__in",
                        [
                            "taken_over",
                            "hire",
                            "rehire",
                            "reclassification",
                            "transfer",
                            "promotion",
                            "demotion",
                            "supervisor",
                        ],
                    ),
                    _connector="OR",
                ),
                name="action_supervisor_where_its_kind_says",
                violation_error_message="This kind cannot name a supervisor.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            [
                                "taken_over",
                                "hire",
                                "rehire",
                                "return",
                                "reclassification",
                                "transfer",
                                "promotion",
                                "demotion",
                                "pay",
                                "supervisor",
                                "separation",
                            ],
                        ),
                        ("until", None),
                    ),
                    ("kind__in", ["leave"]),
                    _connector="OR",
                ),
                name="action_until_where_its_kind_says",
                violation_error_message="Only a leave has a day of return.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "separation"),
                        ("reason__in", ["death", "discharge", "end_of_term", "layoff", "resignation", "retirement"]),
                    ),
                    models.Q(
                        ("kind", "leave"), ("reason__in", ["education", "family", "medical", "military", "personal"])
                    ),
                    models.Q(("reason", ""), models.Q(("kind__in", ["separation", "leave"]), _negated=True)),
                    _connector="OR",
                ),
                name="action_reason_where_its_kind_says",
                violation_error_message="A separation and a leave need a reason of their own; no other kind has one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", ""), ("pay", None)),
                    models.Q(("pay__gt", 0), models.Q(("basis", ""), _negated=True)),
                    _connector="OR",
                ),
                name="action_pay_with_its_basis",
                violation_error_message="Pay is an amount and what it is for: a year or an hour.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("fte", None), models.Q(("fte__gt", 0), ("fte__lte", 1)), _connector="OR"),
                name="action_fte_is_a_share",
                violation_error_message="A share is more than none and at most one full time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("because", ""), _negated=True),
                name="action_has_a_reason",
                violation_error_message="Say why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gt", models.F("effective")), _connector="OR"),
                name="return_after_the_leave_begins",
                violation_error_message="The return comes after the leave begins.",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("approved", "effective", "recorded"))),
                fields=("corrects",),
                name="one_correction_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="personnelstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("move", "approve"), _negated=True),
                    models.Q(("digest", ""), _negated=True),
                    _connector="OR",
                ),
                name="approval_names_what_was_seen",
            ),
        ),
    ]
