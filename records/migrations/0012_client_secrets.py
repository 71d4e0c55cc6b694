"""Secrets of clients, two of which may be live at once; a limit of requests of a client's own."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import migrations, models
from django.db.models import F, Q

from records.exchange.models import LiveSpan


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0011_cosignature"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="client",
            options={
                "permissions": [
                    ("manage_client", "Can let programs in and say what they may do"),
                    ("switch_off_client", "Can switch a program off"),
                ]
            },
        ),
        migrations.AddField(
            "client",
            "requests_per_minute",
            models.PositiveIntegerField(
                blank=True,
                null=True,
                help_text="How many it may make at most; empty is what the installation allows.",
            ),
        ),
        migrations.AddConstraint(
            "client", models.CheckConstraint(name="client_may_make_requests", condition=~Q(requests_per_minute=0))
        ),
        migrations.CreateModel(
            name="ClientSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="secrets", to="records.client"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(editable=False)),
                ("begins", models.CharField(help_text="Its first characters, to tell it by.", max_length=6)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ends_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(name="client_secret_is_first_or_second", condition=Q(place__in=[1, 2])),
                    models.CheckConstraint(
                        name="client_secret_ends_after_it_was_made", condition=Q(ends_at__gte=F("made_at"))
                    ),
                    ExclusionConstraint(
                        name="two_live_secrets_of_a_client",
                        expressions=[
                            ("client", RangeOperators.EQUAL),
                            ("place", RangeOperators.EQUAL),
                            (LiveSpan("made_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                        ],
                    ),
                ],
            },
        ),
    ]
