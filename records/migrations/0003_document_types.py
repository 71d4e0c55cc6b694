"""The document types that the program knows from the start."""

from django.db import migrations

from records.inventory import catalogue


def load(apps, schema_editor):
    catalogue.load(apps.get_model("records", "DocumentType"), using=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_promises")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
