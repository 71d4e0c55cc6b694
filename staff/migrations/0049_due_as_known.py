"""What was owed of courses and competencies as of any moment, as far as was known at another."""

from django.db import migrations

# As 0021 and 0045, and what was written or done since is left out. What they gave is this, known for good.
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
CREATE OR REPLACE FUNCTION training_due(moment timestamptz)
    RETURNS TABLE (id bigint, employee_id bigint, course_id bigint, facility_id bigint, done_on date, due date)
    LANGUAGE sql STABLE AS $$ SELECT * FROM training_due(moment, 'infinity') $$;
CREATE OR REPLACE FUNCTION competence_due(moment timestamptz) RETURNS TABLE (id bigint, employee_id bigint,
    competency_id bigint, facility_id bigint, assessed_on date, passed boolean, due date)
    LANGUAGE sql STABLE AS $$ SELECT * FROM competence_due(moment, 'infinity') $$;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0048_checklists")]
    operations = [migrations.RunSQL(DUE)]
