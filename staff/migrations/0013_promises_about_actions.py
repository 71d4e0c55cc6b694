"""What the database itself promises about personnel actions (docs/adr/0031)."""

from django.db import migrations

from himdept.common.db.operations import AppendOnly
from himdept.common.db.periods import PeriodKey, WithoutOverlaps

# The heads of units apart, for the line of a seat that nobody sits in yet.
HEADS = """
CREATE FUNCTION unit_heads(moment timestamptz)
    RETURNS TABLE (unit_id bigint, head_seat bigint, own bigint, above bigint) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE place AS MATERIALIZED (
        SELECT p.unit_id, p.under_id, p.head_id, (
            SELECT a.employee_id FROM staff_assignment a WHERE a.position_id = p.head_id AND a.during @> moment
            ORDER BY lower(a.during) NULLS FIRST, a.employee_id LIMIT 1
        ) AS head
        FROM staff_place p WHERE p.during @> moment
    ),
    up (unit_id, at, head, step) AS (
        SELECT unit_id, under_id, head, 0 FROM place
        UNION ALL
        SELECT up.unit_id, place.under_id, place.head, step + 1 FROM up JOIN place ON place.unit_id = up.at
        WHERE step < 50
    )
    SELECT up.unit_id, min(up.head_seat),
        (array_agg(up.head ORDER BY step) FILTER (WHERE up.head IS NOT NULL))[1],
        (array_agg(up.head ORDER BY step) FILTER (WHERE up.head IS NOT NULL AND step > 0))[1]
    FROM (SELECT up.*, CASE WHEN step = 0 THEN place.head_id END AS head_seat
        FROM up JOIN place ON place.unit_id = up.unit_id) up
    GROUP BY up.unit_id
$$;

CREATE OR REPLACE FUNCTION reporting_lines(moment timestamptz) RETURNS TABLE (employee_id bigint, supervisor_id bigint)
    LANGUAGE sql STABLE AS $$
    SELECT a.employee_id, coalesce(
        (SELECT s.supervisor_id FROM staff_supervision s WHERE s.employee_id = a.employee_id AND s.during @> moment
            AND EXISTS (SELECT FROM staff_assignment b WHERE b.employee_id = s.supervisor_id AND b.during @> moment)),
        CASE WHEN seat.id = heads.head_seat THEN heads.above ELSE heads.own END
    )
    FROM staff_assignment a JOIN staff_position seat ON seat.id = a.position_id
        LEFT JOIN unit_heads(moment) heads ON heads.unit_id = seat.unit_id
    WHERE a.during @> moment
$$;
"""

# What was submitted is what is approved; what was approved is what stays.
TERMS_STAY = """
CREATE FUNCTION staff_action_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A personnel action is withdrawn or rescinded, never deleted.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'action_is_kept';
    END IF;
    IF OLD.state NOT IN ('draft', 'returned')
        AND to_jsonb(OLD) - 'state' IS DISTINCT FROM to_jsonb(NEW) - 'state' THEN
        RAISE EXCEPTION 'What was submitted is not changed any more.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'action_stays_as_submitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_personnelaction FOR EACH ROW
    EXECUTE FUNCTION staff_action_stays();
"""

SOMEBODY_ELSE = """
CREATE FUNCTION staff_nobody_decides_on_themselves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM staff_personnelaction a JOIN staff_employee e ON e.id = a.employee_id
        WHERE a.id = NEW.action_id AND e.user_id = NEW.by_id) THEN
        RAISE EXCEPTION 'Nobody acts on themselves.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_decides_on_themselves';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER somebody_else BEFORE INSERT ON staff_personnelstep FOR EACH ROW WHEN (NEW.by_id IS NOT NULL)
    EXECUTE FUNCTION staff_nobody_decides_on_themselves();

CREATE FUNCTION staff_action_was_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM staff_personnelstep WHERE action_id = NEW.id AND move IN ('approve', 'take_over')) THEN
        RAISE EXCEPTION 'Nobody approved this action.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'action_was_approved';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER was_approved AFTER INSERT OR UPDATE OF state ON staff_personnelaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('approved', 'effective', 'recorded'))
    EXECUTE FUNCTION staff_action_was_approved();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0012_people_taken_over")]
    operations = [
        WithoutOverlaps("pay", "employee", "during", "one_pay_at_a_time"),
        WithoutOverlaps("leave", "employee", "during", "one_leave_at_a_time"),
        PeriodKey("pay", ("employee", "during"), ("employment", "employee", "during"), "paid_while_employed"),
        PeriodKey("leave", ("employee", "during"), ("employment", "employee", "during"), "on_leave_while_employed"),
        migrations.RunSQL(HEADS),
        migrations.RunSQL(TERMS_STAY),
        migrations.RunSQL(SOMEBODY_ELSE),
        AppendOnly("staff_personnelstep"),
    ]
