"""What a database that came by the older migrations has otherwise than a new one (docs/adr/0054): an index that nothing
asks for, and one by another name."""

from django.db import migrations

AS_IN_A_NEW_ONE = """
DROP INDEX IF EXISTS records_accesslog_record_id_at_idx;
ALTER INDEX IF EXISTS records_inboundmessage_outcome_received_at_idx RENAME TO message_by_outcome;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0008_types_of_documents")]
    operations = [migrations.RunSQL(AS_IN_A_NEW_ONE)]
