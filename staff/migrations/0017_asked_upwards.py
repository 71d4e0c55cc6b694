"""Whether somebody, or a seat, is below a head: asked of one person it is a walk up and not the whole line down."""

from django.db import migrations

# They say what `lines.people_below` and `lines.seats_below` say. Planned once in a session and not with each question.
UPWARDS = """
CREATE FUNCTION seat_is_below(seat bigint, head bigint, moment timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    chief bigint := (
        SELECT CASE WHEN p.id = heads.head_seat THEN heads.above ELSE heads.own END
        FROM staff_position p JOIN unit_heads(moment) heads USING (unit_id) WHERE p.id = seat
    );
BEGIN
    RETURN coalesce(chief = head, false) OR EXISTS (
        SELECT FROM line_above(chief, moment) line WHERE line.employee_id = head
    );
END $$;

CREATE FUNCTION is_below(person bigint, head bigint, moment timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (SELECT FROM staff_assignment WHERE employee_id = person AND during @> moment) THEN
        RETURN EXISTS (SELECT FROM line_above(person, moment) line WHERE line.employee_id = head);
    END IF;
    RETURN coalesce(seat_is_below((
        SELECT position_id FROM staff_assignment WHERE employee_id = person
        ORDER BY (lower(during) <= moment) DESC, CASE WHEN lower(during) <= moment THEN lower(during) END DESC,
            lower(during)
        LIMIT 1
    ), head, moment), false);
END $$;

CREATE FUNCTION is_known_to(person bigint, head bigint, moment timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN person = head OR is_below(person, head, moment);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0016_what_years_come_to")]
    operations = [migrations.RunSQL(UPWARDS)]
