"""Personnel actions and each step of their way."""

from datetime import datetime

from auditlog.registry import auditlog
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.db.checks import ChecksAtOnce
from staff.employment import lines
from staff.employment.models import Assignment, Employee, own_of
from staff.organisation.models import Position
from staff.personnel.fold import Act
from staff.personnel.kinds import LEAVES, SEPARATIONS, TERMS, Basis, Kind, Reason
from staff.personnel.models.powers import heads_for


class State(models.TextChoices):
    """Where an action stands. Only those in force count for the timeline."""

    DRAFT = "draft", _("Draft")
    RETURNED = "returned", _("Returned")
    SUBMITTED = "submitted", _("Submitted")
    AGREED = "agreed", _("Waits for a second approval")
    APPROVED = "approved", _("Approved")
    EFFECTIVE = "effective", _("In effect")
    RECORDED = "recorded", _("Recorded")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CORRECTED = "corrected", _("Corrected by another")
    RESCINDED = "rescinded", _("Rescinded")


WRITABLE = (State.DRAFT, State.RETURNED)
PENDING = (*WRITABLE, State.SUBMITTED, State.AGREED)
IN_FORCE = (State.APPROVED, State.EFFECTIVE, State.RECORDED)
TAKEN_EFFECT = (*IN_FORCE, State.CORRECTED, State.RESCINDED)  # or would have: once they were in force


class PersonnelActionQuerySet(models.QuerySet):
    def in_force(self):
        """Approved and not taken back: what the timeline is made of."""
        return self.filter(state__in=IN_FORCE)

    def due(self, at: datetime | None = None):
        """Approved, and their moment has come."""
        return self.filter(state=State.APPROVED, effective__lte=at or timezone.now())

    def visible_to(self, user, at: datetime | None = None):
        """Those about people in the line below `user` or below whom they act for, and about seats there that nobody
        sits in yet; and those about oneself once they are in effect. Never one about a superior."""
        at, seen = at or timezone.now(), Q()
        own = own_of(user, at) if user.is_active and user.pk else None
        if own is None:
            return self.none()
        never_seated = ~Exists(Assignment.objects.filter(employee=OuterRef("employee")))
        for head in heads_for(own, at):
            seen |= Q(employee__among=lines.people_below(head, at))
            seen |= Q(never_seated) & Q(position__among=lines.seats_below(head, at))
        others = seen & ~Q(employee__in=[own.pk, *lines.above(own.pk, at)])
        return self.filter(others | Q(employee=own, state__in=[State.EFFECTIVE, State.RECORDED]))

    def with_names(self):
        return self.select_related(
            "employee__user", "position__unit__facility", "position__job", "supervisor", "written_by"
        )

    def with_zone(self):
        """Each with `zone_name`: of its seat's facility, else of where the person sat last; None for who never sat."""
        sat = Assignment.objects.filter(employee=OuterRef("employee")).order_by("-during")
        last = Subquery(sat.values("position__unit__facility__time_zone")[:1])
        own = F("position__unit__facility__time_zone")
        return self.annotate(zone_name=Coalesce(own, last, output_field=models.CharField()))


def _where_its_kind_says(name: str) -> Q:
    """A column is filled for the kinds that need it, may be for those that take it, and is empty for the others."""
    condition = Q(kind__in=[kind for kind, terms in TERMS.items() if name not in terms.says], **{name: None})
    if needing := [kind for kind, terms in TERMS.items() if name in terms.needs]:
        condition |= Q(kind__in=needing, **{f"{name}__isnull": False})
    if taking := [kind for kind, terms in TERMS.items() if name in terms.takes]:
        condition |= Q(kind__in=taking)
    return condition


class PersonnelAction(ChecksAtOnce, models.Model):
    """One decision about a person's employment, with the moment from which it counts."""

    class Backdated(models.TextChoices):
        LATE_PAPERS = "late_papers", _("The papers came late")
        MISTAKE = "mistake", _("A mistake is set right")
        SETTLEMENT = "settlement", _("A settlement or an award")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="personnel_actions")
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    effective = models.DateTimeField(help_text=_("From this minute on it counts, in the facility's time."))
    position = models.ForeignKey(
        Position, null=True, blank=True, on_delete=models.PROTECT, related_name="personnel_actions"
    )
    fte = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    pay = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    basis = models.CharField(max_length=4, choices=Basis, blank=True)
    supervisor = models.ForeignKey(Employee, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    until = models.DateTimeField(null=True, blank=True, help_text=_("When somebody on leave is expected back."))
    case = models.ForeignKey(
        "staff.CaseFile", null=True, blank=True, on_delete=models.PROTECT, related_name="personnel_actions"
    )
    because = models.TextField(help_text=_("Why, in words for the personnel file."))
    backdated = models.CharField(
        max_length=12,
        choices=Backdated,
        blank=True,
        help_text=_("Only for an act in a payroll period that is closed: it takes a second approver."),
    )
    corrects = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="corrections"
    )
    decision = models.ForeignKey(
        "Decision", null=True, editable=False, on_delete=models.PROTECT, related_name="actions"
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PersonnelActionQuerySet.as_manager()

    class Meta:
        ordering = ["-effective", "-pk"]
        permissions = [
            ("propose_personnelaction", "Can propose personnel actions for people in the own line"),
            ("approve_personnelaction", "Can decide on personnel actions for people in the own line"),
        ]
        indexes = [
            models.Index(fields=["effective"], name="action_by_moment", condition=Q(state=State.APPROVED)),
            models.Index(fields=["-effective", "-id"], name="action_in_order"),
        ]
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"action_{name}_where_its_kind_says",
                    condition=_where_its_kind_says(name),
                    violation_error_message=words,
                )
                for name, words in (
                    ("position", _("A seat belongs to hires, transfers, promotions, demotions, reclassifications.")),
                    ("fte", _("A hire needs a share of full time; only what gives a seat can change it.")),
                    ("pay", _("This kind needs the pay, or cannot have one.")),
                    ("supervisor", _("This kind cannot name a supervisor.")),
                    ("until", _("Only a leave has a day of return.")),
                    ("case", _("Only a separation points to a corrective action.")),
                )
            ),
            models.CheckConstraint(
                name="action_reason_where_its_kind_says",
                condition=Q(kind=Kind.SEPARATION, reason__in=sorted(SEPARATIONS))
                | Q(kind=Kind.LEAVE, reason__in=sorted(LEAVES))
                | Q(reason="") & ~Q(kind__in=[Kind.SEPARATION, Kind.LEAVE]),
                violation_error_message=_(
                    "A separation and a leave need a reason of their own; no other kind has one."
                ),
            ),
            models.CheckConstraint(
                name="action_pay_with_its_basis",
                condition=Q(pay=None, basis="") | Q(pay__gt=0) & ~Q(basis=""),
                violation_error_message=_("Pay is an amount and what it is for: a year or an hour."),
            ),
            models.CheckConstraint(
                name="action_fte_is_a_share",
                condition=Q(fte=None) | Q(fte__gt=0, fte__lte=1),
                violation_error_message=_("A share is more than none and at most one full time."),
            ),
            models.CheckConstraint(
                name="action_has_a_share_with_its_seat",
                condition=~Q(kind=Kind.TAKEN_OVER) | Q(position=None, fte=None) | Q(position__gt=0, fte__gt=0),
                violation_error_message=_("A seat and a share of full time belong together."),
            ),
            models.CheckConstraint(
                name="action_supervisor_is_somebody_else",
                condition=Q(supervisor=None) | ~Q(supervisor=F("employee")),
                violation_error_message=_("Nobody reports to themselves."),
            ),
            models.CheckConstraint(
                name="action_has_a_reason", condition=~Q(because=""), violation_error_message=_("Say why.")
            ),
            models.CheckConstraint(
                name="return_after_the_leave_begins",
                condition=Q(until=None) | Q(until__gt=F("effective")),
                violation_error_message=_("The return comes after the leave begins."),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(state__in=IN_FORCE),
                name="one_correction_in_force",
            ),
        ]

    def __str__(self):  # stands in titles: no name
        return f"{Kind(self.kind).label}, {self.employee.number}"

    @property
    def act(self) -> Act:
        """The action as the fold sees it."""
        return Act(
            kind=self.kind,
            effective=self.effective,
            number=self.pk,
            position=self.position_id,
            fte=self.fte,
            pay=self.pay,
            basis=self.basis,
            supervisor=self.supervisor_id,
            reason=self.reason,
            until=self.until,
        )


class PersonnelStep(models.Model):
    """One step on the way of an action: who did what, in whose place, when and why. Never changed."""

    action = models.ForeignKey(PersonnelAction, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField(
        max_length=12,
        choices=[
            ("submit", _("Submitted")),
            ("approve", _("Approved")),
            ("void", _("First approval void: what it saw, or whose it is, has changed")),
            ("return", _("Returned")),
            ("withdraw", _("Withdrawn")),
            ("correct", _("Corrected")),
            ("ask_rescind", _("Asked to be rescinded, which takes two")),
            ("rescind", _("Rescinded")),
            ("take_effect", _("Took effect")),
            ("record", _("Recorded")),
            ("take_over", _("Taken over")),
            ("hand_over", _("Handed over to another author")),
        ],
    )
    state = models.CharField(max_length=12, choices=State, help_text=_("Where the action stood afterwards."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    in_place_of = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    because = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text=_("Of the preview that was approved."))
    done = models.JSONField(default=list, help_text=_("What followed of itself: pairs of a word and a number."))

    class Meta:
        ordering = ["action", "pk"]
        constraints = [
            models.CheckConstraint(name="approval_names_what_was_seen", condition=~Q(move="approve") | ~Q(digest=""))
        ]

    def __str__(self):
        return f"{self.action_id}: {self.move}"


auditlog.register(
    PersonnelAction,
    mask_fields=["pay", "reason", "until", "case", "because"],
    mask_callable="himdept.common.audit.mask_whole",
)
