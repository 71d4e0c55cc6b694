"""What is known of each employee for a check of qualifications: a question that needs not be put together each time."""

import django.db.models.deletion
from django.db import migrations, models

VIEW = """
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
    dependencies = [
        ("staff", "0060_progress"),
    ]

    operations = [
        migrations.CreateModel(
            name="Known",
            fields=[
                (
                    "employee",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
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
            options={
                "db_table": "staff_known",
                "managed": False,
            },
        ),
        migrations.RunSQL(VIEW),
    ]
