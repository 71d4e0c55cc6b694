"""The line of everybody, and of one, without looking at each person's named supervisor one by one."""

from django.db import migrations

LINES = """
-- Who sits in a head seat is looked up for all units at once, and a statement of milliseconds is not compiled first.
CREATE OR REPLACE FUNCTION unit_heads(moment timestamptz)
    RETURNS TABLE (unit_id bigint, head_seat bigint, own bigint, above bigint)
    LANGUAGE sql STABLE ROWS 50 SET jit = off AS $$
    WITH RECURSIVE sitting AS MATERIALIZED (
        SELECT DISTINCT ON (a.position_id) a.position_id, a.employee_id FROM staff_assignment a
        WHERE a.during @> moment AND a.position_id IN (SELECT head_id FROM staff_place p WHERE p.during @> moment)
        ORDER BY a.position_id, lower(a.during) NULLS FIRST, a.employee_id
    ),
    place AS MATERIALIZED (
        SELECT p.unit_id, p.under_id, p.head_id, sitting.employee_id AS head
        FROM staff_place p LEFT JOIN sitting ON sitting.position_id = p.head_id WHERE p.during @> moment
    ),
    up (unit_id, head_seat, at, head, step) AS (
        SELECT unit_id, head_id, under_id, head, 0 FROM place
        UNION ALL
        SELECT up.unit_id, up.head_seat, place.under_id, place.head, step + 1
        FROM up JOIN place ON place.unit_id = up.at WHERE step < 50
    )
    SELECT unit_id, head_seat,
        (array_agg(head ORDER BY step) FILTER (WHERE head IS NOT NULL))[1],
        (array_agg(head ORDER BY step) FILTER (WHERE head IS NOT NULL AND step > 0))[1]
    FROM up GROUP BY unit_id, head_seat
$$;

CREATE OR REPLACE FUNCTION reporting_lines(moment timestamptz) RETURNS TABLE (employee_id bigint, supervisor_id bigint)
    LANGUAGE sql STABLE SET jit = off AS $$
    WITH seated AS MATERIALIZED (
        SELECT a.employee_id, a.position_id FROM staff_assignment a WHERE a.during @> moment
    ),
    named AS MATERIALIZED (
        SELECT s.employee_id, s.supervisor_id FROM staff_supervision s
        WHERE s.during @> moment AND s.supervisor_id IN (SELECT seated.employee_id FROM seated)
    )
    SELECT seated.employee_id,
        coalesce(named.supervisor_id, CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END)
    FROM seated JOIN staff_position seat ON seat.id = seated.position_id
        LEFT JOIN unit_heads(moment) heads ON heads.unit_id = seat.unit_id
        LEFT JOIN named ON named.employee_id = seated.employee_id
$$;

-- As reporting_lines for one person: a walk up the line asks this of a handful, and not of everybody.
CREATE FUNCTION line_above(employee bigint, moment timestamptz) RETURNS TABLE (employee_id bigint, step int)
    LANGUAGE sql STABLE ROWS 5 SET jit = off AS $$
    WITH RECURSIVE heads AS MATERIALIZED (SELECT * FROM unit_heads(moment)),
    up (employee_id, step) AS (
        SELECT employee, 0
        UNION ALL
        SELECT coalesce(
            (SELECT s.supervisor_id FROM staff_supervision s WHERE s.employee_id = up.employee_id AND s.during @> moment
                AND EXISTS (SELECT FROM staff_assignment b
                    WHERE b.employee_id = s.supervisor_id AND b.during @> moment)),
            CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END
        ), up.step + 1
        FROM up JOIN staff_assignment a ON a.employee_id = up.employee_id AND a.during @> moment
            JOIN staff_position seat ON seat.id = a.position_id
            LEFT JOIN heads ON heads.unit_id = seat.unit_id
        WHERE up.step < 100
    )
    SELECT up.employee_id, up.step FROM up WHERE up.step > 0 AND up.employee_id IS NOT NULL
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0021_promises_about_training")]
    operations = [migrations.RunSQL(LINES)]
