"""What was measured of a facility every night, what it aims at, and what people judged. None of it is ever changed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from compliance.standards.models import Element
from staff.models import Facility


class ReadingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the facilities that a person or a program reaches."""
        return self.filter(facility__in=user.facility_ids) if user.is_active else self.none()


class Reading(models.Model):
    """A measure of one facility as of a moment, as far as was known at another (both UTC).

    `offenders` are the numbers of what was not as it should be, as many as the denominator has more than the numerator.
    `aim` is the share from which it is met, as it was in force then.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="readings")
    metric = models.CharField(max_length=60)
    day = models.DateField(help_text=_("The facility's own day on which it was due."))
    as_of = models.DateTimeField()
    known_at = models.DateTimeField()
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    offenders = ArrayField(models.BigIntegerField(), default=list)
    aim = models.DecimalField(max_digits=4, decimal_places=3)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        permissions = [("view_readiness", _("Can see how ready for a survey the facility is"))]
        constraints = [
            models.UniqueConstraint(name="one_reading_a_day", fields=["facility", "metric", "day"]),
            models.CheckConstraint(
                name="reading_names_what_was_not_as_it_should",
                condition=Q(denominator=F("numerator") + models.Func(F("offenders"), function="cardinality")),
            ),
            models.CheckConstraint(name="reading_aim_is_a_share", condition=Q(aim__gt=0, aim__lte=1)),
        ]

    def __str__(self):
        return f"{self.metric} {self.day}"

    @property
    def value(self) -> float | None:
        """The share that was as it should be; None where there was nothing to judge."""
        return self.numerator / self.denominator if self.denominator else None


class Aim(models.Model):
    """The share from which a facility calls a measure met, from a local day on: a new aim is a new row."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="aims")
    metric = models.CharField(max_length=60)
    share = models.DecimalField(max_digits=4, decimal_places=3)
    effective_from = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        permissions = [("set_aim", _("Can set what a measure aims at"))]
        constraints = [
            models.CheckConstraint(
                name="aim_is_a_share",
                condition=Q(share__gt=0, share__lte=1),
                violation_error_message=_("An aim is more than 0 and at most 100 percent."),
            ),
            models.CheckConstraint(name="aim_has_a_reason", condition=~Q(because="")),
        ]
        indexes = [models.Index(fields=["facility", "metric", "-effective_from"], name="aim_in_force")]

    def __str__(self):
        return f"{self.metric} {self.share}"


class Result(models.TextChoices):
    """How an element stands."""

    MET = "met", _("met")
    PARTLY = "partly", _("partly met")
    NOT_MET = "not_met", _("not met")
    NOT_APPLICABLE = "not_applicable", _("does not apply")


class Assessment(models.Model):
    """What a person judged of an element that no measure judges: the result, why, and on what it rests.

    What was taken over from other elements (compliance.scoring.takeover) has `seen_at`, when the oldest of it was
    judged or measured; `to_confirm` where these cover it in part, or do not say for sure what falls short of it.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="assessments")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="assessments")
    result = models.CharField(max_length=20, choices=Result)
    because = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(null=True)
    to_confirm = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_has_a_reason",
                condition=~Q(because=""),
                violation_error_message=_("Say on what the judgement rests."),
            ),
            models.CheckConstraint(
                name="taken_over_from_what_was_seen_before", condition=Q(seen_at=None) | Q(at__gte=F("seen_at"))
            ),
            models.CheckConstraint(
                name="what_is_to_be_confirmed_was_taken_over_and_is_not_met",
                condition=Q(to_confirm=False) | (Q(seen_at__isnull=False) & ~Q(result="met")),
            ),
        ]
        indexes = [models.Index(fields=["facility", "element", "-id"], name="last_assessment")]

    def __str__(self):
        return f"{self.element} {self.result}"

    @property
    def good_since(self):
        """The moment (UTC) from which it is good for a year."""
        return self.seen_at or self.at
