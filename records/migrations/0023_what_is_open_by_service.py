import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# docs/adr/0048
SERVICE = """
CREATE FUNCTION records_record_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.service_id := (SELECT service_id FROM records_encounter WHERE id = NEW.encounter_id);
    RETURN NEW;
END $$;
CREATE TRIGGER has_the_service_of_its_encounter BEFORE INSERT OR UPDATE OF service_id ON records_record
    FOR EACH ROW EXECUTE FUNCTION records_record_service();

CREATE FUNCTION records_encounter_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE records_record r SET service_id = n.service_id
    FROM changed n JOIN replaced o USING (id)
    WHERE r.encounter_id = n.id AND n.service_id IS DISTINCT FROM o.service_id;
    RETURN NULL;
END $$;
CREATE TRIGGER tells_its_record_the_service AFTER UPDATE ON records_encounter
    REFERENCING NEW TABLE AS changed OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION records_encounter_service();

UPDATE records_record r SET service_id = e.service_id FROM records_encounter e
WHERE e.id = r.encounter_id AND e.service_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
SERVICE_BACK = """
DROP TRIGGER tells_its_record_the_service ON records_encounter;
DROP FUNCTION records_encounter_service();
DROP TRIGGER has_the_service_of_its_encounter ON records_record;
DROP FUNCTION records_record_service();
"""

# Both are asked at the end of the transaction: an audit writes what is open before it writes the flags.
OPEN = """
CREATE FUNCTION records_deficiency_of_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM records_deficiency d JOIN records_record r ON r.encounter_id = d.record_id
        WHERE d.id = NEW.id AND d.status = 'open' AND r.status = 'complete'
    ) THEN
        RAISE EXCEPTION 'A record is not complete while a deficiency of it is open.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_is_open_on_a_complete_record';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER nothing_is_open_on_a_complete_record AFTER INSERT OR UPDATE OF status, record_id
    ON records_deficiency DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'open') EXECUTE FUNCTION records_deficiency_of_complete();

CREATE FUNCTION records_record_is_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM records_deficiency d JOIN records_record r ON r.encounter_id = d.record_id
        WHERE d.record_id = NEW.encounter_id AND d.status = 'open' AND r.status = 'complete'
    ) THEN
        RAISE EXCEPTION 'A record is not complete while a deficiency of it is open.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nothing_is_open_on_a_complete_record';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER nothing_is_open_on_a_complete_record AFTER INSERT OR UPDATE OF status
    ON records_record DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'complete') EXECUTE FUNCTION records_record_is_complete();
"""
OPEN_BACK = """
DROP TRIGGER nothing_is_open_on_a_complete_record ON records_record;
DROP FUNCTION records_record_is_complete();
DROP TRIGGER nothing_is_open_on_a_complete_record ON records_deficiency;
DROP FUNCTION records_deficiency_of_complete();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0022_documents_by_time"),
        ("staff", "0050_likeness_sorted_in_at_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="record", name="record_by_status"),
        migrations.AddField(
            model_name="record",
            name="service",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.service",
            ),
        ),
        migrations.RunSQL(SERVICE, SERVICE_BACK),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                fields=["facility", "status", "delinquent_at", "encounter"],
                include=("confidentiality", "service"),
                name="record_by_status",
            ),
        ),
        migrations.RunSQL(OPEN, OPEN_BACK),
    ]
