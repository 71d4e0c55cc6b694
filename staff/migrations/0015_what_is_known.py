"""How far each cycle has come, and what is known of each employee for a check of qualifications."""

from django.db import migrations, models
from django.db.models import DO_NOTHING

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED

# Against the rule that was in force when the cycle began. What is asked and met is told line by line in
# staff/continuing/progress.py; this says whether a line is not met.
PROGRESS = """
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

# A question that needs not be put together each time.
KNOWN = """
CREATE VIEW staff_known AS
    SELECT person.id AS employee_id,
        coalesce(
            (SELECT max(level) FROM staff_schooling WHERE employee_id = person.id AND struck_because = ''), 0
        ) AS education,
        (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'code', kind.code, 'first', held.first_day, 'last', held.last_day, 'found', (
                    SELECT found FROM staff_verification
                    WHERE credential_id = held.id AND written_at >= held.changed_at
                    ORDER BY written_at DESC, id DESC LIMIT 1
                )
            ) ORDER BY held.id), '[]')
            FROM staff_credential held JOIN staff_certification kind ON kind.id = held.certification_id
            WHERE held.employee_id = person.id AND held.struck_because = ''
        ) AS held,
        (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'first', first_day, 'last', last_day, 'field', in_field, 'led', supervising
            )), '[]')
            FROM staff_experience WHERE employee_id = person.id AND struck_because = ''
        ) AS worked,
        (
            SELECT coalesce(jsonb_agg(jsonb_build_object('from', lower(during), 'until', upper(during))), '[]')
            FROM staff_assignment WHERE employee_id = person.id
        ) AS seated,
        (
            SELECT coalesce(jsonb_agg(jsonb_build_object('from', lower(during), 'until', upper(during))), '[]')
            FROM (
                SELECT sits.during * place.during AS during
                FROM staff_assignment sits JOIN staff_place place
                    ON place.head_id = sits.position_id AND place.during && sits.during
                WHERE sits.employee_id = person.id
                UNION ALL SELECT during FROM staff_supervision WHERE supervisor_id = person.id
            ) led
        ) AS leading
    FROM staff_employee person;
"""


class Migration(migrations.Migration):
    replaces = REPLACED["0015_what_is_known"]
    dependencies = [("staff", "0014_what_is_owed")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Progress",
                fields=[
                    (
                        "credential",
                        models.OneToOneField(
                            on_delete=DO_NOTHING,
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
                options={"db_table": "staff_progress", "managed": False},
            ),
            migrations.CreateModel(
                name="Known",
                fields=[
                    (
                        "employee",
                        models.OneToOneField(
                            on_delete=DO_NOTHING,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to="staff.employee",
                        ),
                    ),
                    ("education", models.PositiveSmallIntegerField()),
                    ("held", models.JSONField()),
                    ("worked", models.JSONField()),
                    ("seated", models.JSONField()),
                    ("leading", models.JSONField()),
                ],
                options={"db_table": "staff_known", "managed": False},
            ),
        ),
        migrations.RunSQL(PROGRESS),
        migrations.RunSQL(KNOWN),
    ]
