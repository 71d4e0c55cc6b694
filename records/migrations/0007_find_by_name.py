"""Patients and practitioners by the beginning of their name in any case."""

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0006_figures"),
    ]
    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(Upper("family_name"), Upper("given_name"), "id", name="patient_by_name"),
        ),
        migrations.AddIndex(
            model_name="practitioner",
            index=models.Index(Upper("family_name"), Upper("given_name"), "id", name="practitioner_by_any_case"),
        ),
    ]
