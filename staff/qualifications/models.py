"""What somebody brought with them: schooling, and work before this department or outside of it."""

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from staff.catalogue.models import Education
from staff.employment.models import Employee


class BackgroundQuerySet(models.QuerySet):
    def led_by(self, user):
        """Those of the people who report to `user`, straight or through others; never of `user`."""
        return self.filter(employee__in=Employee.objects.led_by(user))

    def standing(self):
        """Those that were not struck as entered in error."""
        return self.filter(struck_because="")


class Background(models.Model):
    """A fact about somebody's past, proved by a paper. What was entered in error is struck with a reason, and stays."""

    over_on = ""  # the field of the day on which it was over; of what is written down by a verb of its own, that verb's

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="%(class)ss")
    proof = models.CharField(
        _("proof"), max_length=200, help_text=_("What proves it, and where that is kept: a diploma, a letter.")
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    struck_because = models.TextField(blank=True, editable=False)

    objects = BackgroundQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(class)s_has_a_proof", condition=~Q(proof="")),
            models.CheckConstraint(
                name="%(class)s_struck_has_who_and_why",
                condition=Q(struck_by=None, struck_because="") | Q(struck_by__isnull=False) & ~Q(struck_because=""),
                violation_error_message=_("Say why."),
            ),
        ]


class Schooling(Background):
    """A school that somebody finished, with its level."""

    over_on = "finished_on"

    level = models.PositiveSmallIntegerField(
        _("level"), choices=[(level.value, level.label) for level in Education if level != Education.NONE]
    )
    subject = models.CharField(_("subject and school"), max_length=120)
    finished_on = models.DateField(_("finished on"))

    class Meta(Background.Meta):
        ordering = ["employee", "-level", "-finished_on"]

    def __str__(self):
        return f"{self.get_level_display()}: {self.subject}"


class Experience(Background):
    """Work elsewhere, from its first to its last day. Work in this department follows from its seats."""

    over_on = "last_day"

    title = models.CharField(_("title"), max_length=100)
    employer = models.CharField(_("employer"), max_length=120)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    in_field = models.BooleanField(_("in the field of medical records"), default=True)
    supervising = models.BooleanField(_("supervising others"), default=False)

    class Meta(Background.Meta):
        ordering = ["employee", "-first_day"]
        constraints = [
            *Background.Meta.constraints,
            models.CheckConstraint(
                name="experience_days_are_in_order",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message=_("The last day comes before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.title}, {self.employer}"


class Known(models.Model):
    """What is known of an employee for a check of qualifications, for `facts_of`: a view of the database.

    `held` are the cycles of their credentials, with what the last look at the source found; `worked` is work elsewhere;
    `seated` and `leading` are spans of time. Every seat of this department is in the field. Who leads others sits in a
    seat while it heads a unit, or is the supervisor of somebody by name.
    """

    employee = models.OneToOneField(Employee, primary_key=True, on_delete=models.DO_NOTHING, related_name="+")
    education = models.PositiveSmallIntegerField()
    held = models.JSONField()
    worked = models.JSONField()
    seated = models.JSONField()
    leading = models.JSONField()

    class Meta:
        managed = False
        db_table = "staff_known"

    def __str__(self):
        return str(self.employee)


class Served(models.Model):
    """What somebody's schools and years come to, written down once for the order of candidates (docs/adr/0053).

    Of the table's writing and marks the database alone knows. It holds from `from_day` until before `until_day` (None:
    for good), both in `zone`. `field_days` were over on `from_day`; to them come the days since `field_since`, if there
    is one. `field_goes_on`: until further notice. The same of leading others.
    """

    employee_id = models.BigIntegerField(primary_key=True)
    education = models.SmallIntegerField()
    field_days = models.IntegerField()
    field_since = models.DateField(null=True)
    field_goes_on = models.BooleanField()
    led_days = models.IntegerField()
    led_since = models.DateField(null=True)
    led_goes_on = models.BooleanField()
    from_day = models.DateField()
    until_day = models.DateField(null=True)
    zone = models.TextField()

    def __str__(self):
        return str(self.employee_id)


class ServedChange(models.Model):
    """A mark: what was written of somebody's years holds no longer; without a number, of nobody it does."""

    employee_id = models.BigIntegerField(null=True)

    def __str__(self):
        return str(self.employee_id or "everybody")


auditlog.register(Schooling, exclude_fields=["written_at"])
auditlog.register(Experience, exclude_fields=["written_at"])
