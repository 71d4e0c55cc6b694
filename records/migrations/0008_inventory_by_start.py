"""The inventory in its first order, for people who reach several facilities."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_find_by_name"),
    ]
    operations = [
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(fields=["start_first", "id"], name="encounter_by_start_anywhere"),
        ),
    ]
