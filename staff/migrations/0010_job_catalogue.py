"""The ten titles that come with the program, with what they typically ask."""

from django.db import migrations

from staff.catalogue import shipped


def load(apps, schema_editor):
    using = schema_editor.connection.alias
    models = (apps.get_model("staff", name) for name in ("Certification", "Job", "Standard"))
    shipped.load(*(model.objects.using(using) for model in models))


class Migration(migrations.Migration):
    dependencies = [("staff", "0009_promises_about_people")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
