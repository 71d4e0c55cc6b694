"""Controls that come back: what is done again and again, and each time that it was due.

The day for which a time is scheduled never moves, or nobody could tell that it was skipped; the day by which it is due
may, with a reason that the trail keeps.
"""

from datetime import date, timedelta

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from compliance.controls.schedule import months_later
from compliance.evidence.models import Evidence
from compliance.standards.models import Element
from himdept.common import spoken
from staff.models import Facility

DAY = timedelta(days=1)


class ControlQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the person's facilities, for who may see how ready these are."""
        if not (user.is_active and user.has_perm("compliance.view_readiness")):
            return self.none()
        return self.filter(facility__in=user.facility_ids)

    def going_on(self, on: date):
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on))


class Control(models.Model):
    """Something that a facility does every so many months, counted from its first day, until it ends.

    First day and rhythm stay: another rhythm is another control. Days are local days of the facility.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="controls")
    title = models.CharField(_("What is done"), max_length=160)
    basis = models.CharField(_("The rule that asks for it"), max_length=200, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="controls_owned")
    anchor = models.DateField(_("First time"))
    every_months = models.PositiveSmallIntegerField(_("Every so many months"))
    ends_on = models.DateField(null=True)
    elements = models.ManyToManyField(Element, related_name="controls")

    objects = ControlQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="control_comes_back",
                condition=Q(every_months__gte=1, every_months__lte=60),
                violation_error_message=_("Every 1 to 60 months."),
            ),
            models.UniqueConstraint(
                name="one_control_of_a_title",
                fields=["facility", "title"],
                condition=Q(ends_on=None),
                violation_error_message=_("There is a control of that title here."),
            ),
        ]

    def __str__(self):
        return self.title


class OccurrenceQuerySet(models.QuerySet):
    """The adjectives of the times at which controls are due."""

    def visible_to(self, user):
        return self.filter(control__in=Control.objects.visible_to(user))

    def open(self):
        return self.filter(state="open")

    def overdue(self, on: date):
        return self.open().filter(due_on__lt=on)

    def in_turn(self):
        """What is open first, the soonest due at the top; then what is past, the latest first."""
        waits = Case(When(state="open", then="due_on"))
        return self.order_by(waits.asc(nulls_last=True), "-scheduled_on")

    def with_names(self):
        return self.select_related("control__owner", "control__facility__time_zone", "done_by")


class ControlOccurrence(models.Model):
    """One time at which a control is due. `number` counts them from 0; its evidence is its own."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        MISSED = "missed", _("missed")

    control = models.ForeignKey(Control, on_delete=models.PROTECT, related_name="occurrences")
    number = models.PositiveSmallIntegerField()
    scheduled_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.OneToOneField(Evidence, null=True, on_delete=models.PROTECT, related_name="occurrence")

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="occurrence_once", fields=["control", "number"]),
            models.UniqueConstraint(name="occurrence_of_a_day_once", fields=["control", "scheduled_on"]),
            models.CheckConstraint(
                name="occurrence_is_done_with_evidence",
                condition=Q(state="done", done_on__isnull=False, done_by__isnull=False, evidence__isnull=False)
                | Q(state__in=["open", "missed"], done_on=None, done_by=None, evidence=None),
                violation_error_message=_("It is done when there is evidence of it."),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="occurrence_open_by_day", condition=Q(state="open"))]

    def __str__(self):
        return f"{self.control} {self.scheduled_on}"

    @property
    def next_on(self) -> date:
        """The day for which the time after it is scheduled: from then on this one can no longer be done."""
        return months_later(self.control.anchor, (self.number + 1) * self.control.every_months)

    @property
    def begins_on(self) -> date:
        """The first day of the time that it is about, which ends on the day for which it is scheduled."""
        return months_later(self.control.anchor, (self.number - 1) * self.control.every_months) + DAY

    @property
    def title_of_evidence(self) -> str:
        """What its evidence is called unless somebody says otherwise."""
        return f"{self.control.title}, {spoken.date_of(self.scheduled_on)}"[:160]

    @property
    def was_moved(self) -> bool:
        return self.due_on != self.scheduled_on

    def may_be_done(self, on: date) -> bool:
        """Whether its time has begun and the next one has not come."""
        return self.state == self.State.OPEN and self.begins_on <= on < self.next_on


auditlog.register(Control, m2m_fields={"elements"})
auditlog.register(ControlOccurrence)
