"""What the database itself promises about seats, people and lines (docs/adr/0030)."""

from django.db import migrations

from himdept.common.db.periods import PeriodKey, WithoutOverlaps

from ._replaced import REPLACED

# A head seat is one of the unit's own; so somebody's line leads out of their unit, or up in it, and never around.
HEAD_OF_ITS_OWN_UNIT = """
ALTER TABLE staff_position ADD CONSTRAINT position_with_its_unit UNIQUE (id, unit_id);
ALTER TABLE staff_place ADD CONSTRAINT head_is_a_seat_of_the_unit
    FOREIGN KEY (head_id, unit_id) REFERENCES staff_position (id, unit_id) DEFERRABLE INITIALLY DEFERRED;
CREATE FUNCTION staff_position_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A seat keeps its unit and its job: make a new one that replaces it.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'position_stays_what_it_is';
END $$;
CREATE TRIGGER stays BEFORE UPDATE OF unit_id, job_id ON staff_position FOR EACH ROW
    WHEN (NEW.unit_id <> OLD.unit_id OR NEW.job_id <> OLD.job_id) EXECUTE FUNCTION staff_position_stays();
"""

# At every moment at which somebody comes to a seat, all in it together have no more than it is authorised for. Asked of
# the seat's own rows, gathered once: by itself, "in this seat at this moment" was looked for among all who sit anywhere
# at that moment while the statistics knew few of them.
WITHIN_WHAT_IS_AUTHORISED = """
CREATE FUNCTION staff_seat_is_not_overfilled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seat staff_position; taken numeric; allowed numeric;
BEGIN
    IF TG_TABLE_NAME = 'staff_position' THEN
        seat.id := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        seat.id := OLD.position_id;
    ELSE
        seat.id := NEW.position_id;
    END IF;
    -- Two who put somebody into one seat come one after the other, and the second sees the first.
    SELECT * INTO seat FROM staff_position p WHERE p.id = seat.id FOR NO KEY UPDATE;
    IF seat.standing = 'proposed' AND EXISTS (SELECT FROM staff_assignment WHERE position_id = seat.id) THEN
        RAISE EXCEPTION 'The seat % is not approved.', seat.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_is_approved';
    END IF;
    FOR taken, allowed IN
        WITH sits AS MATERIALIZED (SELECT during, fte FROM staff_assignment WHERE position_id = seat.id),
            more AS MATERIALIZED (SELECT during, fte FROM staff_excess WHERE position_id = seat.id),
            moments AS (
                SELECT coalesce(lower(during), '-infinity') AS moment FROM sits UNION SELECT upper(during) FROM more
            )
        SELECT (SELECT sum(fte) FROM sits WHERE during @> moment), (SELECT max(fte) FROM more WHERE during @> moment)
        FROM moments
    LOOP
        IF taken > greatest(seat.authorised_fte, allowed) THEN
            RAISE EXCEPTION 'The seat % is authorised for %, and % of full time would sit in it.',
                seat.number, greatest(seat.authorised_fte, allowed), taken
                USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_within_its_fte';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER not_overfilled AFTER INSERT OR UPDATE ON staff_assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION staff_seat_is_not_overfilled();
CREATE CONSTRAINT TRIGGER not_overfilled AFTER UPDATE OF authorised_fte, standing ON staff_position
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION staff_seat_is_not_overfilled();
CREATE CONSTRAINT TRIGGER not_overfilled AFTER UPDATE OR DELETE ON staff_excess
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION staff_seat_is_not_overfilled();
"""

# Who reports to whom at a moment (staff/employment/lines.py says it in words).
LINES = """
-- Who sits in a head seat is looked up for all units at once, and a statement of milliseconds is not compiled first.
CREATE FUNCTION unit_heads(moment timestamptz)
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

-- The longest in a shared head seat heads. A function with settings of its own is called and its rows are copied one by
-- one; without, it is read as if it stood in the statement: for 5,000 people half of the time.
CREATE FUNCTION reporting_lines(moment timestamptz) RETURNS TABLE (employee_id bigint, supervisor_id bigint)
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

# docs/adr/0030 says when a circle can close at all. Who may be let out of the search has waited, too: of two changes
# that are a circle only together, one may be of somebody to whom nobody reports yet.
NO_CIRCLE = """
CREATE FUNCTION staff_line_is_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    spell tstzrange; moment timestamptz; caught bigint;
BEGIN
    -- Two changes that are a circle only together come one after the other.
    PERFORM pg_advisory_xact_lock(hashtext('staff lines'));
    IF TG_TABLE_NAME <> 'staff_place' AND TG_OP = 'INSERT' THEN
        -- To whom nobody reports, by name or as head of a unit, is in no circle, whomever they report to.
        IF NOT EXISTS (SELECT FROM staff_supervision WHERE supervisor_id = NEW.employee_id)
            AND NOT EXISTS (SELECT FROM staff_assignment a JOIN staff_place p ON p.head_id = a.position_id
                WHERE a.employee_id = NEW.employee_id) THEN
            RETURN NULL;
        END IF;
    END IF;
    spell := CASE TG_OP WHEN 'INSERT' THEN NEW.during WHEN 'DELETE' THEN OLD.during
        ELSE range_merge(OLD.during, NEW.during) END;
    -- Heads of units lead up the tree of units: without a line by name there is no circle but in the tree itself.
    IF TG_TABLE_NAME <> 'staff_place'
        AND NOT EXISTS (SELECT FROM staff_supervision WHERE during && spell) THEN
        RETURN NULL;
    END IF;
    -- A circle begins when one of its parts does: of all moments in the spell these are enough.
    FOR moment IN
        SELECT DISTINCT m FROM (
            SELECT coalesce(lower(spell), '-infinity')
            UNION ALL SELECT unnest(ARRAY[lower(during), upper(during)]) FROM staff_supervision WHERE during && spell
            UNION ALL SELECT unnest(ARRAY[lower(during), upper(during)]) FROM staff_place WHERE during && spell
            UNION ALL SELECT unnest(ARRAY[lower(a.during), upper(a.during)]) FROM staff_assignment a
                WHERE a.during && spell AND (
                    a.position_id IN (SELECT head_id FROM staff_place)
                    OR a.employee_id IN (SELECT employee_id FROM staff_supervision)
                    OR a.employee_id IN (SELECT supervisor_id FROM staff_supervision))
        ) moments (m) WHERE spell @> m
    LOOP
        IF TG_TABLE_NAME = 'staff_place' THEN
            WITH RECURSIVE up (start, unit_id) AS (
                SELECT unit_id, under_id FROM staff_place WHERE during @> moment AND under_id IS NOT NULL
                UNION
                SELECT up.start, p.under_id FROM up JOIN staff_place p ON p.unit_id = up.unit_id AND p.during @> moment
                WHERE p.under_id IS NOT NULL
            )
            SELECT start INTO caught FROM up WHERE start = unit_id LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'The unit % would be below itself at %.', caught, moment
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'units_are_no_circle';
            END IF;
        END IF;
        WITH RECURSIVE line AS MATERIALIZED (SELECT * FROM reporting_lines(moment)),
        up (start, employee_id) AS (
            SELECT l.employee_id, l.supervisor_id FROM line l
                JOIN staff_supervision s ON s.employee_id = l.employee_id AND s.during @> moment
            UNION
            SELECT up.start, line.supervisor_id FROM up JOIN line ON line.employee_id = up.employee_id
        )
        SELECT start INTO caught FROM up WHERE start = up.employee_id LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'The employee % would report to themselves at %.', caught, moment
                USING ERRCODE = 'check_violation', CONSTRAINT = 'line_is_no_circle';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER no_circle AFTER INSERT OR UPDATE OR DELETE ON staff_supervision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION staff_line_is_no_circle();
CREATE CONSTRAINT TRIGGER no_circle AFTER INSERT OR UPDATE OR DELETE ON staff_assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION staff_line_is_no_circle();
CREATE CONSTRAINT TRIGGER no_circle AFTER INSERT OR UPDATE OR DELETE ON staff_place
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION staff_line_is_no_circle();
"""


class Migration(migrations.Migration):
    replaces = REPLACED["0010_promises_about_seats_and_lines"]
    dependencies = [("staff", "0009_exclusion_lists")]

    operations = [
        WithoutOverlaps("employment", "employee", "during", "one_employment_at_a_time", at_once=True),
        WithoutOverlaps("position", "id", "valid", "seat_with_its_time", at_once=True),
        WithoutOverlaps("assignment", "employee", "during", "one_seat_at_a_time"),
        WithoutOverlaps("supervision", "employee", "during", "one_supervisor_at_a_time"),
        WithoutOverlaps("place", "unit", "during", "one_place_at_a_time"),
        WithoutOverlaps("pay", "employee", "during", "one_pay_at_a_time"),
        WithoutOverlaps("leave", "employee", "during", "one_leave_at_a_time"),
        PeriodKey("assignment", ("employee", "during"), ("employment", "employee", "during"), "seated_while_employed"),
        PeriodKey("assignment", ("position", "during"), ("position", "id", "valid"), "seated_while_the_seat_exists"),
        PeriodKey("supervision", ("employee", "during"), ("employment", "employee", "during"), "led_while_employed"),
        PeriodKey("place", ("head", "during"), ("position", "id", "valid"), "headed_while_the_seat_exists"),
        PeriodKey("pay", ("employee", "during"), ("employment", "employee", "during"), "paid_while_employed"),
        PeriodKey("leave", ("employee", "during"), ("employment", "employee", "during"), "on_leave_while_employed"),
        migrations.RunSQL(HEAD_OF_ITS_OWN_UNIT),
        migrations.RunSQL(WITHIN_WHAT_IS_AUTHORISED),
        migrations.RunSQL(LINES),
        migrations.RunSQL(NO_CIRCLE),
    ]
