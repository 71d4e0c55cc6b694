"""What a program reads is in the access log too, beside what it reads it for."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0017_records_by_status"),
    ]

    operations = [
        migrations.AddField(
            "client",
            "purpose",
            models.CharField(
                choices=[
                    ("TREAT", "treatment"),
                    ("HPAYMT", "payment"),
                    ("HOPERAT", "health care operations"),
                ],
                default="HOPERAT",
                help_text="What it reads records for: it stands beside each reading in the access log.",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "client",
            models.CheckConstraint(
                name="client_purpose_is_known", condition=Q(purpose__in=["TREAT", "HPAYMT", "HOPERAT"])
            ),
        ),
        migrations.AlterField(
            "accesslog",
            "act",
            models.CharField(
                choices=[("read", "Opened"), ("listed", "Exported in a list"), ("sent", "Sent to a program")],
                max_length=10,
            ),
        ),
        migrations.RemoveIndex("accesslog", "access_to_record"),
        migrations.AddIndex("accesslog", models.Index(fields=["record", "act", "at"], name="access_to_record")),
    ]
