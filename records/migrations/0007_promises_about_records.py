"""What the database itself promises about facts, trails and logs."""

from django.db import migrations, models

from himdept.common.db.operations import AppendOnly, KeepVersions, PartitionByMonth

from ._replaced import REPLACED

SAME_FACILITY = """
ALTER TABLE records_record ADD CONSTRAINT record_is_of_its_encounters_facility
    FOREIGN KEY (encounter_id, facility_id) REFERENCES records_encounter (id, facility_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
"""

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

# What is open is mostly missing, and what is resolved mostly late. As if the two had nothing to do with each other, all
# that is missing was gathered and sorted for one page of it, in the belief that it was a fortieth.
STATES = """
CREATE STATISTICS deficiency_states (dependencies, mcv) ON status, kind FROM records_deficiency;
"""


class Migration(migrations.Migration):
    replaces = REPLACED["0007_promises_about_records"]
    dependencies = [("auditlog", "0017_add_actor_email"), ("records", "0006_exchange_and_access")]

    operations = [
        migrations.RunSQL(SAME_FACILITY),
        migrations.RunSQL(SERVICE),
        migrations.RunSQL(OPEN),
        migrations.RunSQL(STATES),
        KeepVersions("patient"),
        KeepVersions("practitioner"),
        KeepVersions("encounter"),
        KeepVersions("episode"),
        KeepVersions("document"),
        KeepVersions("filing"),
        KeepVersions("requirement"),
        PartitionByMonth("accesslog", "at"),
        PartitionByMonth("inboundmessage", "received_at"),
        # The table made anew would give indexes that it copies names of its own: those with a name come after.
        migrations.AddIndex("accesslog", models.Index(fields=["record", "act", "at"], name="access_to_record")),
        migrations.AddIndex(
            "inboundmessage", models.Index(fields=["outcome", "received_at"], name="message_by_outcome")
        ),
        migrations.AddIndex("inboundmessage", models.Index(fields=["source", "received_at"], name="message_by_source")),
        AppendOnly(
            "auditlog_logentry",
            "records_accesslog",
            "records_deficiencyevent",
            "records_decision",
            "records_keptfigures",
            "records_keptowing",
            "records_messagereplay",
        ),
    ]
