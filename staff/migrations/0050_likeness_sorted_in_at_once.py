"""A list is searched in the transaction that wrote it: its index of likeness keeps nothing waiting to be sorted in."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("staff", "0049_due_as_known")]

    operations = [
        migrations.RemoveIndex(model_name="excluded", name="excluded_by_likeness"),
        migrations.AddIndex(
            model_name="excluded",
            index=GinIndex(fastupdate=False, fields=["name"], name="excluded_by_likeness", opclasses=["gin_trgm_ops"]),
        ),
    ]
