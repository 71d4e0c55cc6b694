"""Whether a seat is overfilled is asked of the seat's own rows, gathered once."""

from django.db import migrations

# As 0009 made it, in one question. By itself, "in this seat at this moment" was looked for among all who sit anywhere
# at that moment while the statistics knew few of them: of 9,500 newcomers from a file each was held against all others.
SEAT_BY_SEAT = """
CREATE OR REPLACE FUNCTION staff_seat_is_not_overfilled() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0055_replies_as_sent")]
    operations = [migrations.RunSQL(SEAT_BY_SEAT)]
