"""The public keys of clients, when each was last used, and the assertions that were used already."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def of_client(related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to="records.client"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0013_exceptions_and_ages"),
    ]

    operations = [
        migrations.AddField(
            "client",
            "jwks",
            models.JSONField(blank=True, null=True, help_text="Its public keys, for signed assertions."),
        ),
        migrations.AddField(
            "client",
            "jwks_url",
            models.CharField(blank=True, default="", max_length=500, help_text="Or where they stand."),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "client",
            models.CheckConstraint(
                name="keys_of_a_client_are_in_one_place", condition=Q(jwks__isnull=True) | Q(jwks_url="")
            ),
        ),
        migrations.CreateModel(
            name="ClientKeyUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client", of_client("key_uses")),
                ("kid", models.CharField(max_length=200)),
                ("last_used_at", models.DateTimeField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["client", "kid"], name="one_last_use_of_a_key")]},
        ),
        migrations.CreateModel(
            name="SeenAssertion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client", of_client("+")),
                ("jti_sha256", models.CharField(max_length=64)),
                ("until", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["client", "jti_sha256"], name="an_assertion_is_used_once")
                ]
            },
        ),
    ]
