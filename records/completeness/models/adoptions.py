"""Which profile binds which facility: since when and until when, who decided it and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from records.completeness.models.requirements import Profile
from staff.models import Facility


class AdoptionQuerySet(models.QuerySet):
    def begun_since(self, moment):
        """Those that did not bind yet at a moment (UTC), and do now."""
        return self.filter(until=None, since__gt=moment)

    def ended_since(self, moment):
        """Those that bound at a moment (UTC), and do no more."""
        return self.filter(Q(since=None) | Q(since__lte=moment), until__gt=moment)


class Adoption(models.Model):
    """A stretch of time in which a profile binds a facility. `Profile.facilities` are those of which none has ended.

    `since` is not known where it was adopted before this was kept. Nobody's name stands where the server did it.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="adoptions")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="adoptions")
    since = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True, db_default="")
    # What the dry run before it said (`trials.said`); none, where the reason says why not, or the server did it.
    dry_run = models.JSONField(null=True)
    until = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.TextField(blank=True, db_default="")

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="adoption_once_at_a_time", fields=["profile", "facility"], condition=Q(until=None)
            ),
            models.CheckConstraint(
                name="adoption_by_somebody_has_a_reason",
                condition=Q(by=None) | (Q(since__isnull=False) & ~Q(because="")),
            ),
            models.CheckConstraint(
                name="adoption_ends_after_it_begins",
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="adoption_end_has_when_and_why",
                condition=Q(until=None, ended_by=None, ended_because="")
                | (Q(until__isnull=False) & (Q(ended_by=None) | ~Q(ended_because=""))),
                violation_error_message=_("To end an adoption needs a moment and a reason."),
            ),
        ]
        indexes = [models.Index(name="adoption_of_profile", fields=["profile", "-since"])]

    def __str__(self):
        return f"{self.profile} at {self.facility}"
