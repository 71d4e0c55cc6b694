"""Decisions about many people at once."""

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from staff.employment.models import Employee
from staff.personnel.models.actions import PersonnelAction


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those about somebody on whom `user` may act, if their role decides."""
        if "staff.approve_personnelaction" not in (user.granted if user.is_active and user.pk else ()):
            return self.none()
        return self.filter(pk__in=DecisionLine.objects.visible_to(user).values("decision"))


class DecisionLineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those about people on whom `user` may act: a decision may go beyond the line of who looks at it."""
        from staff.personnel.authority import on_people_for

        return self.filter(on_people_for(user))


class Decision(models.Model):
    """One decision about many people: an action for each of them, and the reason for whom there could be none."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Pay, by percent")
        AMOUNT = "amount", _("Pay, by an amount")
        SUPERVISOR = "supervisor", _("Supervisor change")
        TRANSFER = "transfer", _("Transfer to another unit")
        RECLASSIFICATION = "reclassify", _("Reclassification to the seats that replace theirs")

    kind = models.CharField(max_length=12, choices=Kind)
    because = models.TextField()
    digest = models.CharField(max_length=64, help_text=_("Of the previews that were approved."))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("decision on many")
        verbose_name_plural = _("decisions on many")
        default_permissions = ()
        constraints = [models.CheckConstraint(name="decision_has_a_reason", condition=~Q(because=""))]

    def __str__(self):
        return f"Decision {self.pk}"


class DecisionLine(models.Model):
    """What came of a decision for one person: their action, or why there could be none. Never changed."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="lines")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    action = models.OneToOneField(PersonnelAction, null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.TextField(blank=True)

    objects = DecisionLineQuerySet.as_manager()

    class Meta:
        ordering = ["decision", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["decision", "employee"], name="one_line_of_a_decision_and_person"),
            models.CheckConstraint(
                name="decision_line_has_an_action_or_a_refusal",
                condition=Q(action__isnull=False, refusal="") | Q(action=None) & ~Q(refusal=""),
            ),
        ]

    def __str__(self):
        return f"{self.decision}: {self.employee_id}"


auditlog.register(Decision, mask_fields=["because"], mask_callable="himdept.common.audit.mask_whole")
