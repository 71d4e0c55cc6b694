"""Which profile binds which facility: since when, by whom and why. Of what binds one already that is not known."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0020_put_right_lately"),
        ("staff", "0013_promises_about_actions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="profile",
            options={"permissions": [("adopt_profile", "Can adopt a profile for a facility, and end that")]},
        ),
        migrations.CreateModel(
            name="Adoption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(null=True)),
                ("because", models.TextField(blank=True, db_default="")),
                ("dry_run", models.JSONField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("ended_because", models.TextField(blank=True, db_default="")),
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
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adoptions", to="staff.facility"
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="adoptions", to="records.profile"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["profile", "-since"], name="adoption_of_profile")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("profile", "facility"),
                        name="adoption_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("by", None),
                            models.Q(("since__isnull", False), models.Q(("because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="adoption_by_somebody_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("since", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="adoption_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_because", ""), ("ended_by", None), ("until", None)),
                            models.Q(
                                ("until__isnull", False),
                                models.Q(
                                    ("ended_by", None), models.Q(("ended_because", ""), _negated=True), _connector="OR"
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="adoption_end_has_when_and_why",
                        violation_error_message="To end an adoption needs a moment and a reason.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO records_adoption (profile_id, facility_id) SELECT profile_id, facility_id "
            "FROM records_profile_facilities",
            migrations.RunSQL.noop,
        ),
    ]
