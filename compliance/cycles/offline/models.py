"""Sheets of a survey cycle that were filled in offline and laid before the program: looked at, then taken over."""

from datetime import datetime, timedelta

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from compliance.cycles.models import Cycle

KEPT_FOR = timedelta(days=7)


class CycleFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those that somebody laid before the program themselves, of cycles that they still reach."""
        if not user.is_active or not user.pk:
            return self.none()
        return self.filter(by=user.pk, cycle__in=Cycle.objects.visible_to(user))

    def forgotten(self, at: datetime | None = None):
        """Those whose rows are still kept, and were for long enough."""
        return self.exclude(rows=[]).filter(written_at__lt=(at or timezone.now()) - KEPT_FOR)


class CycleFile(models.Model):
    """A sheet: its rows as they were read, and once it is taken over how many came to what and what was left out.

    The rows and what was left out are kept for a week.
    """

    cycle = models.ForeignKey(Cycle, editable=False, on_delete=models.PROTECT, related_name="files")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    rows = models.JSONField(help_text="Pairs of a line of the file and its cells by column.")
    unread = models.JSONField(default=list, help_text="Headings that mean nothing here.")
    loaded_at = models.DateTimeField(null=True, editable=False)
    counts = models.JSONField(null=True, editable=False, help_text="How many rows came to what.")
    left_out = models.JSONField(null=True, editable=False, help_text="What was in conflict or refused, in words.")

    objects = CycleFileQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="cycle_file_loaded_says_how_many",
                condition=Q(loaded_at=None, counts__isnull=True) | Q(loaded_at__isnull=False, counts__isnull=False),
            )
        ]

    def __str__(self):
        return f"cycle file {self.pk}"


auditlog.register(CycleFile, exclude_fields=["rows", "left_out"])
