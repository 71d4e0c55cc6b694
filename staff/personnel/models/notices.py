"""Who was told of a step."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from staff.personnel.models.actions import PersonnelAction, PersonnelStep


class PersonnelNoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those for `user`, of actions that are still theirs to see."""
        return self.filter(person=user, step__action__in=PersonnelAction.objects.visible_to(user))

    def unread(self):
        return self.filter(read_at=None)

    def with_names(self):
        return self.select_related("step__by", "step__in_place_of", "step__action__employee").order_by("-pk")


class PersonnelNotice(models.Model):
    """Somebody was told of a step, in the transaction of the step itself."""

    step = models.ForeignKey(PersonnelStep, on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)

    objects = PersonnelNoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "person"], name="told_of_a_step_once")]
        indexes = [models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None))]

    def __str__(self):
        return f"{self.step}: {self.person_id}"
