"""Files of people that somebody has laid before the program: read, looked at, and loaded or forgotten."""

from datetime import datetime, timedelta

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

KEPT_FOR = timedelta(days=7)


class PeopleFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those that somebody laid before the program: nobody else reads another's file."""
        return self.filter(by=user.pk) if user.is_active and user.pk else self.none()

    def forgotten(self, at: datetime | None = None):
        """Those whose rows are still kept, and were for long enough."""
        return self.exclude(rows=[]).filter(written_at__lt=(at or timezone.now()) - KEPT_FOR)


class PeopleFile(models.Model):
    """A file of people: its rows as they were read, and once it is loaded what came of them.

    Its name on somebody's computer is not kept. Its rows are, for a week; how many were loaded, for good.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    rows = models.JSONField(help_text="Pairs of a line of the file and its cells by column.")
    unread = models.JSONField(default=list, help_text="Headings that mean nothing here.")
    loaded_at = models.DateTimeField(null=True, editable=False)
    counts = models.JSONField(null=True, editable=False, help_text="How many rows came to what.")
    refused = models.JSONField(default=list, editable=False, help_text="Of each refused row: line, column, why.")

    objects = PeopleFileQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at"]
        permissions = [("import_people", "Can take over people of the own line from a file, and export them")]
        constraints = [
            models.CheckConstraint(
                name="people_file_loaded_says_how_many",
                condition=Q(loaded_at=None, counts__isnull=True) | Q(loaded_at__isnull=False, counts__isnull=False),
            )
        ]

    def __str__(self):
        return f"people file {self.pk}"


auditlog.register(PeopleFile, exclude_fields=["rows", "refused"])
