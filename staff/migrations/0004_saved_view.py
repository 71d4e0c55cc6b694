import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0003_selection"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="list_keys",
            field=models.BooleanField(
                default=True, help_text="Single keys such as j, k and x work while a list has the focus (WCAG 2.1.4)."
            ),
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "listing",
                    models.CharField(help_text="The list it is a view of, by the name of its address.", max_length=40),
                ),
                ("query", models.CharField(blank=True, help_text="As in the address of the list.", max_length=1000)),
                ("is_home", models.BooleanField(default=False, help_text="The list opens with it, for its owner.")),
                (
                    "facility",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="staff.facility",
                    ),
                ),
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
                "permissions": [("share_view", "Can make views for the team of a facility")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="saved_view_has_a_name"
                    ),
                    models.UniqueConstraint(
                        models.F("owner"),
                        models.F("listing"),
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("facility", None)),
                        name="saved_view_name_once_of_mine",
                    ),
                    models.UniqueConstraint(
                        models.F("facility"),
                        models.F("listing"),
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("facility__isnull", False)),
                        name="saved_view_name_once_of_a_team",
                    ),
                    models.UniqueConstraint(
                        models.F("owner"),
                        models.F("listing"),
                        condition=models.Q(("is_home", True)),
                        name="one_home_of_a_person_and_list",
                    ),
                ],
            },
        ),
    ]
