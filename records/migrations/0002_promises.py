"""What the database itself promises about facts, trails and logs."""

from django.db import migrations

from himdept.common.db.operations import AppendOnly, KeepVersions, PartitionByMonth

SAME_FACILITY = """
ALTER TABLE records_record ADD CONSTRAINT record_is_of_its_encounters_facility
    FOREIGN KEY (encounter_id, facility_id) REFERENCES records_encounter (id, facility_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(SAME_FACILITY, migrations.RunSQL.noop),
        KeepVersions("encounter"),
        KeepVersions("episode"),
        KeepVersions("document"),
        KeepVersions("filing"),
        KeepVersions("requirement"),
        PartitionByMonth("accesslog", "at"),
        PartitionByMonth("inboundmessage", "received_at"),
        AppendOnly("auditlog_logentry", "records_deficiencyevent", "records_accesslog"),
    ]
