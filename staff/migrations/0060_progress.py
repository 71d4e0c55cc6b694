"""How far each cycle has come against the rule that was in force when it began, for lists."""

import django.db.models.deletion
from django.db import migrations, models

# What is asked and met is told line by line in staff/continuing/progress.py; this says whether a line is not met.
VIEW = """
CREATE VIEW staff_progress AS
    SELECT credential.id AS credential_id, rule.units AS asked, coalesce(learnt.units, 0) AS counted,
        coalesce(
            coalesce(learnt.units, 0) < rule.units
                OR coalesce(learnt.in_domains, 0) < rule.units * rule.in_domains_percent / 100
                OR coalesce(learnt.from_issuer, 0) < rule.units * rule.from_issuer_percent / 100
                OR EXISTS (
                    SELECT FROM staff_domainminimum minimum WHERE minimum.rule_id = rule.id AND minimum.units > (
                        SELECT coalesce(sum(units), 0) FROM staff_learning
                        WHERE credential_id = credential.id AND struck_because = '' AND domain = minimum.domain
                    )
                ),
            false
        ) AS is_short
    FROM staff_credential credential
        LEFT JOIN LATERAL (
            SELECT * FROM staff_continuingrule
            WHERE certification_id = credential.certification_id AND from_day <= credential.first_day
            ORDER BY from_day DESC LIMIT 1
        ) rule ON true
        LEFT JOIN LATERAL (
            SELECT sum(units) AS units, sum(units) FILTER (WHERE domain <> '') AS in_domains,
                sum(units) FILTER (WHERE from_issuer) AS from_issuer
            FROM staff_learning WHERE credential_id = credential.id AND struck_because = ''
        ) learnt ON true;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0059_owed_in_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="Progress",
            fields=[
                (
                    "credential",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="progress",
                        serialize=False,
                        to="staff.credential",
                    ),
                ),
                ("asked", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("counted", models.DecimalField(decimal_places=2, max_digits=6)),
                ("is_short", models.BooleanField()),
            ],
            options={
                "db_table": "staff_progress",
                "managed": False,
            },
        ),
        migrations.RunSQL(VIEW),
    ]
