"""Rescinding takes two where approving did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0024_switched_off"),
    ]

    operations = [
        migrations.AlterField(
            model_name="personnelstep",
            name="move",
            field=models.CharField(
                choices=[
                    ("submit", "Submitted"),
                    ("approve", "Approved"),
                    ("void", "First approval void: what it saw, or whose it is, has changed"),
                    ("return", "Returned"),
                    ("withdraw", "Withdrawn"),
                    ("correct", "Corrected"),
                    ("ask_rescind", "Asked to be rescinded, which takes two"),
                    ("rescind", "Rescinded"),
                    ("take_effect", "Took effect"),
                    ("record", "Recorded"),
                    ("take_over", "Taken over"),
                ],
                max_length=12,
            ),
        ),
    ]
