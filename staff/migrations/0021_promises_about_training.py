"""What each person owes of the courses in force, as the database says it; and the course that the privacy rule asks."""

from django.db import migrations

# A function of text, so that the tables it reads can still be changed; the view gives it columns to be asked by.
# A hire is a moment: its day is that of the facility in whose seat the person sits.
DUE = """
CREATE FUNCTION training_due(moment timestamptz)
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
        ) last ON true
    WHERE sits.during @> moment
$$;
CREATE VIEW staff_training AS SELECT * FROM training_due(now());
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_attendance FOR EACH ROW EXECUTE FUNCTION staff_background_stays();
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_attendance FOR EACH ROW
    EXECUTE FUNCTION staff_background_is_kept_by_another();
"""


def ship(apps, schema_editor):
    """The course comes into force when the hospital says so: nobody is late on the day of the installation."""
    courses = apps.get_model("staff", "Course").objects.using(schema_editor.connection.alias)
    courses.get_or_create(
        code="hipaa-privacy",
        defaults={
            "title": "HIPAA privacy and security",
            "basis": "45 CFR 164.530(b), 164.308(a)(5)",
            "first_within_days": 30,
            "every_months": 12,
            "to_confirm": "the rule asks for a reasonable time after the hire; 30 days and each year are customary",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("staff", "0020_training")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop), migrations.RunSQL(DUE)]
