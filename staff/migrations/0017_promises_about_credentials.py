"""What the database itself promises about credentials, and what is known of their issuers (docs/adr/0032)."""

from django.db import migrations

from himdept.common.db.operations import AppendOnly
from staff.credentials import issuers

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

STAYS = """
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

SOMEBODY_ELSE = """
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


def load(apps, schema_editor):
    issuers.load(apps.get_model("staff", "Certification").objects.using(schema_editor.connection.alias))


class Migration(migrations.Migration):
    dependencies = [("staff", "0016_credentials")]
    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunSQL(FORM),
        migrations.RunSQL(STAYS),
        migrations.RunSQL(SOMEBODY_ELSE),
        AppendOnly("staff_verification"),
    ]
