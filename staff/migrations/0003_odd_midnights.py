from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_main_facility")]
    operations = [
        migrations.RenameModel("LocalDay", "OddMidnight"),
        migrations.AlterField(
            "oddmidnight",
            "zone",
            models.ForeignKey(on_delete=models.PROTECT, related_name="odd_midnights", to="staff.timezone"),
        ),
    ]
