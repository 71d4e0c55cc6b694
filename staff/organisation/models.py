"""The department without its people: units and where they hang, and the seats in them (docs/adr/0030).

A job is what the work is (staff.catalogue); a seat is that job in a unit, with its share of full time and the time in
which it exists; an assignment (staff.employment) is a person in a seat.
"""

from datetime import datetime

from auditlog.registry import auditlog
from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.db.periods import is_some_time
from staff.people.models import Facility


class UnitQuerySet(models.QuerySet):
    def standing(self, at: datetime | None = None):
        """Units that hang in the chart at a moment."""
        return self.filter(places__during__contains=at or timezone.now())


class Unit(models.Model):
    """A part of a facility's department: coding, transcription, release of information."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=100)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["facility", "name"]
        permissions = [("view_chart", "Can see who works where")]
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "name"],
                name="unit_name_once_per_facility",
                violation_error_message=_("This facility has a unit of that name."),
            ),
        ]

    def __str__(self):
        return self.name


class Place(models.Model):
    """For a time: below which unit a unit hangs, and which of its seats heads it.

    One at a time; a unit that is moved, or headed by another seat, gets a new one, so that the chart of an earlier day
    stays what it was. The database refuses overlaps, circles, and a head seat that does not exist all the while.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="places")
    under = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="places_below")
    head = models.ForeignKey("Position", null=True, blank=True, on_delete=models.PROTECT, related_name="heads")
    during = DateTimeRangeField()

    class Meta:
        ordering = ["unit", "during"]
        constraints = [
            is_some_time("during"),
            models.CheckConstraint(name="unit_is_not_below_itself", condition=Q(under=None) | ~Q(under=F("unit"))),
        ]

    def __str__(self):
        return f"{self.unit} below {self.under}" if self.under_id else f"{self.unit} at the top"


class PositionQuerySet(models.QuerySet):
    def existing(self, at: datetime | None = None):
        """Seats that are approved, or on hold, and neither to come nor abolished."""
        return self.filter(valid__contains=at or timezone.now()).exclude(standing=Position.Standing.PROPOSED)

    def filled(self, at: datetime | None = None):
        return self.existing(at).filter(_somebody_sits_in_it(at))

    def vacant(self, at: datetime | None = None):
        """Seats that wait for somebody: approved, not on hold, and empty."""
        return self.existing(at).filter(~_somebody_sits_in_it(at), standing=Position.Standing.APPROVED)

    def with_next(self, at: datetime | None = None):
        """Each seat with `next_from`: when the next one comes to it, as is approved already; None when nobody does."""
        coming = _coming(at).filter(position=OuterRef("pk")).order_by("during")
        return self.annotate(next_from=Subquery(coming.values("during__startswith")[:1]))

    def spoken_for(self, at: datetime | None = None):
        """Seats that somebody is to come to, as is approved already, whether or not somebody sits there until then."""
        # As a set of its own, or each seat of thousands would be looked at for who comes to it.
        return self.filter(pk__in=_coming(at).values("position"))

    def with_state(self, at: datetime | None = None):
        """Each seat with `state`: what was decided about it and whether somebody sits in it."""
        at = at or timezone.now()
        return self.annotate(
            state=models.Case(
                models.When(valid__fully_lt=(at, None), then=models.Value(Position.State.ABOLISHED)),
                models.When(standing=Position.Standing.PROPOSED, then=models.Value(Position.State.PROPOSED)),
                models.When(_somebody_sits_in_it(at), then=models.Value(Position.State.FILLED)),
                models.When(standing=Position.Standing.ON_HOLD, then=models.Value(Position.State.ON_HOLD)),
                models.When(valid__contains=at, then=models.Value(Position.State.VACANT)),
                default=models.Value(Position.State.APPROVED),
                output_field=models.CharField(),
            )
        )


def _somebody_sits_in_it(at: datetime | None):
    from staff.employment.models import Assignment

    return Exists(Assignment.objects.filter(position=OuterRef("pk"), during__contains=at or timezone.now()))


def _coming(at: datetime | None):
    from staff.employment.models import Assignment

    return Assignment.objects.filter(during__startswith__gt=at or timezone.now())


class Position(models.Model):
    """A seat: a job in a unit, with its authorised share of full time, whether or not somebody sits in it.

    Its unit and job never change: a seat that is moved or reclassified is a new seat, which says what it replaces.
    Together the shares of those who sit in it stay within what is authorised, or within an `Excess` of that time.
    """

    class Standing(models.TextChoices):
        """What was decided."""

        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        ON_HOLD = "on_hold", _("On hold")

    class State(models.TextChoices):
        """What was decided and what is the case, at a moment."""

        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved, to come")
        VACANT = "vacant", _("Vacant")
        FILLED = "filled", _("Filled")
        ON_HOLD = "on_hold", _("On hold")
        ABOLISHED = "abolished", _("Abolished")

    number = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="positions")
    job = models.ForeignKey("Job", on_delete=models.PROTECT, related_name="positions")
    authorised_fte = models.DecimalField(
        max_digits=3, decimal_places=2, default=1, help_text=_("Share of full time, at most 1.")
    )
    funding_line = models.CharField(max_length=40, blank=True, help_text=_("The budget line that pays for it."))
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.APPROVED)
    valid = DateTimeRangeField(help_text=_("The time in which the seat exists."))
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="position_fte_is_a_share",
                condition=Q(authorised_fte__gt=0, authorised_fte__lte=1),
                violation_error_message=_("A seat has more than none and at most one full time."),
            ),
            models.CheckConstraint(name="position_is_valid_some_day", condition=Q(valid__isempty=False)),
            models.CheckConstraint(
                name="position_does_not_replace_itself", condition=Q(replaces=None) | ~Q(replaces=F("pk"))
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.job}"


class Excess(models.Model):
    """The dated reason why the people in a seat may together have more than it is authorised for: a handover, cover."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="excesses")
    fte = models.DecimalField(max_digits=3, decimal_places=2, help_text=_("What all in the seat may have together."))
    during = DateTimeRangeField()
    because = models.TextField()

    class Meta:
        verbose_name_plural = _("excesses")
        constraints = [
            is_some_time("during"),
            models.CheckConstraint(
                name="excess_has_an_end",
                condition=Q(during__endswith__isnull=False),
                violation_error_message=_("Say until when."),
            ),
            models.CheckConstraint(
                name="excess_has_a_reason", condition=~Q(because=""), violation_error_message=_("Say why.")
            ),
        ]

    def __str__(self):
        return f"{self.position}: {self.fte}"


class RequisitionQuerySet(models.QuerySet):
    def undecided(self):
        return self.filter(decided_at=None)

    def with_filled_at(self):
        """Each with `filled_at`: when somebody first came to the seat after it was asked for; None when nobody has."""
        from staff.employment.models import Assignment

        came = Assignment.objects.filter(
            position=OuterRef("position"), during__startswith__gte=OuterRef("asked_at"), during__startswith__lte=Now()
        )
        return self.annotate(filled_at=Subquery(came.order_by("during").values("during__startswith")[:1]))


class Requisition(models.Model):
    """The request to fill a seat: one that became free, a new one, one reclassified, or one for a time."""

    class Kind(models.TextChoices):
        REPLACEMENT = "replacement", _("Replacement")
        NEW = "new", _("New seat")
        RECLASSIFIED = "reclassified", _("Reclassified seat")
        TEMPORARY = "temporary", _("For a time")

    kind = models.CharField(max_length=12, choices=Kind)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="requisitions")
    because = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True, blank=True)

    objects = RequisitionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="requisition_decision_has_who_and_when",
                condition=Q(decided_by=None, decided_at=None, granted=None)
                | Q(decided_by__isnull=False, decided_at__gte=F("asked_at"), granted__isnull=False),
            ),
            models.CheckConstraint(
                name="requisition_is_granted_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                violation_error_message=_("Somebody else than who asked decides."),
            ),
            models.UniqueConstraint(
                fields=["position"], condition=Q(decided_at=None), name="one_undecided_requisition_of_a_seat"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.position}"


for model in (Unit, Place, Position, Excess, Requisition):
    auditlog.register(model)
