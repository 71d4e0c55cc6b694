import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import himdept.common.db.functions


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0002_main_facility"),
    ]

    operations = [
        migrations.CreateModel(
            name="Selection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.UUIDField(db_default=himdept.common.db.functions.UUIDv7(), editable=False, unique=True),
                ),
                ("of", models.CharField(help_text="The list that the rows were chosen from.", max_length=40)),
                ("query", models.TextField(blank=True, help_text="The filters that the list stood under.")),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list),
                ),
                ("states", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["changed_at"], name="selection_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "of"), name="one_selection_of_a_person_and_list"),
                    models.CheckConstraint(
                        condition=models.Q(("numbers__len__lte", 10000)), name="selection_has_at_most_ten_thousand_rows"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("numbers__len", models.F("states__len"))),
                        name="selection_says_of_each_row_how_it_stood",
                    ),
                ],
            },
        ),
    ]
