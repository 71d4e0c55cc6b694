"""What the database itself promises about learning, assessments and exclusion lists; and what the program brings."""

from django.db import migrations

from himdept.common.db.operations import AppendOnly
from staff.continuing import shipped

PASTS = """
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_learning FOR EACH ROW EXECUTE FUNCTION staff_background_stays();
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_learning FOR EACH ROW
    EXECUTE FUNCTION staff_background_is_kept_by_another();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_assessment FOR EACH ROW EXECUTE FUNCTION staff_background_stays();
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_assessment FOR EACH ROW
    EXECUTE FUNCTION staff_background_is_kept_by_another();

CREATE FUNCTION staff_learning_is_of_the_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM staff_credential WHERE id = NEW.credential_id AND employee_id = NEW.employee_id
        AND NEW.done_on BETWEEN first_day AND coalesce(last_day, 'infinity')) THEN
        RAISE EXCEPTION 'That day is not in this cycle of this person.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'learning_is_of_the_cycle';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_the_cycle BEFORE INSERT ON staff_learning FOR EACH ROW
    EXECUTE FUNCTION staff_learning_is_of_the_cycle();
"""

NOT_THEIR_OWN = """
CREATE FUNCTION staff_exclusion_is_decided_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM staff_employee WHERE id = NEW.employee_id AND user_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION 'Nobody decides on their own exclusion.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_decides_on_their_own_exclusion';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF decided_by_id ON staff_exclusionmatch FOR EACH ROW
    EXECUTE FUNCTION staff_exclusion_is_decided_by_another();
"""

# As what is owed of courses (0021): of each who sits in a seat, and each competency in force that their job asks.
COMPETENCE = """
CREATE FUNCTION competence_due(moment timestamptz) RETURNS TABLE (id bigint, employee_id bigint, competency_id bigint,
    facility_id bigint, assessed_on date, passed boolean, due date) LANGUAGE sql STABLE AS $$
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
            ORDER BY one.assessed_on DESC, one.id DESC LIMIT 1
        ) last ON true
    WHERE sits.during @> moment
$$;
CREATE VIEW staff_competence AS SELECT * FROM competence_due(now());
"""


def ship(apps, schema_editor):
    """Lists that nobody has to check, and rules of issuers, until the hospital confirms them."""
    alias = schema_editor.connection.alias
    models = {
        name: apps.get_model("staff", name).objects.using(alias)
        for name in ("Certification", "ContinuingRule", "Course", "ExclusionList")
    }
    for code, title, basis in (
        ("oig", "OIG list of excluded individuals (LEIE)", "42 USC 1320a-7, 42 CFR 1001.1901"),
        ("sam", "SAM exclusions", "2 CFR 180.300"),
    ):
        models["ExclusionList"].get_or_create(code=code, defaults={"title": title, "layout": code, "basis": basis})
    shipped.load(models["Certification"], models["ContinuingRule"])
    models["Course"].filter(code="hipaa-privacy").update(needed_to_work=True)


class Migration(migrations.Migration):
    dependencies = [("staff", "0044_fit_to_work")]
    operations = [
        migrations.RunPython(ship, migrations.RunPython.noop),
        migrations.RunSQL(PASTS),
        migrations.RunSQL(NOT_THEIR_OWN),
        migrations.RunSQL(COMPETENCE),
        AppendOnly("staff_exclusioncheck"),
        AppendOnly("staff_exclusionload"),
    ]
