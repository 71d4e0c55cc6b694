"""What a facility wants the huddle's numbers to be."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0004_saved_view"),
    ]
    operations = [
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("delinquent", "Delinquent records"),
                            ("ratio", "Delinquency ratio, in percent"),
                            ("due_today", "Due before midnight"),
                            ("past_due", "Past due"),
                            ("incomplete", "Incomplete records"),
                            ("undated", "Undated entries"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at_most", models.PositiveIntegerField()),
                ("from_day", models.DateField(help_text="The first local day on which it counts.")),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="targets", to="staff.facility"
                    ),
                ),
            ],
            options={
                "ordering": ["facility", "measure", "-from_day"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("facility", "measure", "from_day"),
                        name="one_target_of_a_measure_per_day",
                        violation_error_message="This facility has a target of this measure from that day on.",
                    )
                ],
            },
        ),
    ]
