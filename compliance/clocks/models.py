"""Who was told of what came due, when: a reminder is told once at each rung, and the database sees to it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from staff.models import Facility


class Reminder(models.Model):
    """One person was to be told that one row of a clock comes due on a day, at one rung of its ladder.

    A row whose day is moved is told anew, for it comes due on another day.
    """

    clock = models.CharField(max_length=40)
    row = models.BigIntegerField()
    due = models.DateField()
    rung = models.PositiveSmallIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "row", "due", "rung", "person"], name="told_once_per_rung"),
            models.CheckConstraint(
                name="reminder_is_mailed_after_it_is_written",
                condition=Q(mailed_at=None) | Q(mailed_at__gte=models.F("written_at")),
            ),
        ]
        indexes = [models.Index(fields=["facility", "person"], name="reminder_to_mail", condition=Q(mailed_at=None))]

    def __str__(self):
        return f"{self.clock} {self.row}: {self.rung} days"
