"""Credentials of people, and every look at their primary source (docs/adr/0032)."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0015_view_chart"),
    ]

    operations = [
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=30, verbose_name="number")),
                ("first_day", models.DateField(verbose_name="first day")),
                ("last_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        help_text="Since when it says what it says; a look before proves nothing.",
                    ),
                ),
                ("struck_because", models.TextField(blank=True, editable=False)),
            ],
            options={
                "ordering": ["employee", "certification", "first_day"],
                "permissions": [("keep_credential", "Can keep the credentials of people in the own line")],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        help_text="The issuer's own register, letter or telephone, and which.",
                        max_length=120,
                        verbose_name="source",
                    ),
                ),
                ("looked_on", models.DateField(verbose_name="day")),
                (
                    "found",
                    models.CharField(
                        choices=[
                            ("confirmed", "The source confirms it"),
                            ("differs", "The source says otherwise"),
                            ("not_known", "The source does not know it"),
                            ("no_answer", "No answer could be had"),
                        ],
                        max_length=10,
                        verbose_name="result",
                    ),
                ),
                (
                    "proof",
                    models.CharField(
                        help_text="The number of the confirmation, or where its print is kept.",
                        max_length=200,
                        verbose_name="proof",
                    ),
                ),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "ordering": ["-written_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="certification",
            name="cycle_months",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="How long a cycle lasts; empty when it does not expire.", null=True
            ),
        ),
        migrations.AddField(
            model_name="certification",
            name="fee",
            field=models.DecimalField(
                blank=True, decimal_places=2, help_text="What earning it costs, in dollars.", max_digits=8, null=True
            ),
        ),
        migrations.AddField(
            model_name="certification",
            name="number_form",
            field=models.CharField(
                blank=True,
                help_text="A regular expression, such as [0-9]{6,8}; empty when any number will do.",
                max_length=100,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[A-Za-z0-9\\[\\]{}(),|?. -]*\\Z",
                        "Letters, digits, [ ], { }, ( ), | and ? make the form of a number.",
                    )
                ],
            ),
        ),
        migrations.AddField(
            model_name="certification",
            name="number_words",
            field=models.CharField(
                blank=True, help_text="The same in words, such as: six to eight digits.", max_length=100
            ),
        ),
        migrations.AddField(
            model_name="certification",
            name="to_confirm",
            field=models.CharField(
                blank=True, help_text="What the hospital has yet to confirm; empty when it has.", max_length=200
            ),
        ),
        migrations.AddConstraint(
            model_name="certification",
            constraint=models.CheckConstraint(
                condition=models.Q(("number_form", ""), models.Q(("number_words", ""), _negated=True), _connector="OR"),
                name="certification_form_is_said_in_words",
                violation_error_message="Say the form of the number in words too: they are what a person reads.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cycle_months", None), ("cycle_months__gt", 0), _connector="OR"),
                    models.Q(("fee", None), ("fee__gte", 0), _connector="OR"),
                ),
                name="certification_cycle_and_fee_are_some",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="certification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="credentials", to="staff.certification"
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="credentials", to="staff.employee"
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="struck_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="written_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="credential",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="verifications", to="staff.credential"
            ),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(fields=["last_day", "id"], name="credential_by_end"),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(fields=["employee", "certification", "first_day"], name="credential_by_person"),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="credential_has_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day", None), ("last_day__gte", models.F("first_day")), _connector="OR"),
                name="credential_days_are_in_order",
                violation_error_message="The last day comes before the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("struck_because", ""), ("struck_by", None)),
                    models.Q(("struck_by__isnull", False), models.Q(("struck_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="credential_struck_has_who_and_why",
                violation_error_message="Say why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("struck_because", "")),
                expressions=[
                    ("employee", "="),
                    ("certification", "="),
                    (
                        models.Func(
                            "first_day",
                            "last_day",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="one_cycle_of_a_credential_at_a_time",
                violation_error_message="This person holds that certification on some of these days already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("struck_because", "")),
                expressions=[("certification", "="), ("number", "="), ("employee", "<>")],
                name="one_holder_of_a_number",
                violation_error_message="This number is written down for somebody else.",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("source", ""), _negated=True), models.Q(("proof", ""), _negated=True)),
                name="verification_names_source_and_proof",
            ),
        ),
    ]
