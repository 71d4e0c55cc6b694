"""What each person owes of courses and competencies is written down, marked when it holds no longer, and read by the
views of everybody (docs/adr/0051)."""

from django.db import migrations, models

# A mark is a row of the change's own transaction: it is seen when the change is, and no two wait for each other. A seat
# keeps its unit and its job (0009).
MARKS = """
CREATE FUNCTION staff_owed_of_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO staff_owedchange (employee_id) VALUES (OLD.employee_id);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.employee_id <> OLD.employee_id THEN
        INSERT INTO staff_owedchange (employee_id) VALUES (NEW.employee_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER owes_other_things AFTER INSERT OR UPDATE OR DELETE ON staff_assignment
    FOR EACH ROW EXECUTE FUNCTION staff_owed_of_one();
CREATE TRIGGER owes_other_things AFTER INSERT OR UPDATE OR DELETE ON staff_employment
    FOR EACH ROW EXECUTE FUNCTION staff_owed_of_one();
CREATE TRIGGER owes_other_things AFTER INSERT OR UPDATE OR DELETE ON staff_attendance
    FOR EACH ROW EXECUTE FUNCTION staff_owed_of_one();
CREATE TRIGGER owes_other_things AFTER INSERT OR UPDATE OR DELETE ON staff_assessment
    FOR EACH ROW EXECUTE FUNCTION staff_owed_of_one();

CREATE FUNCTION staff_owed_of_everybody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO staff_owedchange (employee_id) VALUES (NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER everybody_owes_other_things AFTER UPDATE OF facility_id ON staff_unit
    FOR EACH STATEMENT EXECUTE FUNCTION staff_owed_of_everybody();
CREATE TRIGGER everybody_owes_other_things AFTER UPDATE OF time_zone_id ON staff_facility
    FOR EACH STATEMENT EXECUTE FUNCTION staff_owed_of_everybody();
CREATE TRIGGER everybody_owes_other_things AFTER INSERT OR UPDATE OR DELETE ON staff_course
    FOR EACH STATEMENT EXECUTE FUNCTION staff_owed_of_everybody();
CREATE TRIGGER everybody_owes_other_things AFTER INSERT OR UPDATE OR DELETE ON staff_course_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION staff_owed_of_everybody();
CREATE TRIGGER everybody_owes_other_things AFTER INSERT OR UPDATE OR DELETE ON staff_competency
    FOR EACH STATEMENT EXECUTE FUNCTION staff_owed_of_everybody();
CREATE TRIGGER everybody_owes_other_things AFTER INSERT OR UPDATE OR DELETE ON staff_competency_jobs
    FOR EACH STATEMENT EXECUTE FUNCTION staff_owed_of_everybody();

INSERT INTO staff_owedchange (employee_id) VALUES (NULL); -- of nobody anything is written yet
"""

# The marks are taken first: what left them is seen by all that comes after. A change that is not seen yet leaves its
# mark for the next time.
KEEP = """
CREATE FUNCTION keep_owed(moment timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    everybody boolean; people bigint[]; asked_next timestamptz;
BEGIN
    IF NOT pg_try_advisory_xact_lock('staff_owedperson'::regclass::integer, 0) THEN
        RETURN 0;
    END IF;
    WITH marks AS (DELETE FROM staff_owedchange RETURNING employee_id)
    SELECT count(*) > count(employee_id), array_agg(DISTINCT employee_id) FILTER (WHERE employee_id IS NOT NULL)
        INTO everybody, people FROM marks;
    people := ARRAY(
        SELECT id FROM staff_employee WHERE everybody OR id = ANY(people)
            OR id IN (SELECT employee_id FROM staff_owedperson WHERE until <= moment)
    );
    SELECT least(
        (SELECT min(from_day - 366)::timestamptz FROM staff_course WHERE from_day - 366 > moment::date),
        (SELECT min(from_day::timestamp AT TIME ZONE time_zone_id) FROM staff_competency, staff_facility
            WHERE from_day::timestamp AT TIME ZONE time_zone_id > moment)
    ) INTO asked_next;
    DELETE FROM staff_owedperson WHERE employee_id = ANY(people);
    DELETE FROM staff_owedcourse WHERE employee_id = ANY(people);
    DELETE FROM staff_owedcompetency WHERE employee_id = ANY(people);
    INSERT INTO staff_owedperson (employee_id, until)
        SELECT id, least(asked_next, min(edge)) FROM unnest(people) id LEFT JOIN (
            SELECT employee_id, unnest(ARRAY[lower(during), upper(during)]) AS edge FROM staff_assignment
            UNION ALL SELECT employee_id, unnest(ARRAY[lower(during), upper(during)]) FROM staff_employment
        ) spans ON spans.employee_id = id AND edge > moment
        GROUP BY id;
    INSERT INTO staff_owedcourse (pair, employee_id, course_id, facility_id, done_on, due, until)
        SELECT due.*, kept.until FROM training_due(moment) due JOIN staff_owedperson kept USING (employee_id)
        WHERE employee_id = ANY(people);
    INSERT INTO staff_owedcompetency (pair, employee_id, competency_id, facility_id, assessed_on, passed, due, until)
        SELECT due.*, kept.until FROM competence_due(moment) due JOIN staff_owedperson kept USING (employee_id)
        WHERE employee_id = ANY(people);
    RETURN cardinality(people);
END $$;
"""

# They say what training_due(now()) and competence_due(now()) say (0049): of most people as it was written down, of the
# rest person by person. As a function of its own the latter is planned once, and not with each list.
VIEWS = """
CREATE VIEW staff_owed_anew AS
    SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL
    UNION SELECT employee_id FROM staff_owedperson WHERE until <= now()
    UNION SELECT employee_id FROM staff_assignment
        WHERE during @> now() AND EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL);
CREATE FUNCTION training_due_of(person bigint)
    RETURNS TABLE (id bigint, employee_id bigint, course_id bigint, facility_id bigint, done_on date, due date)
    LANGUAGE plpgsql STABLE ROWS 10 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT * FROM training_due(now()) WHERE employee_id = person;
END $$;
CREATE FUNCTION competence_due_of(person bigint) RETURNS TABLE (id bigint, employee_id bigint, competency_id bigint,
    facility_id bigint, assessed_on date, passed boolean, due date) LANGUAGE plpgsql STABLE ROWS 10 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT * FROM competence_due(now()) WHERE employee_id = person;
END $$;
CREATE OR REPLACE VIEW staff_training WITH (security_barrier = false) AS
    SELECT pair AS id, employee_id, course_id, facility_id, done_on, due FROM staff_owedcourse
    WHERE (until IS NULL OR until > now())
        AND employee_id NOT IN (SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL)
    UNION ALL SELECT due.* FROM staff_owed_anew anew CROSS JOIN LATERAL training_due_of(anew.employee_id) due;
CREATE OR REPLACE VIEW staff_competence WITH (security_barrier = false) AS
    SELECT pair AS id, employee_id, competency_id, facility_id, assessed_on, passed, due FROM staff_owedcompetency
    WHERE (until IS NULL OR until > now())
        AND employee_id NOT IN (SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL)
    UNION ALL SELECT due.* FROM staff_owed_anew anew CROSS JOIN LATERAL competence_due_of(anew.employee_id) due;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0057_newcomers_wait_for_who_changes_lines"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwedPerson",
            fields=[
                ("employee_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OwedChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("employee_id", models.BigIntegerField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["employee_id"], name="staff_owedc_employe_d48695_idx")],
            },
        ),
        migrations.CreateModel(
            name="OwedCompetency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pair", models.BigIntegerField()),
                ("employee_id", models.BigIntegerField()),
                ("competency_id", models.BigIntegerField()),
                ("facility_id", models.BigIntegerField()),
                ("assessed_on", models.DateField(null=True)),
                ("passed", models.BooleanField(null=True)),
                ("due", models.DateField(null=True)),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["employee_id"], name="staff_owedc_employe_a71442_idx"),
                    models.Index(fields=["pair"], name="staff_owedc_pair_563d9a_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwedCourse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pair", models.BigIntegerField()),
                ("employee_id", models.BigIntegerField()),
                ("course_id", models.BigIntegerField()),
                ("facility_id", models.BigIntegerField()),
                ("done_on", models.DateField(null=True)),
                ("due", models.DateField(null=True)),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["employee_id"], name="staff_owedc_employe_7e2b7f_idx"),
                    models.Index(fields=["pair"], name="staff_owedc_pair_bc4064_idx"),
                ],
            },
        ),
        migrations.RunSQL(MARKS),
        migrations.RunSQL(KEEP),
        migrations.RunSQL(VIEWS),
    ]
