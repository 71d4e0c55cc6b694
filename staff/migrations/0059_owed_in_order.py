"""A page of what is owed is read in the order of its days and ends where it is full (docs/adr/0051)."""

from django.db import migrations, models

# As the plain rows of a table each half can be read in the order of an index; what a row must be to be shown is asked
# outside. Whose rows hold no longer are few, which a function can say of itself. Who asks of one person finds out
# about that person alone.
VIEWS = """
CREATE FUNCTION staff_owed_anew() RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 10 AS $$
BEGIN
    RETURN QUERY SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL
        UNION SELECT employee_id FROM staff_owedperson WHERE until <= now()
        UNION SELECT employee_id FROM staff_assignment
            WHERE during @> now() AND EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL);
END $$;
CREATE OR REPLACE VIEW staff_training WITH (security_barrier = false) AS
    SELECT id, employee_id, course_id, facility_id, done_on, due FROM (
        SELECT pair AS id, employee_id, course_id, facility_id, done_on, due, until, false AS is_anew
            FROM staff_owedcourse
        UNION ALL SELECT due.id, person, course_id, facility_id, done_on, due, NULL, true
            FROM staff_owed_anew() person CROSS JOIN LATERAL training_due_of(person) due
    ) owed
    WHERE is_anew OR (until IS NULL OR until > now())
        AND employee_id NOT IN (SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL);
CREATE OR REPLACE VIEW staff_competence WITH (security_barrier = false) AS
    SELECT id, employee_id, competency_id, facility_id, assessed_on, passed, due FROM (
        SELECT pair AS id, employee_id, competency_id, facility_id, assessed_on, passed, due, until, false AS is_anew
            FROM staff_owedcompetency
        UNION ALL SELECT due.id, person, competency_id, facility_id, assessed_on, passed, due, NULL, true
            FROM staff_owed_anew() person CROSS JOIN LATERAL competence_due_of(person) due
    ) owed
    WHERE is_anew OR (until IS NULL OR until > now())
        AND employee_id NOT IN (SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL);
DROP VIEW staff_owed_anew;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0058_owed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="owedperson",
            index=models.Index(fields=["until"], name="owed_until"),
        ),
        migrations.AddIndex(
            model_name="owedcourse",
            index=models.Index(fields=["due", "pair"], name="owed_course_by_day"),
        ),
        migrations.AddIndex(
            model_name="owedcompetency",
            index=models.Index(fields=["due", "pair"], name="owed_competency_by_day"),
        ),
        migrations.RunSQL(VIEWS),
    ]
