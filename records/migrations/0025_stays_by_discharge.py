from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0024_how_lists_are_narrowed"),
        ("staff", "0051_lines_as_part_of_a_question"),
    ]

    operations = [
        migrations.AddIndex(model_name="encounter", index=models.Index(fields=["end_first"], name="encounter_by_end")),
    ]
