from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("staff", "0022_faster_lines")]
    operations = [
        migrations.AddConstraint(
            model_name="personnelaction",
            constraint=models.CheckConstraint(
                name="action_supervisor_is_somebody_else",
                condition=Q(supervisor=None) | ~Q(supervisor=F("employee")),
                violation_error_message="Nobody reports to themselves.",
            ),
        ),
        migrations.AlterModelOptions(name="excess", options={"verbose_name_plural": "excesses"}),
    ]
