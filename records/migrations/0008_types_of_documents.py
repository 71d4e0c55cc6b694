"""The document types that the program knows from the start."""

from django.db import migrations

from records.inventory import catalogue

from ._replaced import REPLACED


def load(apps, schema_editor):
    catalogue.load(apps.get_model("records", "DocumentType"), using=schema_editor.connection.alias)


class Migration(migrations.Migration):
    replaces = REPLACED["0008_types_of_documents"]
    dependencies = [("records", "0007_promises_about_records")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
