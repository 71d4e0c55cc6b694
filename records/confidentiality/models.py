"""Who may open which record by name, and who opened what."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from himdept.common.db.functions import UUIDv7
from records.confidentiality.queries import AccessLogQuerySet


class RecordGrant(UserObjectPermissionBase):
    """A record opened to one person by name, beside what their role reaches."""

    content_object = models.ForeignKey("records.Record", on_delete=models.CASCADE, related_name="grants")


class AccessLog(models.Model):
    """One read of a record, by a person or a program, or one export of a list (45 CFR 164.312(b)). Written once, kept
    by month.

    Without a user it was an operator at the server's terminal: `detail` says who.
    """

    class Act(models.TextChoices):
        READ = "read", _("Opened")
        LISTED = "listed", _("Exported in a list")
        SENT = "sent", _("Sent to a program")

    pk = models.CompositePrimaryKey("at", "id")
    at = models.DateTimeField(db_default=Now())
    id = models.UUIDField(db_default=UUIDv7())
    # Its own index would say less than the one by person and time.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    record = models.ForeignKey("records.Record", null=True, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act)
    detail = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField(default=1)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_without_a_user_is_an_export",
                condition=Q(user__isnull=False) | (Q(act="listed", record=None) & ~Q(detail="")),
            )
        ]
        # By act: a program that asks every minute does not stand between us and the people who read.
        indexes = [
            models.Index(fields=["record", "act", "at"], name="access_to_record"),
            models.Index(fields=["user", "at"], name="access_by_user"),
            # What left the house is little beside what was read.
            models.Index(fields=["at", "id"], condition=Q(record=None), name="access_to_no_record"),
        ]

    def __str__(self):
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"
