"""What each person owes of courses and competencies is written down, marked when it holds no longer, and read by the
views of everybody (docs/adr/0051)."""

from django.db import migrations, models
from django.db.models import BigAutoField

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED

# Functions of text, so that the tables they read can still be changed; the views give them columns to be asked by. A
# hire is a moment: its day is that of the facility in whose seat the person sits. What was written or done after
# `known` is left out.
DUE = """
CREATE FUNCTION training_due(moment timestamptz, known timestamptz)
    RETURNS TABLE (id bigint, employee_id bigint, course_id bigint, facility_id bigint, done_on date, due date)
    LANGUAGE sql STABLE AS $$
    SELECT (sits.employee_id << 20) | course.id, sits.employee_id, course.id, unit.facility_id, last.done_on, CASE
        WHEN last.done_on IS NULL THEN
            greatest((lower(hired.during) AT TIME ZONE facility.time_zone_id)::date, course.from_day)
                + course.first_within_days
        ELSE (last.done_on + make_interval(months => course.every_months))::date
    END
    FROM staff_assignment sits
        JOIN staff_position seat ON seat.id = sits.position_id
        JOIN staff_unit unit ON unit.id = seat.unit_id
        JOIN staff_facility facility ON facility.id = unit.facility_id
        JOIN staff_employment hired ON hired.employee_id = sits.employee_id AND hired.during @> moment
        JOIN staff_course course ON course.from_day <= moment::date + 366
            AND (NOT EXISTS (SELECT FROM staff_course_jobs asked WHERE asked.course_id = course.id)
                OR EXISTS (SELECT FROM staff_course_jobs asked
                    WHERE asked.course_id = course.id AND asked.job_id = seat.job_id))
        LEFT JOIN LATERAL (
            SELECT max(took.done_on) AS done_on FROM staff_attendance took
            WHERE took.employee_id = sits.employee_id AND took.course_id = course.id AND took.struck_because = ''
                AND took.done_on <= (moment AT TIME ZONE facility.time_zone_id)::date AND took.written_at <= known
        ) last ON true
    WHERE sits.during @> moment
$$;
CREATE FUNCTION competence_due(moment timestamptz, known timestamptz) RETURNS TABLE (id bigint, employee_id bigint,
    competency_id bigint, facility_id bigint, assessed_on date, passed boolean, due date) LANGUAGE sql STABLE AS $$
    SELECT (sits.employee_id << 20) | asked.id, sits.employee_id, asked.id, unit.facility_id,
        last.assessed_on, last.passed, CASE
            WHEN last.assessed_on IS NULL THEN
                greatest((lower(hired.during) AT TIME ZONE facility.time_zone_id)::date, asked.from_day)
                    + asked.first_within_days
            WHEN NOT last.passed THEN last.assessed_on
            ELSE (last.assessed_on + make_interval(months => asked.every_months))::date
        END
    FROM staff_assignment sits
        JOIN staff_position seat ON seat.id = sits.position_id
        JOIN staff_unit unit ON unit.id = seat.unit_id
        JOIN staff_facility facility ON facility.id = unit.facility_id
        JOIN staff_employment hired ON hired.employee_id = sits.employee_id AND hired.during @> moment
        JOIN staff_competency asked ON asked.from_day <= (moment AT TIME ZONE facility.time_zone_id)::date
            AND (NOT EXISTS (SELECT FROM staff_competency_jobs of WHERE of.competency_id = asked.id)
                OR EXISTS (SELECT FROM staff_competency_jobs of
                    WHERE of.competency_id = asked.id AND of.job_id = seat.job_id))
        LEFT JOIN LATERAL (
            SELECT one.assessed_on, one.passed FROM staff_assessment one
            WHERE one.employee_id = sits.employee_id AND one.competency_id = asked.id AND one.struck_because = ''
                AND one.assessed_on <= (moment AT TIME ZONE facility.time_zone_id)::date AND one.written_at <= known
            ORDER BY one.assessed_on DESC, one.id DESC LIMIT 1
        ) last ON true
    WHERE sits.during @> moment
$$;
CREATE FUNCTION training_due(moment timestamptz)
    RETURNS TABLE (id bigint, employee_id bigint, course_id bigint, facility_id bigint, done_on date, due date)
    LANGUAGE sql STABLE AS $$ SELECT * FROM training_due(moment, 'infinity') $$;
CREATE FUNCTION competence_due(moment timestamptz) RETURNS TABLE (id bigint, employee_id bigint,
    competency_id bigint, facility_id bigint, assessed_on date, passed boolean, due date)
    LANGUAGE sql STABLE AS $$ SELECT * FROM competence_due(moment, 'infinity') $$;
"""

# A mark is a row of the change's own transaction: it is seen when the change is, and no two wait for each other. A seat
# keeps its unit and its job (0010).
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

# They say what training_due(now()) and competence_due(now()) say: of most people as it was written down, of the rest
# person by person. As functions of their own these are planned once, and not with each list. As the plain rows of a
# table each half can be read in the order of an index; what a row must be to be shown is asked outside. Whose rows hold
# no longer are few, which a function can say of itself. Who asks of one person finds out about that person alone.
VIEWS = """
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
CREATE FUNCTION staff_owed_anew() RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 10 AS $$
BEGIN
    RETURN QUERY SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL
        UNION SELECT employee_id FROM staff_owedperson WHERE until <= now()
        UNION SELECT employee_id FROM staff_assignment
            WHERE during @> now() AND EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL);
END $$;
CREATE VIEW staff_training AS
    SELECT id, employee_id, course_id, facility_id, done_on, due FROM (
        SELECT pair AS id, employee_id, course_id, facility_id, done_on, due, until, false AS is_anew
            FROM staff_owedcourse
        UNION ALL SELECT due.id, person, course_id, facility_id, done_on, due, NULL, true
            FROM staff_owed_anew() person CROSS JOIN LATERAL training_due_of(person) due
    ) owed
    WHERE is_anew OR (until IS NULL OR until > now())
        AND employee_id NOT IN (SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL);
CREATE VIEW staff_competence AS
    SELECT id, employee_id, competency_id, facility_id, assessed_on, passed, due FROM (
        SELECT pair AS id, employee_id, competency_id, facility_id, assessed_on, passed, due, until, false AS is_anew
            FROM staff_owedcompetency
        UNION ALL SELECT due.id, person, competency_id, facility_id, assessed_on, passed, due, NULL, true
            FROM staff_owed_anew() person CROSS JOIN LATERAL competence_due_of(person) due
    ) owed
    WHERE is_anew OR (until IS NULL OR until > now())
        AND employee_id NOT IN (SELECT employee_id FROM staff_owedchange WHERE employee_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM staff_owedchange WHERE employee_id IS NULL);
"""


class Migration(migrations.Migration):
    replaces = REPLACED["0014_what_is_owed"]
    dependencies = [("staff", "0013_what_comes_with_the_program")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="OwedPerson",
                fields=[
                    ("employee_id", models.BigIntegerField(primary_key=True, serialize=False)),
                    ("until", models.DateTimeField(null=True)),
                ],
                options={"indexes": [models.Index(fields=["until"], name="owed_until")]},
            ),
            migrations.CreateModel(
                name="OwedChange",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("employee_id", models.BigIntegerField(null=True)),
                ],
                options={"indexes": [models.Index(fields=["employee_id"], name="staff_owedc_employe_d48695_idx")]},
            ),
            migrations.CreateModel(
                name="OwedCourse",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        models.Index(fields=["due", "pair"], name="owed_course_by_day"),
                    ]
                },
            ),
            migrations.CreateModel(
                name="OwedCompetency",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        models.Index(fields=["due", "pair"], name="owed_competency_by_day"),
                    ]
                },
            ),
            migrations.CreateModel(
                name="Training",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("done_on", models.DateField(null=True)),
                    ("due", models.DateField(null=True)),
                ],
                options={"db_table": "staff_training", "ordering": ["due", "id"], "managed": False},
            ),
            migrations.CreateModel(
                name="Competence",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("assessed_on", models.DateField(null=True)),
                    ("passed", models.BooleanField(null=True)),
                    ("due", models.DateField(null=True)),
                ],
                options={"db_table": "staff_competence", "ordering": ["due", "id"], "managed": False},
            ),
        ),
        migrations.RunSQL(DUE),
        migrations.RunSQL(MARKS),
        migrations.RunSQL(KEEP),
        migrations.RunSQL(VIEWS),
    ]
