from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0023_supervisor_is_somebody_else")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="switched_off",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="By an administrator: no hire opens the account before they do.",
            ),
        ),
    ]
