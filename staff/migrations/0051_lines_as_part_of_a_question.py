"""The line of everybody as a part of the statement that asks for it, and no longer row by row from a function."""

from django.db import migrations

# A function with settings of its own is called and its rows are copied one by one; without, it is read as if it stood
# in the statement: for 5,000 people half of the time.
LINES = """
CREATE OR REPLACE FUNCTION reporting_lines(moment timestamptz) RETURNS TABLE (employee_id bigint, supervisor_id bigint)
    LANGUAGE sql STABLE AS $$
    SELECT a.employee_id,
        coalesce(named.supervisor_id, CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END)
    FROM staff_assignment a JOIN staff_position seat ON seat.id = a.position_id
        LEFT JOIN unit_heads(moment) heads ON heads.unit_id = seat.unit_id
        LEFT JOIN staff_supervision named ON named.employee_id = a.employee_id AND named.during @> moment
            AND EXISTS (SELECT FROM staff_assignment b
                WHERE b.employee_id = named.supervisor_id AND b.during @> moment)
    WHERE a.during @> moment
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0050_likeness_sorted_in_at_once")]
    operations = [migrations.RunSQL(LINES)]
