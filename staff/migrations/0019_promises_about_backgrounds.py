"""What the database itself promises about schooling and work elsewhere."""

from django.db import migrations

STAYS = """
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
"""

SOMEBODY_ELSE = """
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
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0018_backgrounds")]
    operations = [migrations.RunSQL(STAYS), migrations.RunSQL(SOMEBODY_ELSE)]
