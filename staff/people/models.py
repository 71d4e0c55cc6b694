"""The hospital's places, and who signs in."""

from zoneinfo import ZoneInfo

from auditlog.registry import auditlog
from django.contrib.auth.models import AbstractUser
from django.db import connection, models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from himdept.common.confidentiality import Confidentiality

BY_ROLE_ALONE = frozenset(
    {
        "staff.view_chart",
        "staff.propose_personnelaction",
        "staff.approve_personnelaction",
        "staff.import_people",
        "staff.check_exclusions",
        "staff.keep_home",
    }
)


class TimeZone(models.Model):
    """An IANA time zone whose odd midnights are written down, so that a due date can be counted in it."""

    name = models.CharField(primary_key=True, max_length=64)

    def __str__(self):
        return self.name


class OddMidnight(models.Model):
    """The beginning of a local day whose midnight the clock shows twice or never; of two, the first.

    Written down by Python because PostgreSQL's AT TIME ZONE takes the second of two (docs/adr/0002).
    """

    zone = models.ForeignKey(TimeZone, on_delete=models.PROTECT, related_name="odd_midnights")
    day = models.DateField()
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zone", "day"], name="one_beginning_per_local_day")]

    def __str__(self):
        return f"{self.day} in {self.zone_id}"


class Facility(models.Model):
    """A hospital or other place of care, with the time zone in which its days are counted."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", _("Hospital")
        CRITICAL_ACCESS = "critical_access", _("Critical access hospital")
        PSYCHIATRIC = "psychiatric", _("Psychiatric hospital")
        AMBULATORY_SURGERY = "ambulatory_surgery", _("Ambulatory surgery centre")

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.HOSPITAL)
    state = models.CharField(max_length=2, blank=True, help_text=_("Two letters, for the limits that a state sets."))
    time_zone = models.ForeignKey(TimeZone, on_delete=models.PROTECT, related_name="+")
    delinquent_after_days = models.PositiveSmallIntegerField(
        default=30, help_text=_("An incomplete record is delinquent this many days after discharge.")
    )
    night_begins_at = models.TimeField(default="02:00", help_text=_("Local time at which the night's audit is due."))

    class Meta:
        verbose_name_plural = "facilities"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="facility_code_is_upper_case", condition=Q(code__regex=r"^[A-Z0-9_-]+$")),
        ]

    def __str__(self):
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone_id)


class Target(models.Model):
    """What a facility wants a number of the huddle to be at most, from a day on.

    The one of the latest day that is not to come is in force; a new aim is a new row, so that last month is still
    judged by last month's.
    """

    class Measure(models.TextChoices):
        DELINQUENT = "delinquent", _("Delinquent records")
        RATIO = "ratio", _("Delinquency ratio, in percent")
        DUE_TODAY = "due_today", _("Due before midnight")
        PAST_DUE = "past_due", _("Past due")
        INCOMPLETE = "incomplete", _("Incomplete records")
        UNDATED = "undated", _("Undated entries")

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="targets")
    measure = models.CharField(max_length=20, choices=Measure)
    at_most = models.PositiveIntegerField()
    from_day = models.DateField(help_text=_("The first local day on which it counts."))

    class Meta:
        ordering = ["facility", "measure", "-from_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "measure", "from_day"],
                name="one_target_of_a_measure_per_day",
                violation_error_message=_("This facility has a target of this measure from that day on."),
            ),
        ]

    def __str__(self):
        return f"{self.facility} {self.measure}: {self.at_most} from {self.from_day}"


GRANTED = """
    SELECT type.app_label || '.' || permission.codename
    FROM auth_permission permission JOIN django_content_type type ON type.id = permission.content_type_id
    WHERE permission.id IN (
        SELECT permission_id FROM staff_user_user_permissions WHERE user_id = %(user)s
        UNION SELECT held.permission_id FROM auth_group_permissions held JOIN staff_user_groups role USING (group_id)
        WHERE role.user_id = %(user)s
    )
"""


class User(AbstractUser):
    """Somebody who signs in, or a service that an interface acts as.

    Roles (groups) say what they may do; `facilities` and `clearance` to which records.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        SERVICE = "service", _("Service")

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSON)
    facilities = models.ManyToManyField(Facility, blank=True, related_name="users")
    clearance = models.PositiveSmallIntegerField(
        choices=Confidentiality,
        default=Confidentiality.NORMAL,
        help_text=_("The most confidential record this person's role may reach."),
    )
    must_change_password = models.BooleanField(default=False)
    access_ends_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("From this minute on nothing opens: the separation's.")
    )
    switched_off = models.BooleanField(
        default=False, editable=False, help_text=_("By an administrator: no hire opens the account before they do.")
    )
    list_keys = models.BooleanField(
        default=True, help_text=_("Single keys such as j, k and x work while a list has the focus (WCAG 2.1.4).")
    )

    def __str__(self):
        return self.get_full_name() or self.username

    @cached_property
    def granted(self) -> frozenset[str]:
        """The permissions that roles and direct grants give, as `app.codename`; being superuser adds none."""
        with connection.cursor() as cursor:  # every page asks: put together anew it takes three times as long
            cursor.execute(GRANTED, {"user": self.pk})
            return frozenset(name for (name,) in cursor.fetchall())

    @cached_property
    def reached(self) -> tuple[Facility, ...]:
        """The facilities whose records this person's role reaches, asked for once a request."""
        return tuple(self.facilities.all())

    @cached_property
    def facility_ids(self) -> tuple[int, ...]:
        """The numbers of these facilities."""
        return tuple(facility.pk for facility in self.reached)

    def has_perm(self, perm, obj=None):
        """As Django's, but for charts and for people superuser counts for nothing: running the software is no reason
        to read the ones or to lead the others."""
        # Who is no superuser has what `granted` says, asked for once a request, and nothing else.
        if obj is None and (not self.is_superuser or perm.startswith("records.") or perm in BY_ROLE_ALONE):
            return self.is_active and perm in self.granted
        return super().has_perm(perm, obj)

    def has_module_perms(self, app_label):
        """As Django's, by what `granted` says already."""
        if self.is_superuser:
            return super().has_module_perms(app_label)
        return self.is_active and any(perm.startswith(f"{app_label}.") for perm in self.granted)

    @property
    def role(self) -> str:
        """The name of the person's first role, for the corner of the screen."""
        return self.groups.order_by("pk").values_list("name", flat=True).first() or ""


# What people change is in the trail, each change with who made it; a password is no part of it.
auditlog.register(
    User, exclude_fields=["password", "last_login"], m2m_fields={"groups", "facilities", "user_permissions"}
)
for model in (Facility, Target):
    auditlog.register(model)
