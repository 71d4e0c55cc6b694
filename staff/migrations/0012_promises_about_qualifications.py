"""What the database itself promises about credentials (docs/adr/0032), pasts, learning and exclusion lists."""

from django.db import migrations

from himdept.common.db.operations import AppendOnly

from ._replaced import REPLACED

FORM = """
CREATE FUNCTION staff_credential_has_its_form() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    form text;
BEGIN
    SELECT number_form INTO form FROM staff_certification WHERE id = NEW.certification_id;
    IF form <> '' AND NEW.number !~ ('^(?:' || form || ')$') THEN
        RAISE EXCEPTION 'The issuer gives out no numbers of that form.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_number_has_its_form';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER has_its_form BEFORE INSERT OR UPDATE OF number ON staff_credential FOR EACH ROW
    EXECUTE FUNCTION staff_credential_has_its_form();
"""

CREDENTIAL_STAYS = """
CREATE FUNCTION staff_credential_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.struck_because <> '' OR NEW.employee_id <> OLD.employee_id
        OR NEW.certification_id <> OLD.certification_id OR NEW.written_by_id <> OLD.written_by_id THEN
        RAISE EXCEPTION 'A credential keeps its person and its certification, and is never deleted.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'credential_stays_what_it_is';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_credential FOR EACH ROW EXECUTE FUNCTION staff_credential_stays();
"""

CREDENTIAL_BY_SOMEBODY_ELSE = """
CREATE FUNCTION staff_credential_is_kept_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    holder bigint; keeper bigint;
BEGIN
    IF TG_TABLE_NAME = 'staff_credential' THEN
        holder := NEW.employee_id;
        keeper := coalesce(NEW.struck_by_id, NEW.written_by_id);
    ELSE
        SELECT employee_id INTO holder FROM staff_credential WHERE id = NEW.credential_id;
        keeper := NEW.by_id;
    END IF;
    IF EXISTS (SELECT FROM staff_employee WHERE id = holder AND user_id = keeper) THEN
        RAISE EXCEPTION 'Nobody keeps their own credentials.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_keeps_their_own_credentials';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_credential FOR EACH ROW
    EXECUTE FUNCTION staff_credential_is_kept_by_another();
CREATE TRIGGER somebody_else BEFORE INSERT ON staff_verification FOR EACH ROW
    EXECUTE FUNCTION staff_credential_is_kept_by_another();
"""

# Schooling, work elsewhere, attendances, learning, assessments.
PAST_STAYS = """
CREATE FUNCTION staff_background_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.struck_because <> '' OR to_jsonb(OLD) - '{struck_by_id,struck_because}'::text[]
        <> to_jsonb(NEW) - '{struck_by_id,struck_because}'::text[] THEN
        RAISE EXCEPTION 'What was recorded of a past is struck and recorded anew, never changed, never deleted.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'background_stays_what_it_is';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_schooling FOR EACH ROW EXECUTE FUNCTION staff_background_stays();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_experience FOR EACH ROW EXECUTE FUNCTION staff_background_stays();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_attendance FOR EACH ROW EXECUTE FUNCTION staff_background_stays();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_learning FOR EACH ROW EXECUTE FUNCTION staff_background_stays();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON staff_assessment FOR EACH ROW EXECUTE FUNCTION staff_background_stays();
"""

PAST_BY_SOMEBODY_ELSE = """
CREATE FUNCTION staff_background_is_kept_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM staff_employee
        WHERE id = NEW.employee_id AND user_id IN (NEW.written_by_id, NEW.struck_by_id)) THEN
        RAISE EXCEPTION 'Nobody keeps their own past.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_keeps_their_own_past';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_schooling FOR EACH ROW
    EXECUTE FUNCTION staff_background_is_kept_by_another();
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_experience FOR EACH ROW
    EXECUTE FUNCTION staff_background_is_kept_by_another();
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_attendance FOR EACH ROW
    EXECUTE FUNCTION staff_background_is_kept_by_another();
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_learning FOR EACH ROW
    EXECUTE FUNCTION staff_background_is_kept_by_another();
CREATE TRIGGER somebody_else BEFORE INSERT OR UPDATE OF struck_by_id ON staff_assessment FOR EACH ROW
    EXECUTE FUNCTION staff_background_is_kept_by_another();
"""

LEARNING_OF_THE_CYCLE = """
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

EXCLUSION_BY_SOMEBODY_ELSE = """
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


class Migration(migrations.Migration):
    replaces = REPLACED["0012_promises_about_qualifications"]
    dependencies = [("staff", "0011_promises_about_decisions")]

    operations = [
        migrations.RunSQL(FORM),
        migrations.RunSQL(CREDENTIAL_STAYS),
        migrations.RunSQL(CREDENTIAL_BY_SOMEBODY_ELSE),
        migrations.RunSQL(PAST_STAYS),
        migrations.RunSQL(PAST_BY_SOMEBODY_ELSE),
        migrations.RunSQL(LEARNING_OF_THE_CYCLE),
        migrations.RunSQL(EXCLUSION_BY_SOMEBODY_ELSE),
        AppendOnly("staff_verification", "staff_exclusioncheck", "staff_exclusionload"),
    ]
