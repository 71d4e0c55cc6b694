"""What is owed of courses and competencies now, for the lists of everybody: looked at once and not person by person."""

from django.db import migrations

# They say what training_due(now()) and competence_due(now()) say (0049); nobody took a course, or was assessed, on a
# day to come. As a barrier each is planned by itself: among the tables of a whole question the planner searched for
# longer than it then read. The jobs of a course, and who took which last, are gathered once.
VIEWS = """
CREATE OR REPLACE VIEW staff_training WITH (security_barrier) AS
    SELECT (sits.employee_id << 20) | course.id AS id, sits.employee_id, course.id AS course_id, unit.facility_id,
        last.done_on, CASE WHEN last.done_on IS NULL THEN
            greatest((lower(hired.during) AT TIME ZONE facility.time_zone_id)::date, course.from_day)
                + course.first_within_days
        ELSE (last.done_on + make_interval(months => course.every_months))::date END AS due
    FROM staff_assignment sits
        JOIN staff_position seat ON seat.id = sits.position_id
        JOIN staff_unit unit ON unit.id = seat.unit_id
        JOIN staff_facility facility ON facility.id = unit.facility_id
        JOIN staff_employment hired ON hired.employee_id = sits.employee_id AND hired.during @> now()
        JOIN (
            SELECT *, ARRAY(SELECT job_id FROM staff_course_jobs WHERE course_id = one.id) AS jobs
            FROM staff_course one WHERE one.from_day <= now()::date + 366 OFFSET 0
        ) course ON course.jobs = '{}' OR seat.job_id = ANY(course.jobs)
        LEFT JOIN (
            SELECT employee_id, course_id, max(done_on) AS done_on FROM staff_attendance WHERE struck_because = ''
            GROUP BY employee_id, course_id
        ) last ON last.employee_id = sits.employee_id AND last.course_id = course.id
    WHERE sits.during @> now();
CREATE OR REPLACE VIEW staff_competence WITH (security_barrier) AS
    SELECT (sits.employee_id << 20) | asked.id AS id, sits.employee_id, asked.id AS competency_id, unit.facility_id,
        last.assessed_on, last.passed, CASE
            WHEN last.assessed_on IS NULL THEN
                greatest((lower(hired.during) AT TIME ZONE facility.time_zone_id)::date, asked.from_day)
                    + asked.first_within_days
            WHEN NOT last.passed THEN last.assessed_on
            ELSE (last.assessed_on + make_interval(months => asked.every_months))::date
        END AS due
    FROM staff_assignment sits
        JOIN staff_position seat ON seat.id = sits.position_id
        JOIN staff_unit unit ON unit.id = seat.unit_id
        JOIN staff_facility facility ON facility.id = unit.facility_id
        JOIN staff_employment hired ON hired.employee_id = sits.employee_id AND hired.during @> now()
        JOIN (
            SELECT *, ARRAY(SELECT job_id FROM staff_competency_jobs WHERE competency_id = one.id) AS jobs
            FROM staff_competency one OFFSET 0
        ) asked ON asked.from_day <= (now() AT TIME ZONE facility.time_zone_id)::date
            AND (asked.jobs = '{}' OR seat.job_id = ANY(asked.jobs))
        LEFT JOIN (
            SELECT DISTINCT ON (employee_id, competency_id) employee_id, competency_id, assessed_on, passed
            FROM staff_assessment WHERE struck_because = ''
            ORDER BY employee_id, competency_id, assessed_on DESC, id DESC
        ) last ON last.employee_id = sits.employee_id AND last.competency_id = asked.id
    WHERE sits.during @> now();
"""
BEFORE = """
CREATE OR REPLACE VIEW staff_training WITH (security_barrier = false) AS SELECT * FROM training_due(now());
CREATE OR REPLACE VIEW staff_competence WITH (security_barrier = false) AS SELECT * FROM competence_due(now());
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0052_handed_over")]
    operations = [migrations.RunSQL(VIEWS, BEFORE)]
