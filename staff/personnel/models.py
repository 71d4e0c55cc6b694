"""Personnel actions, each step of their way, and who may act in another's place."""

from datetime import datetime

from auditlog.registry import auditlog
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from himdept.common.db.periods import is_some_time
from staff.catalogue.models import Job
from staff.employment import lines
from staff.employment.models import Assignment, Employee, own_of
from staff.organisation.models import Position
from staff.people.models import Facility
from staff.personnel.fold import Act
from staff.personnel.kinds import LEAVES, SEPARATIONS, TERMS, WRITTEN, Basis, Kind, Reason


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
            seen |= Q(employee__in=lines.people_below(head, at))
            seen |= Q(never_seated) & Q(position__in=lines.seats_below(head, at))
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


def heads_for(own: Employee, at: datetime) -> list[int]:
    """In whose place somebody may act: their own, and of those who have named them their delegate for this time."""
    given = Delegation.objects.filter(taker=own, during__contains=at).values_list("giver", flat=True)
    return lines.once(("heads for", own.pk), at, lambda: [own.pk, *given])


def _where_its_kind_says(name: str) -> Q:
    """A column is filled for the kinds that need it, may be for those that take it, and is empty for the others."""
    condition = Q(kind__in=[kind for kind, terms in TERMS.items() if name not in terms.says], **{name: None})
    if needing := [kind for kind, terms in TERMS.items() if name in terms.needs]:
        condition |= Q(kind__in=needing, **{f"{name}__isnull": False})
    if taking := [kind for kind, terms in TERMS.items() if name in terms.takes]:
        condition |= Q(kind__in=taking)
    return condition


class PersonnelAction(models.Model):
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
        return f"{self.get_kind_display()}, {self.employee.number}"

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


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those about somebody on whom `user` may act, if their role decides."""
        if "staff.approve_personnelaction" not in (user.granted if user.is_active and user.pk else ()):
            return self.none()
        return self.filter(pk__in=DecisionLine.objects.visible_to(user).values("decision"))


class DecisionLineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those about people on whom `user` may act: a decision may go beyond the line of who looks at it."""
        from staff.personnel.authority import people_for

        return self.filter(employee__in=people_for(user).values("pk"))


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


auditlog.register(
    PersonnelAction,
    mask_fields=["pay", "reason", "until", "case", "because"],
    mask_callable="himdept.common.audit.mask_whole",
)
auditlog.register(Decision, mask_fields=["because"], mask_callable="himdept.common.audit.mask_whole")
auditlog.register(Delegation)
auditlog.register(PayrollClosing)
auditlog.register(ChecklistTemplate)
auditlog.register(ChecklistItem)
