"""Answers that are kept, so that a program that asks twice gets one act and the same answer."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class KeptReply(models.Model):
    """The answer to one request of a program, under the Idempotency-Key that it chose; kept for a day."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)  # SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)  # as it was sent: kept as JSON, its keys would come back in another order
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "kept replies"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_reply_per_key")]
        indexes = [models.Index(fields=["made_at"], name="reply_by_age")]

    def __str__(self):
        return f"reply {self.pk}"
