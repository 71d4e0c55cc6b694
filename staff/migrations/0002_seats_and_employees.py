"""Jobs with what they ask, seats in places, people through time (docs/adr/0030)."""

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.core import validators
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0002_seats_and_employees"]
    dependencies = [
        ("staff", "0001_people_and_facilities"),
        # Others first: each change of theirs would otherwise render all of our models anew. By name, and not by
        # `__latest__`: one that a later version of theirs adds would stand before what is applied already.
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auditlog", "0017_add_actor_email"),
        ("axes", "0010_accessattemptexpiration"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("oauth2_provider", "0022_refreshtoken_token_family_index"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Certification",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=20, unique=True)),
                    ("title", models.CharField(max_length=120)),
                    ("issuer", models.CharField(max_length=60)),
                    (
                        "cycle_months",
                        models.PositiveSmallIntegerField(
                            blank=True, help_text="How long a cycle lasts; empty when it does not expire.", null=True
                        ),
                    ),
                    (
                        "fee",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            help_text="What earning it costs, in dollars.",
                            max_digits=8,
                            null=True,
                        ),
                    ),
                    (
                        "number_form",
                        models.CharField(
                            blank=True,
                            help_text="A regular expression, such as [0-9]{6,8}; empty when any number will do.",
                            max_length=100,
                            validators=[
                                validators.RegexValidator(
                                    "\\A[A-Za-z0-9\\[\\]{}(),|?. -]*\\Z",
                                    "Letters, digits, [ ], { }, ( ), | and ? make the form of a number.",
                                )
                            ],
                        ),
                    ),
                    (
                        "number_words",
                        models.CharField(
                            blank=True, help_text="The same in words, such as: six to eight digits.", max_length=100
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
                        "grace_days",
                        models.PositiveSmallIntegerField(
                            default=0, help_text="After its last day: as long as work goes on that needs it."
                        ),
                    ),
                ],
                options={
                    "ordering": ["code"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("number_form", ""), Q(("number_words", ""), _negated=True), _connector="OR"),
                            name="certification_form_is_said_in_words",
                            violation_error_message=(
                                "Say the form of the number in words too: they are what a person reads."
                            ),
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("cycle_months", None), ("cycle_months__gt", 0), _connector="OR"),
                                Q(("fee", None), ("fee__gte", 0), _connector="OR"),
                            ),
                            name="certification_cycle_and_fee_are_some",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Job",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.SlugField(max_length=40, unique=True)),
                    ("title", models.CharField(max_length=100)),
                    (
                        "default_role",
                        models.CharField(
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
                    ("duties", models.TextField(blank=True, help_text="One on each line.")),
                    (
                        "education",
                        models.PositiveSmallIntegerField(
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
                    ("pay_from", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                    ("pay_to", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                    ("summary", models.TextField(blank=True)),
                    (
                        "to_confirm",
                        models.CharField(
                            blank=True,
                            help_text="What the hospital has yet to confirm; empty when it has.",
                            max_length=200,
                        ),
                    ),
                    ("years_in_field", models.DecimalField(decimal_places=1, default=0, max_digits=3)),
                    ("years_supervising", models.DecimalField(decimal_places=1, default=0, max_digits=3)),
                    (
                        "certifications",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Any one of these is required.",
                            related_name="required_by",
                            to="staff.certification",
                        ),
                    ),
                    (
                        "preferred",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Preferred, not required.",
                            related_name="preferred_by",
                            to="staff.certification",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("pay_from", None), ("pay_to", None)),
                                Q(("pay_from__gte", 0), ("pay_to__gte", F("pay_from"))),
                                _connector="OR",
                            ),
                            name="job_pay_band_has_two_ends",
                            violation_error_message="A pay band needs both its ends, in order.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("years_in_field__gte", 0), ("years_supervising__gte", 0)),
                            name="job_years_are_not_negative",
                        ),
                    ],
                    "ordering": ["title"],
                },
            ),
            migrations.CreateModel(
                name="Standard",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                            validators=[validators.MaxValueValidator(100)],
                        ),
                    ),
                    ("job", ForeignKey(on_delete=PROTECT, related_name="standards", to="staff.job")),
                ],
                options={
                    "ordering": ["job", "work"],
                    "constraints": [
                        models.UniqueConstraint(fields=("job", "work"), name="one_standard_of_a_job_and_work"),
                        models.CheckConstraint(
                            condition=Q(
                                Q(("per_hour_from", None), ("per_hour_to", None)),
                                Q(("per_hour_from__gt", 0), ("per_hour_to__gte", F("per_hour_from"))),
                                _connector="OR",
                            ),
                            name="standard_has_two_ends",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("per_hour_from__isnull", False), ("right_percent__isnull", False), _connector="OR"
                            ),
                            name="standard_says_something",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("right_percent", None),
                                Q(("right_percent__gte", 0), ("right_percent__lte", 100)),
                                _connector="OR",
                            ),
                            name="standard_is_a_percentage",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Unit",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="units", to="staff.facility")),
                    ("name", models.CharField(max_length=100)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("facility", "name"),
                            name="unit_name_once_per_facility",
                            violation_error_message="This facility has a unit of that name.",
                        )
                    ],
                    "ordering": ["facility", "name"],
                    "permissions": [("view_chart", "Can see who works where")],
                },
            ),
            migrations.CreateModel(
                name="Position",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.CharField(max_length=20, unique=True)),
                    ("unit", ForeignKey(on_delete=PROTECT, related_name="positions", to="staff.unit")),
                    ("job", ForeignKey(on_delete=PROTECT, related_name="positions", to="staff.job")),
                    (
                        "authorised_fte",
                        models.DecimalField(
                            decimal_places=2, default=1, help_text="Share of full time, at most 1.", max_digits=3
                        ),
                    ),
                    (
                        "funding_line",
                        models.CharField(blank=True, help_text="The budget line that pays for it.", max_length=40),
                    ),
                    (
                        "replaces",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="replaced_by", to="staff.position"
                        ),
                    ),
                    (
                        "standing",
                        models.CharField(
                            choices=[("proposed", "Proposed"), ("approved", "Approved"), ("on_hold", "On hold")],
                            default="approved",
                            max_length=10,
                        ),
                    ),
                    ("valid", DateTimeRangeField(help_text="The time in which the seat exists.")),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("authorised_fte__gt", 0), ("authorised_fte__lte", 1)),
                            name="position_fte_is_a_share",
                            violation_error_message="A seat has more than none and at most one full time.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("valid__isempty", False)), name="position_is_valid_some_day"
                        ),
                        models.CheckConstraint(
                            condition=Q(("replaces", None), Q(("replaces", F("pk")), _negated=True), _connector="OR"),
                            name="position_does_not_replace_itself",
                        ),
                    ],
                    "ordering": ["number"],
                },
            ),
            migrations.CreateModel(
                name="Place",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("during", DateTimeRangeField()),
                    (
                        "head",
                        ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="heads", to="staff.position"),
                    ),
                    (
                        "under",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="places_below", to="staff.unit"
                        ),
                    ),
                    ("unit", ForeignKey(on_delete=PROTECT, related_name="places", to="staff.unit")),
                ],
                options={
                    "ordering": ["unit", "during"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("during__isempty", False)), name="place_during_is_some_time"
                        ),
                        models.CheckConstraint(
                            condition=Q(("under", None), Q(("under", F("unit")), _negated=True), _connector="OR"),
                            name="unit_is_not_below_itself",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Excess",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "fte",
                        models.DecimalField(
                            decimal_places=2, help_text="What all in the seat may have together.", max_digits=3
                        ),
                    ),
                    ("during", DateTimeRangeField()),
                    ("because", models.TextField()),
                    ("position", ForeignKey(on_delete=PROTECT, related_name="excesses", to="staff.position")),
                ],
                options={
                    "verbose_name_plural": "excesses",
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("during__isempty", False)), name="excess_during_is_some_time"
                        ),
                        models.CheckConstraint(
                            condition=Q(("during__endswith__isnull", False)),
                            name="excess_has_an_end",
                            violation_error_message="Say until when.",
                        ),
                        models.CheckConstraint(
                            condition=Q(("because", ""), _negated=True),
                            name="excess_has_a_reason",
                            violation_error_message="Say why.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Requisition",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    ("asked_by", ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    (
                        "decided_by",
                        ForeignKey(
                            blank=True, null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("position", ForeignKey(on_delete=PROTECT, related_name="requisitions", to="staff.position")),
                ],
                options={
                    "ordering": ["-asked_at"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("decided_at", None), ("decided_by", None), ("granted", None)),
                                Q(
                                    ("decided_at__gte", F("asked_at")),
                                    ("decided_by__isnull", False),
                                    ("granted__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="requisition_decision_has_who_and_when",
                        ),
                        models.CheckConstraint(
                            condition=Q(
                                ("decided_by", None), Q(("decided_by", F("asked_by")), _negated=True), _connector="OR"
                            ),
                            name="requisition_is_granted_by_another",
                            violation_error_message="Somebody else than who asked decides.",
                        ),
                        models.UniqueConstraint(
                            condition=Q(("decided_at", None)),
                            fields=("position",),
                            name="one_undecided_requisition_of_a_seat",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Employee",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("number", models.CharField(max_length=20, unique=True)),
                    (
                        "user",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=PROTECT,
                            related_name="employee",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("given_name", models.CharField(max_length=100)),
                    ("family_name", models.CharField(max_length=100)),
                ],
                options={
                    "indexes": [models.Index(fields=["family_name", "given_name", "number"], name="employee_in_order")],
                    "ordering": ["family_name", "given_name", "number"],
                },
            ),
            migrations.CreateModel(
                name="Employment",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("during", DateTimeRangeField()),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="staff.employee")),
                ],
                options={
                    "ordering": ["employee", "during"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("during__isempty", False)), name="employment_during_is_some_time"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Assignment",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("during", DateTimeRangeField()),
                    ("fte", models.DecimalField(decimal_places=2, default=1, max_digits=3)),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="staff.employee")),
                    ("position", ForeignKey(on_delete=PROTECT, related_name="assignments", to="staff.position")),
                ],
                options={
                    "ordering": ["employee", "during"],
                    "abstract": False,
                    "indexes": [models.Index(fields=["position"], name="assignment_by_position")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("during__isempty", False)), name="assignment_during_is_some_time"
                        ),
                        models.CheckConstraint(
                            condition=Q(("fte__gt", 0), ("fte__lte", 1)),
                            name="assignment_fte_is_a_share",
                            violation_error_message="A share is more than none and at most one full time.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Supervision",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("during", DateTimeRangeField()),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="staff.employee")),
                    ("supervisor", ForeignKey(on_delete=PROTECT, related_name="supervises", to="staff.employee")),
                ],
                options={
                    "ordering": ["employee", "during"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("during__isempty", False)), name="supervision_during_is_some_time"
                        ),
                        models.CheckConstraint(
                            condition=Q(("supervisor", F("employee")), _negated=True),
                            name="nobody_supervises_themselves",
                            violation_error_message="Nobody reports to themselves.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Leave",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("during", DateTimeRangeField()),
                    ("reason", models.CharField(max_length=20)),
                    ("expected_back", models.DateTimeField(blank=True, null=True)),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="staff.employee")),
                ],
                options={
                    "ordering": ["employee", "during"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("during__isempty", False)), name="leave_during_is_some_time"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Pay",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("during", DateTimeRangeField()),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                    ("basis", models.CharField(help_text="`year` (of full time) or `hour`.", max_length=4)),
                    ("employee", ForeignKey(on_delete=PROTECT, related_name="%(class)ss", to="staff.employee")),
                ],
                options={
                    "ordering": ["employee", "during"],
                    "abstract": False,
                    "constraints": [
                        models.CheckConstraint(condition=Q(("during__isempty", False)), name="pay_during_is_some_time"),
                        models.CheckConstraint(
                            condition=Q(("amount__gt", 0), ("basis__in", ["year", "hour"])),
                            name="pay_is_an_amount_for_a_time",
                        ),
                    ],
                },
            ),
        )
    ]
