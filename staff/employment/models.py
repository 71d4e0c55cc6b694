"""The people of the department through time: employed, in a seat, under somebody (docs/adr/0030).

Every span is `[from, until)` to the minute; an open end is None. The database refuses what cannot be: two seats at a
time, a seat before the hire or after it was abolished, a line that goes in a circle.
"""

from datetime import datetime

from auditlog.registry import auditlog
from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.db.periods import is_some_time
from staff.employment import lines
from staff.organisation.models import Position


class EmployeeQuerySet(models.QuerySet):
    def employed(self, at: datetime | None = None):
        """Those whose employment has begun and not ended."""
        return self.filter(Exists(Employment.objects.filter(employee=OuterRef("pk")).at(at)))

    def staying(self, at: datetime | None = None):
        """Those who are employed and of whom nothing says that they leave: no separation of theirs is approved."""
        here = Employment.objects.filter(employee=OuterRef("pk")).at(at)
        return self.filter(Exists(here.filter(during__upper_inf=True)))

    def seated(self, at: datetime | None = None):
        """Those who sit in a seat."""
        return self.filter(Exists(Assignment.objects.filter(employee=OuterRef("pk")).at(at)))

    def in_line_of(self, head: "Employee", at: datetime | None = None):
        """Those who report to `head`, straight or through others; never `head`."""
        return self.filter(pk__among=lines.below(head.pk, at or timezone.now()))

    def visible_to(self, user, at: datetime | None = None):
        """Those whose employment `user` may know of: themselves, and those who report to them, straight or not, or did
        when they left."""
        return self.filter(pk__among=known_to(user, at))

    def led_by(self, user, at: datetime | None = None):
        """Those who report to `user`, straight or through others; never `user`: what a head alone may do."""
        return self.visible_to(user, at).exclude(user=user) if user.pk else self.none()


class Employee(models.Model):
    """A member of staff: who they are. When employed, in which seat and under whom, stands in the tables below."""

    number = models.CharField(max_length=20, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="employee"
    )
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_name", "number"]
        indexes = [models.Index(fields=["family_name", "given_name", "number"], name="employee_in_order")]

    def __str__(self):
        return f"{self.family_name}, {self.given_name}"

    def position(self, at: datetime | None = None) -> Position | None:
        """The seat somebody sits in at a moment."""
        here = self.assignments.at(at).select_related("position__unit", "position__job").first()
        return here.position if here else None

    def supervisor(self, at: datetime | None = None) -> "Employee | None":
        """Whom somebody reports to at a moment: whom an act named, else the nearest filled head of the unit."""
        number = lines.supervisor_of(self.pk, at or timezone.now())
        return Employee.objects.get(pk=number) if number else None


def own_of(user, at: datetime | None = None) -> Employee | None:
    """Who an account is of; a page that only reads asks once."""
    return lines.once(("own", user.pk), at or timezone.now(), Employee.objects.filter(user=user).first)


def known_to(user, at: datetime | None = None):
    """The numbers of those who are `visible_to` an account; for `employee__among`."""
    at = at or timezone.now()
    own = own_of(user, at) if user.is_active and user.pk else None
    return lines.known_to(own.pk, at) if own else []


class SpanQuerySet(models.QuerySet):
    def at(self, at: datetime | None = None):
        """What is in force at a moment."""
        return self.filter(during__contains=at or timezone.now())

    def not_over(self, at: datetime | None = None):
        """What is in force at a moment, or will be."""
        return self.filter(Q(during__endswith=None) | Q(during__endswith__gt=at or timezone.now()))


class Span(models.Model):
    """A fact about an employee that holds for a time."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="%(class)ss")
    during = DateTimeRangeField()

    objects = SpanQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["employee", "during"]
        constraints = [is_some_time("during")]


class Employment(Span):
    """The time from a hire to a separation; a rehire begins another."""

    def __str__(self):
        return f"{self.employee} employed"


class Assignment(Span):
    """A person in a seat, with a share of full time."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="assignments")
    fte = models.DecimalField(max_digits=3, decimal_places=2, default=1)

    class Meta(Span.Meta):
        constraints = [
            *Span.Meta.constraints,
            models.CheckConstraint(
                name="assignment_fte_is_a_share",
                condition=Q(fte__gt=0, fte__lte=1),
                violation_error_message=_("A share is more than none and at most one full time."),
            ),
        ]
        indexes = [models.Index(fields=["position"], name="assignment_by_position")]

    def __str__(self):
        return f"{self.employee} in {self.position}"


class Supervision(Span):
    """Somebody reports to a person by name, and not to the head of the unit."""

    supervisor = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="supervises")

    class Meta(Span.Meta):
        constraints = [
            *Span.Meta.constraints,
            models.CheckConstraint(
                name="nobody_supervises_themselves",
                condition=~Q(supervisor=F("employee")),
                violation_error_message=_("Nobody reports to themselves."),
            ),
        ]

    def __str__(self):
        return f"{self.employee} under {self.supervisor}"


class Pay(Span):
    """What somebody is paid; for those in their line and for themselves to know."""

    amount = models.DecimalField(max_digits=10, decimal_places=2)
    basis = models.CharField(max_length=4, help_text=_("`year` (of full time) or `hour`."))

    class Meta(Span.Meta):
        constraints = [
            *Span.Meta.constraints,
            models.CheckConstraint(
                name="pay_is_an_amount_for_a_time", condition=Q(amount__gt=0, basis__in=["year", "hour"])
            ),
        ]

    def __str__(self):
        return f"{self.employee} paid"


class Leave(Span):
    """Somebody is away for weeks or months and keeps their seat."""

    reason = models.CharField(max_length=20)
    expected_back = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.employee} on leave"


auditlog.register(Employee)
