"""What was handed over of somebody who leaves."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from staff.personnel.models.actions import PersonnelAction


class HandedOver(models.Model):
    """One piece of open work went from who leaves to somebody else, in the act that gave it to them. Never changed.

    `kind` and `row` are those of `himdept.common.handover`; what the row says stays in its own room, for who may see
    it.
    """

    action = models.ForeignKey(PersonnelAction, on_delete=models.PROTECT, related_name="handed_over")
    kind = models.CharField(max_length=30)
    row = models.BigIntegerField()
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["action", "pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(name="handed_over_names_its_kind", condition=~Q(kind=""))]
        indexes = [models.Index(fields=["kind", "row"], name="handed_over_row")]

    def __str__(self):
        return f"{self.kind} {self.row}"
