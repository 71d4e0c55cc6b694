from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0054_home")]

    # Answers live for a day. One that was kept as JSON is the same as text, but for the order of its keys.
    operations = [
        migrations.RunSQL(
            "UPDATE staff_keptreply SET body = '\"\"' WHERE body IS NULL", migrations.RunSQL.noop, elidable=True
        ),
        migrations.AlterField(model_name="keptreply", name="body", field=models.TextField(blank=True)),
    ]
