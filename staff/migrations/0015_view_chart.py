"""Who may see the chart of the department."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0014_steps_in_words"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="unit",
            options={"ordering": ["facility", "name"], "permissions": [("view_chart", "Can see who works where")]},
        ),
    ]
