"""Who may act in another's place, and until when payrolls are closed."""

from datetime import datetime

from auditlog.registry import auditlog
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from himdept.common.db.periods import is_some_time
from staff.employment import lines
from staff.employment.models import Employee
from staff.people.models import Facility


class Delegation(models.Model):
    """Somebody acts in the place of a head for a time: on people in that head's line, never on themselves."""

    giver = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="delegations_taken")
    during = DateTimeRangeField(help_text=_("From and until."))
    because = models.TextField()

    class Meta:
        constraints = [
            is_some_time("during"),
            models.CheckConstraint(
                name="delegation_has_an_end",
                condition=Q(during__startswith__isnull=False, during__endswith__isnull=False),
                violation_error_message=_("Say from when and until when."),
            ),
            models.CheckConstraint(
                name="nobody_delegates_to_themselves",
                condition=~Q(giver=F("taker")),
                violation_error_message=_("Somebody else acts in one's place."),
            ),
            models.CheckConstraint(
                name="delegation_has_a_reason", condition=~Q(because=""), violation_error_message=_("Say why.")
            ),
            ExclusionConstraint(
                name="one_delegation_of_a_pair_at_a_time",
                expressions=[
                    ("giver", RangeOperators.EQUAL),
                    ("taker", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("That person has the delegation at that time already."),
            ),
        ]

    def __str__(self):
        return f"{self.taker} for {self.giver}"


class PayrollClosing(models.Model):
    """Until when a facility's payroll is paid and closed: acts before it take a reason and a second approver."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="payroll_closings")
    until = models.DateTimeField()

    class Meta:
        ordering = ["facility", "-until"]
        constraints = [
            models.UniqueConstraint(fields=["facility", "until"], name="one_closing_of_a_facility_and_moment")
        ]

    def __str__(self):
        return f"{self.facility} until {self.until:%Y-%m-%d}"


def heads_for(own: Employee, at: datetime) -> list[int]:
    """In whose place somebody may act: their own, and of those who have named them their delegate for this time."""
    given = Delegation.objects.filter(taker=own, during__contains=at).values_list("giver", flat=True)
    return lines.once(("heads for", own.pk), at, lambda: [own.pk, *given])


auditlog.register(Delegation)
auditlog.register(PayrollClosing)
