from django.conf import settings
from django.db import migrations, models

# What is open is mostly missing, and what is resolved mostly late. As if the two had nothing to do with each other, all
# that is missing was gathered and sorted for one page of it, in the belief that it was a fortieth.
STATES = """
CREATE STATISTICS deficiency_states (dependencies, mcv) ON status, kind FROM records_deficiency;
ANALYZE records_deficiency (status, kind);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0023_what_is_open_by_service"),
        ("staff", "0051_lines_as_part_of_a_question"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("delinquent_at__isnull", False)),
                fields=["facility", "delinquent_at", "encounter"],
                name="record_by_delinquent",
            ),
        ),
        migrations.RunSQL(STATES, "DROP STATISTICS deficiency_states"),
    ]
