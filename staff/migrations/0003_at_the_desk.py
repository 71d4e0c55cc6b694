"""What the program remembers for each person at the desk, and what a department aims at."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core import validators
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, F, ForeignKey, Q
from django.db.models.functions import Lower, Now

from himdept.common.db.functions import UUIDv7
from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0003_at_the_desk"]
    dependencies = [("staff", "0002_seats_and_employees")]

    operations = [
        CreateTogether(
            migrations.CreateModel(
                name="Home",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("address", models.CharField(blank=True, max_length=400, verbose_name="address")),
                    (
                        "telephone",
                        models.CharField(
                            blank=True,
                            max_length=40,
                            validators=[
                                validators.RegexValidator(
                                    "^\\+?[0-9][0-9 ()./-]{3,38}[0-9]$",
                                    "A telephone number: digits, with spaces or signs between them.",
                                )
                            ],
                            verbose_name="private telephone",
                        ),
                    ),
                    ("email", models.EmailField(blank=True, max_length=254, verbose_name="private e-mail")),
                    (
                        "contact",
                        models.CharField(blank=True, max_length=120, verbose_name="whom to call in an emergency"),
                    ),
                    ("relation", models.CharField(blank=True, max_length=60, verbose_name="who that is to the person")),
                    (
                        "contact_telephone",
                        models.CharField(
                            blank=True,
                            max_length=40,
                            validators=[
                                validators.RegexValidator(
                                    "^\\+?[0-9][0-9 ()./-]{3,38}[0-9]$",
                                    "A telephone number: digits, with spaces or signs between them.",
                                )
                            ],
                            verbose_name="their telephone",
                        ),
                    ),
                    ("changed_at", models.DateTimeField(db_default=Now(), editable=False)),
                    ("employee", models.OneToOneField(on_delete=PROTECT, related_name="home", to="staff.employee")),
                ],
                options={
                    "permissions": [("keep_home", "Can keep private addresses and emergency contacts of the own line")],
                    "default_permissions": (),
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(
                                Q(("contact", ""), ("contact_telephone", ""), ("relation", "")),
                                Q(Q(("contact", ""), _negated=True), Q(("contact_telephone", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="home_contact_can_be_called",
                            violation_error_message="Whom to call has a name and a telephone.",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="SavedView",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("name", models.CharField(max_length=60)),
                    (
                        "listing",
                        models.CharField(
                            help_text="The list it is a view of, by the name of its address.", max_length=40
                        ),
                    ),
                    (
                        "query",
                        models.CharField(blank=True, help_text="As in the address of the list.", max_length=1000),
                    ),
                    ("is_home", models.BooleanField(default=False, help_text="The list opens with it, for its owner.")),
                    (
                        "facility",
                        ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="staff.facility"),
                    ),
                    (
                        "owner",
                        ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "permissions": [("share_view", "Can make views for the team of a facility")],
                    "constraints": [
                        models.CheckConstraint(condition=Q(("name", ""), _negated=True), name="saved_view_has_a_name"),
                        models.UniqueConstraint(
                            F("owner"),
                            F("listing"),
                            Lower("name"),
                            condition=Q(("facility", None)),
                            name="saved_view_name_once_of_mine",
                        ),
                        models.UniqueConstraint(
                            F("facility"),
                            F("listing"),
                            Lower("name"),
                            condition=Q(("facility__isnull", False)),
                            name="saved_view_name_once_of_a_team",
                        ),
                        models.UniqueConstraint(
                            F("owner"),
                            F("listing"),
                            condition=Q(("is_home", True)),
                            name="one_home_of_a_person_and_list",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Selection",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("token", models.UUIDField(db_default=UUIDv7(), editable=False, unique=True)),
                    ("of", models.CharField(help_text="The list that the rows were chosen from.", max_length=40)),
                    ("query", models.TextField(blank=True, help_text="The filters that the list stood under.")),
                    ("numbers", ArrayField(base_field=models.BigIntegerField(), default=list)),
                    ("states", ArrayField(base_field=models.TextField(), default=list)),
                    ("made_at", models.DateTimeField(db_default=Now())),
                    ("changed_at", models.DateTimeField(db_default=Now())),
                    (
                        "owner",
                        ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["changed_at"], name="selection_by_age")],
                    "constraints": [
                        models.UniqueConstraint(fields=("owner", "of"), name="one_selection_of_a_person_and_list"),
                        models.CheckConstraint(
                            condition=Q(("numbers__len__lte", 10000)), name="selection_has_at_most_ten_thousand_rows"
                        ),
                        models.CheckConstraint(
                            condition=Q(("numbers__len", F("states__len"))),
                            name="selection_says_of_each_row_how_it_stood",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="KeptReply",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("key", models.CharField(max_length=255)),
                    ("fingerprint", models.BinaryField(max_length=32)),
                    ("status", models.PositiveSmallIntegerField(null=True)),
                    ("headers", models.JSONField(default=dict)),
                    ("body", models.TextField(blank=True)),
                    ("made_at", models.DateTimeField(db_default=Now())),
                    (
                        "owner",
                        ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                    ),
                ],
                options={
                    "verbose_name_plural": "kept replies",
                    "indexes": [models.Index(fields=["made_at"], name="reply_by_age")],
                    "constraints": [models.UniqueConstraint(fields=("owner", "key"), name="one_reply_per_key")],
                },
            ),
            migrations.CreateModel(
                name="Target",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    (
                        "measure",
                        models.CharField(
                            choices=[
                                ("delinquent", "Delinquent records"),
                                ("ratio", "Delinquency ratio, in percent"),
                                ("due_today", "Due before midnight"),
                                ("past_due", "Past due"),
                                ("incomplete", "Incomplete records"),
                                ("undated", "Undated entries"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("at_most", models.PositiveIntegerField()),
                    ("from_day", models.DateField(help_text="The first local day on which it counts.")),
                    ("facility", ForeignKey(on_delete=PROTECT, related_name="targets", to="staff.facility")),
                ],
                options={
                    "ordering": ["facility", "measure", "-from_day"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("facility", "measure", "from_day"),
                            name="one_target_of_a_measure_per_day",
                            violation_error_message="This facility has a target of this measure from that day on.",
                        )
                    ],
                },
            ),
        )
    ]
