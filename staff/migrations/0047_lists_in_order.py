"""The lists of people and of actions read their first page by an index, however many there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0046_personnel_notices"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="employee",
            index=models.Index(fields=["family_name", "given_name", "number"], name="employee_in_order"),
        ),
        migrations.AddIndex(
            model_name="personnelaction",
            index=models.Index(fields=["-effective", "-id"], name="action_in_order"),
        ),
    ]
