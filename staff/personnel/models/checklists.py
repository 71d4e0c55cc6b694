"""What is to be done around an action, and by what templates."""

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.catalogue.models import Job
from staff.personnel.kinds import WRITTEN, Kind
from staff.personnel.models.actions import PersonnelAction


class ChecklistTemplate(models.Model):
    """What every action of a kind asks to be done, of all jobs or of one, so many days from the day it counts from."""

    kind = models.CharField(max_length=20, choices=[(kind, Kind(kind).label) for kind in WRITTEN])
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120, help_text=_("For example: the badge is back."))
    days = models.SmallIntegerField(default=0, help_text=_("After the day it counts from; a minus for before."))
    is_blocking = models.BooleanField(default=False, help_text=_("The action is not recorded before it is done."))
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["kind", "days", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "job", "title"], nulls_distinct=False, name="one_template_of_a_kind_job_and_title"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.title}"


class ChecklistItem(models.Model):
    """One thing to be done around an action that was approved, as its template said on that day."""

    action = models.ForeignKey(PersonnelAction, on_delete=models.PROTECT, related_name="checklist")
    title = models.CharField(max_length=120)
    due = models.DateField(help_text=_("The last good day, of the facility."))
    is_blocking = models.BooleanField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="item_was_done_by_somebody",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.action}: {self.title}"


auditlog.register(ChecklistTemplate)
auditlog.register(ChecklistItem)
