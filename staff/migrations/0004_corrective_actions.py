"""Corrective actions, their steps and what is followed up (docs/adr/0036)."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Now

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0004_corrective_actions"]
    dependencies = [("staff", "0003_at_the_desk")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="CaseFile",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("draft", "Draft"),
                                ("returned", "Returned"),
                                ("submitted", "Submitted"),
                                ("agreed", "Waits for a second approval"),
                                ("approved", "Approved"),
                                ("given", "Given"),
                                ("closed", "Closed"),
                                ("withdrawn", "Withdrawn"),
                                ("rescinded", "Rescinded"),
                            ],
                            default="draft",
                            editable=False,
                            max_length=12,
                        ),
                    ),
                    (
                        "offence",
                        models.CharField(
                            choices=[
                                ("attendance", "Attendance: late, absent, left early"),
                                ("work", "Work: quantity or accuracy below the standard"),
                                ("conduct", "Conduct toward others, or an instruction not followed"),
                                ("careless", "Carelessness with records or their confidentiality"),
                                ("snooping", "Opened a record without a reason of work"),
                                ("disclosed", "Passed on what a record says, knowingly"),
                                ("falsified", "Falsified a record, a time or a credential"),
                                ("safety", "Violence, threats, or unfit for work by drink or drugs"),
                            ],
                            max_length=12,
                            verbose_name="offence",
                        ),
                    ),
                    ("happened_on", models.DateField(verbose_name="happened on")),
                    (
                        "facts",
                        models.TextField(
                            help_text="What was seen and heard, by whom, when; no opinion.", verbose_name="facts"
                        ),
                    ),
                    (
                        "policy",
                        models.TextField(
                            help_text="The rule that was broken, and how the person knew it.", verbose_name="policy"
                        ),
                    ),
                    (
                        "volume",
                        models.TextField(
                            blank=True, help_text="Was there more work than one person can do?", verbose_name="volume"
                        ),
                    ),
                    (
                        "staffing",
                        models.TextField(blank=True, help_text="Were enough people there?", verbose_name="staffing"),
                    ),
                    (
                        "training",
                        models.TextField(
                            blank=True, help_text="Was the person shown how, and when last?", verbose_name="training"
                        ),
                    ),
                    (
                        "system",
                        models.TextField(
                            blank=True,
                            help_text="Did a program, a form or a machine lead to it?",
                            verbose_name="system",
                        ),
                    ),
                    ("occurrence", models.PositiveSmallIntegerField(editable=False, null=True)),
                    (
                        "suggested",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("coaching", "Coaching"),
                                ("verbal", "Verbal warning"),
                                ("written", "Written warning"),
                                ("final", "Final written warning"),
                                ("suspension", "Suspension"),
                                ("discharge", "Discharge"),
                            ],
                            editable=False,
                            max_length=12,
                        ),
                    ),
                    (
                        "step",
                        models.CharField(
                            choices=[
                                ("coaching", "Coaching"),
                                ("verbal", "Verbal warning"),
                                ("written", "Written warning"),
                                ("final", "Final written warning"),
                                ("suspension", "Suspension"),
                                ("discharge", "Discharge"),
                            ],
                            max_length=12,
                            verbose_name="step",
                        ),
                    ),
                    (
                        "deviates_because",
                        models.TextField(blank=True, verbose_name="why another step than the table's"),
                    ),
                    (
                        "expectation",
                        models.TextField(
                            help_text="What is expected from now on, so that both can see.", verbose_name="expectation"
                        ),
                    ),
                    ("active_until", models.DateField(blank=True, null=True, verbose_name="active until")),
                    ("written_at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("given_at", models.DateTimeField(editable=False, null=True)),
                    ("reply", models.TextField(blank=True, editable=False, verbose_name="reply")),
                    ("replied_at", models.DateTimeField(editable=False, null=True)),
                    (
                        "answer",
                        models.CharField(
                            blank=True,
                            choices=[("signed", "Signed"), ("declined", "Declined to sign")],
                            editable=False,
                            max_length=8,
                        ),
                    ),
                    ("answered_at", models.DateTimeField(editable=False, null=True)),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="case_files", to="staff.employee")),
                    (
                        "witness",
                        ForeignKey(editable=False, null=True, on_delete=PROTECT, related_name="+", to="staff.employee"),
                    ),
                    (
                        "written_by",
                        ForeignKey(editable=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "verbose_name": "corrective action",
                    "verbose_name_plural": "corrective actions",
                    "ordering": ["-happened_on", "-pk"],
                    "default_permissions": (),
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                ("state__in", ("draft", "returned", "withdrawn")),
                                Q(
                                    Q(("volume", ""), _negated=True),
                                    Q(("staffing", ""), _negated=True),
                                    Q(("training", ""), _negated=True),
                                    Q(("system", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="case_looked_at_what_else_it_could_be",
                            violation_error_message=(
                                "First say of volume, staffing, training and system what you found."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("state__in", ("draft", "returned", "withdrawn")),
                                Q(
                                    Q(("suggested", ""), _negated=True),
                                    Q(
                                        ("step", F("suggested")),
                                        Q(("deviates_because", ""), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="case_follows_the_table_or_says_why",
                            violation_error_message="The table suggests another step. Say why it is not that one.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("active_until__gt", F("happened_on")),
                                Q(("active_until", None), ("step", "discharge")),
                                _connector="OR",
                            ),
                            name="case_step_ends_after_it_happened",
                            violation_error_message="It is active until a day after it happened.",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("given_at__isnull", False), ("state__in", ["given", "closed"])),
                                ("state", "rescinded"),
                                Q(
                                    ("given_at", None),
                                    (
                                        "state__in",
                                        ["draft", "returned", "submitted", "agreed", "approved", "withdrawn"],
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="case_was_given_when_it_is_given",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("replied_at", None), ("reply", "")),
                                Q(Q(("reply", ""), _negated=True), ("replied_at__gte", F("given_at"))),
                                _connector="OR",
                            ),
                            name="case_reply_has_its_moment",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("answer", ""), ("answered_at", None)),
                                Q(Q(("answer", ""), _negated=True), ("answered_at__gte", F("given_at"))),
                                _connector="OR",
                            ),
                            name="case_answer_has_its_moment",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("answer", "declined"), ("witness__isnull", False)),
                                Q(Q(("answer", "declined"), _negated=True), ("witness", None)),
                                _connector="OR",
                            ),
                            name="case_declined_before_a_witness",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("witness", None), Q(("witness", F("employee")), _negated=True), _connector="OR"
                            ),
                            name="case_witness_is_somebody_else",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("state", "closed"), _negated=True), Q(("answer", ""), _negated=True), _connector="OR"
                            ),
                            name="case_closed_with_an_answer",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CaseStep",
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
                                ("give", "Given"),
                                ("reply", "Replied"),
                                ("sign", "Signed"),
                                ("decline", "Declined to sign"),
                                ("follow_up", "Followed up"),
                                ("close", "Closed"),
                                ("ask_rescind", "Asked to be rescinded, which takes two"),
                                ("rescind", "Rescinded"),
                                ("print", "Printed"),
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
                                ("given", "Given"),
                                ("closed", "Closed"),
                                ("withdrawn", "Withdrawn"),
                                ("rescinded", "Rescinded"),
                            ],
                            help_text="Where the case stood afterwards.",
                            max_length=12,
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("because", models.TextField(blank=True)),
                    ("digest", models.CharField(blank=True, max_length=64)),
                    ("by", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("case", ForeignKey(on_delete=PROTECT, related_name="steps", to="staff.casefile")),
                    ("in_place_of", ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="staff.employee")),
                ],
                options={
                    "ordering": ["case", "pk"],
                    "default_permissions": (),
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("move", "approve"), _negated=True), Q(("digest", ""), _negated=True), _connector="OR"
                            ),
                            name="case_approval_names_what_was_seen",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CaseFollowUp",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("due", models.DateField()),
                    ("what", models.CharField(max_length=200)),
                    ("done_at", models.DateTimeField(editable=False, null=True)),
                    ("found", models.TextField(blank=True, editable=False)),
                    ("case", ForeignKey(on_delete=PROTECT, related_name="follow_ups", to="staff.casefile")),
                    (
                        "done_by",
                        ForeignKey(
                            editable=False, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["due", "pk"],
                    "default_permissions": (),
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("done_at", None), ("done_by", None), ("found", "")),
                                Q(
                                    ("done_at__isnull", False),
                                    ("done_by__isnull", False),
                                    Q(("found", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="follow_up_was_done_by_somebody_who_found_something",
                        )
                    ],
                },
            ),
        )
    ]
