"""Facilities with their time zones, and the accounts of people and services."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models
from django.db.models import PROTECT, BigAutoField, ForeignKey, Q
from django.utils import timezone

from himdept.common.db.operations import CreateTogether

from ._replaced import REPLACED


class Migration(migrations.Migration):
    replaces = REPLACED["0001_people_and_facilities"]
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        CreateTogether(
            migrations.CreateModel(
                name="TimeZone", fields=[("name", models.CharField(max_length=64, primary_key=True, serialize=False))]
            ),
            migrations.CreateModel(
                name="OddMidnight",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("zone", ForeignKey(on_delete=PROTECT, related_name="odd_midnights", to="staff.timezone")),
                    ("day", models.DateField()),
                    ("starts_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("zone", "day"), name="one_beginning_per_local_day")]
                },
            ),
            migrations.CreateModel(
                name="Facility",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.SlugField(max_length=20, unique=True)),
                    ("name", models.CharField(max_length=200)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("hospital", "Hospital"),
                                ("critical_access", "Critical access hospital"),
                                ("psychiatric", "Psychiatric hospital"),
                                ("ambulatory_surgery", "Ambulatory surgery centre"),
                            ],
                            default="hospital",
                            max_length=20,
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            blank=True, help_text="Two letters, for the limits that a state sets.", max_length=2
                        ),
                    ),
                    ("time_zone", ForeignKey(on_delete=PROTECT, related_name="+", to="staff.timezone")),
                    (
                        "delinquent_after_days",
                        models.PositiveSmallIntegerField(
                            default=30, help_text="An incomplete record is delinquent this many days after discharge."
                        ),
                    ),
                    (
                        "night_begins_at",
                        models.TimeField(default="02:00", help_text="Local time at which the night's audit is due."),
                    ),
                ],
                options={
                    "verbose_name_plural": "facilities",
                    "ordering": ["code"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=Q(("code__regex", "^[A-Z0-9_-]+$")), name="facility_code_is_upper_case"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="User",
                fields=[
                    ("id", BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    (
                        "is_superuser",
                        models.BooleanField(
                            default=False,
                            help_text=(
                                "Designates that this user has all permissions without explicitly assigning them."
                            ),
                            verbose_name="superuser status",
                        ),
                    ),
                    (
                        "username",
                        models.CharField(
                            error_messages={"unique": "A user with that username already exists."},
                            help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                            max_length=150,
                            unique=True,
                            validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                            verbose_name="username",
                        ),
                    ),
                    ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                    ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                    ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                    (
                        "is_staff",
                        models.BooleanField(
                            default=False,
                            help_text="Designates whether the user can log into this admin site.",
                            verbose_name="staff status",
                        ),
                    ),
                    (
                        "is_active",
                        models.BooleanField(
                            default=True,
                            help_text=(
                                "Designates whether this user should be treated as active. Unselect this instead of "
                                "deleting accounts."
                            ),
                            verbose_name="active",
                        ),
                    ),
                    ("date_joined", models.DateTimeField(default=timezone.now, verbose_name="date joined")),
                    (
                        "kind",
                        models.CharField(
                            choices=[("person", "Person"), ("service", "Service")], default="person", max_length=10
                        ),
                    ),
                    (
                        "clearance",
                        models.PositiveSmallIntegerField(
                            choices=[
                                (0, "unrestricted"),
                                (1, "low"),
                                (2, "moderate"),
                                (3, "normal"),
                                (4, "restricted"),
                                (5, "very restricted"),
                            ],
                            default=3,
                            help_text="The most confidential record this person's role may reach.",
                        ),
                    ),
                    ("must_change_password", models.BooleanField(default=False)),
                    (
                        "list_keys",
                        models.BooleanField(
                            default=True,
                            help_text="Single keys such as j, k and x work while a list has the focus (WCAG 2.1.4).",
                        ),
                    ),
                    (
                        "access_ends_at",
                        models.DateTimeField(
                            blank=True,
                            editable=False,
                            help_text="From this minute on nothing opens: the separation's.",
                            null=True,
                        ),
                    ),
                    (
                        "switched_off",
                        models.BooleanField(
                            default=False,
                            editable=False,
                            help_text="By an administrator: no hire opens the account before they do.",
                        ),
                    ),
                    (
                        "groups",
                        models.ManyToManyField(
                            blank=True,
                            help_text=(
                                "The groups this user belongs to. A user will get all permissions granted to each of "
                                "their groups."
                            ),
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.group",
                            verbose_name="groups",
                        ),
                    ),
                    (
                        "user_permissions",
                        models.ManyToManyField(
                            blank=True,
                            help_text="Specific permissions for this user.",
                            related_name="user_set",
                            related_query_name="user",
                            to="auth.permission",
                            verbose_name="user permissions",
                        ),
                    ),
                    ("facilities", models.ManyToManyField(blank=True, related_name="users", to="staff.facility")),
                ],
                options={"verbose_name": "user", "verbose_name_plural": "users", "abstract": False},
                managers=[("objects", django.contrib.auth.models.UserManager())],
            ),
        ),
    ]
