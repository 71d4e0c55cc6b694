"""The steps of a personnel action in words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0013_promises_about_actions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="personnelstep",
            name="move",
            field=models.CharField(
                choices=[
                    ("submit", "Submitted"),
                    ("approve", "Approved"),
                    ("void", "First approval void: what it saw has changed"),
                    ("return", "Returned"),
                    ("withdraw", "Withdrawn"),
                    ("correct", "Corrected"),
                    ("rescind", "Rescinded"),
                    ("take_effect", "Took effect"),
                    ("record", "Recorded"),
                    ("take_over", "Taken over"),
                ],
                max_length=12,
            ),
        ),
    ]
