"""Personnel actions and their steps, and decisions on many at once (docs/adr/0031)."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0005_personnel_actions"]
    dependencies = [("staff", "0004_corrective_actions")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Decision",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("percent", "Pay, by percent"),
                                ("amount", "Pay, by an amount"),
                                ("supervisor", "Supervisor change"),
                                ("transfer", "Transfer to another unit"),
                                ("reclassify", "Reclassification to the seats that replace theirs"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("because", models.TextField()),
                    ("digest", models.CharField(help_text="Of the previews that were approved.", max_length=64)),
                    ("decided_at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("decided_by", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "verbose_name": "decision on many",
                    "verbose_name_plural": "decisions on many",
                    "ordering": ["-pk"],
                    "default_permissions": (),
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("because", ""), _negated=True), name="decision_has_a_reason"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PersonnelAction",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    (
                        "effective",
                        models.DateTimeField(help_text="From this minute on it counts, in the facility's time."),
                    ),
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
                                ("not_kept", "Not written down"),
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
                        models.DateTimeField(
                            blank=True, help_text="When somebody on leave is expected back.", null=True
                        ),
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
                    ("written_at", models.DateTimeField(db_default=Now(), editable=False)),
                    (
                        "corrects",
                        ForeignKey(
                            blank=True,
                            editable=False,
                            null=True,
                            on_delete=PROTECT,
                            related_name="corrections",
                            to="staff.personnelaction",
                        ),
                    ),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="personnel_actions", to="staff.employee")),
                    (
                        "position",
                        ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=PROTECT,
                            related_name="personnel_actions",
                            to="staff.position",
                        ),
                    ),
                    (
                        "supervisor",
                        ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="staff.employee"),
                    ),
                    (
                        "written_by",
                        ForeignKey(
                            editable=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    (
                        "case",
                        ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=PROTECT,
                            related_name="personnel_actions",
                            to="staff.casefile",
                        ),
                    ),
                    (
                        "decision",
                        ForeignKey(
                            editable=False, null=True, on_delete=PROTECT, related_name="actions", to="staff.decision"
                        ),
                    ),
                ],
                options={
                    "ordering": ["-effective", "-pk"],
                    "permissions": [
                        ("propose_personnelaction", "Can propose personnel actions for people in the own line"),
                        ("approve_personnelaction", "Can decide on personnel actions for people in the own line"),
                    ],
                    "indexes": [
                        models.Index(condition=Q(("state", "approved")), fields=["effective"], name="action_by_moment"),
                        models.Index(fields=["-effective", "-id"], name="action_in_order"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("kind__in", ["return", "supervisor", "leave", "separation"]), ("pay", None)),
                                Q(
                                    ("kind__in", ["hire", "rehire", "promotion", "demotion", "pay"]),
                                    ("pay__isnull", False),
                                ),
                                ("kind__in", ["taken_over", "reclassification", "transfer"]),
                                _connector="OR",
                            ),
                            name="action_pay_where_its_kind_says",
                            violation_error_message="This kind needs the pay, or cannot have one.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("kind__in", ["return", "pay", "leave", "separation"]), ("supervisor", None)),
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
                        models.CheckConstraint(
                            condition=Q(
                                Q(
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
                        models.CheckConstraint(
                            condition=Q(
                                Q(("basis", ""), ("pay", None)),
                                Q(("pay__gt", 0), Q(("basis", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="action_pay_with_its_basis",
                            violation_error_message="Pay is an amount and what it is for: a year or an hour.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("fte", None), Q(("fte__gt", 0), ("fte__lte", 1)), _connector="OR"),
                            name="action_fte_is_a_share",
                            violation_error_message="A share is more than none and at most one full time.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("because", ""), _negated=True),
                            name="action_has_a_reason",
                            violation_error_message="Say why.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("until", None), ("until__gt", F("effective")), _connector="OR"),
                            name="return_after_the_leave_begins",
                            violation_error_message="The return comes after the leave begins.",
                        ),
                        models.UniqueConstraint(
                            condition=Q(("state__in", ("approved", "effective", "recorded"))),
                            fields=("corrects",),
                            name="one_correction_in_force",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("supervisor", None), Q(("supervisor", F("employee")), _negated=True), _connector="OR"
                            ),
                            name="action_supervisor_is_somebody_else",
                            violation_error_message="Nobody reports to themselves.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("kind__in", ["return", "pay", "supervisor", "leave", "separation"]),
                                    ("position", None),
                                ),
                                Q(
                                    (
                                        "kind__in",
                                        ["hire", "rehire", "reclassification", "transfer", "promotion", "demotion"],
                                    ),
                                    ("position__isnull", False),
                                ),
                                ("kind__in", ["taken_over"]),
                                _connector="OR",
                            ),
                            name="action_position_where_its_kind_says",
                            violation_error_message=(
                                "A seat belongs to hires, transfers, promotions, demotions, reclassifications."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("fte", None), ("kind__in", ["return", "pay", "supervisor", "leave", "separation"])),
                                Q(("fte__isnull", False), ("kind__in", ["hire", "rehire"])),
                                ("kind__in", ["taken_over", "reclassification", "transfer", "promotion", "demotion"]),
                                _connector="OR",
                            ),
                            name="action_fte_where_its_kind_says",
                            violation_error_message=(
                                "A hire needs a share of full time; only what gives a seat can change it."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("kind", "separation"),
                                    (
                                        "reason__in",
                                        [
                                            "death",
                                            "discharge",
                                            "end_of_term",
                                            "layoff",
                                            "not_kept",
                                            "resignation",
                                            "retirement",
                                        ],
                                    ),
                                ),
                                Q(
                                    ("kind", "leave"),
                                    ("reason__in", ["education", "family", "medical", "military", "personal"]),
                                ),
                                Q(("reason", ""), Q(("kind__in", ["separation", "leave"]), _negated=True)),
                                _connector="OR",
                            ),
                            name="action_reason_where_its_kind_says",
                            violation_error_message=(
                                "A separation and a leave need a reason of their own; no other kind has one."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("kind", "taken_over"), _negated=True),
                                Q(("fte", None), ("position", None)),
                                Q(("fte__gt", 0), ("position__gt", 0)),
                                _connector="OR",
                            ),
                            name="action_has_a_share_with_its_seat",
                            violation_error_message="A seat and a share of full time belong together.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(
                                    ("case", None),
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
                                            "leave",
                                        ],
                                    ),
                                ),
                                ("kind__in", ["separation"]),
                                _connector="OR",
                            ),
                            name="action_case_where_its_kind_says",
                            violation_error_message="Only a separation points to a corrective action.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PersonnelStep",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "move",
                        models.CharField(
                            choices=[
                                ("submit", "Submitted"),
                                ("approve", "Approved"),
                                ("void", "First approval void: what it saw, or whose it is, has changed"),
                                ("return", "Returned"),
                                ("withdraw", "Withdrawn"),
                                ("correct", "Corrected"),
                                ("ask_rescind", "Asked to be rescinded, which takes two"),
                                ("rescind", "Rescinded"),
                                ("take_effect", "Took effect"),
                                ("record", "Recorded"),
                                ("take_over", "Taken over"),
                                ("hand_over", "Handed over to another author"),
                            ],
                            max_length=12,
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
                            help_text="Where the action stood afterwards.",
                            max_length=12,
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("because", models.TextField(blank=True)),
                    (
                        "digest",
                        models.CharField(blank=True, help_text="Of the preview that was approved.", max_length=64),
                    ),
                    (
                        "done",
                        models.JSONField(
                            default=list, help_text="What followed of itself: pairs of a word and a number."
                        ),
                    ),
                    ("action", ForeignKey(on_delete=PROTECT, related_name="steps", to="staff.personnelaction")),
                    ("by", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("in_place_of", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="staff.employee")),
                ],
                options={
                    "ordering": ["action", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("move", "approve"), _negated=True), Q(("digest", ""), _negated=True), _connector="OR"
                            ),
                            name="approval_names_what_was_seen",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="DecisionLine",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("refusal", models.TextField(blank=True)),
                    (
                        "action",
                        models.OneToOneField(
                            null=True, on_delete=PROTECT, related_name="+", to="staff.personnelaction"
                        ),
                    ),
                    ("decision", ForeignKey(on_delete=PROTECT, related_name="lines", to="staff.decision")),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="+", to="staff.employee")),
                ],
                options={
                    "ordering": ["decision", "pk"],
                    "default_permissions": (),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("decision", "employee"), name="one_line_of_a_decision_and_person"
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("action__isnull", False), ("refusal", "")),
                                Q(("action", None), Q(("refusal", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="decision_line_has_an_action_or_a_refusal",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HandedOver",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("kind", models.CharField(max_length=30)),
                    ("row", models.BigIntegerField()),
                    ("at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("action", ForeignKey(on_delete=PROTECT, related_name="handed_over", to="staff.personnelaction")),
                    ("by", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("to", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "ordering": ["action", "pk"],
                    "default_permissions": (),
                    "indexes": [models.Index(fields=["kind", "row"], name="handed_over_row")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("kind", ""), _negated=True), name="handed_over_names_its_kind"
                        )
                    ],
                },
            ),
        )
    ]
