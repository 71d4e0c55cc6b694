"""The nights and their steps as rows: the truth about what was due, what was done and what was not."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from himdept.common import night as program
from records.models import AuditRun
from staff.models import Facility, User

ATTEMPTS = 3


class NightQuerySet(models.QuerySet):
    """The adjectives of nights."""

    def visible_to(self, user):
        """The nights of the facilities that `user` reaches, for whoever may see audits."""
        if not user.has_perm("records.view_auditrun"):
            return self.none()
        return self.filter(facility__in=user.facility_ids)

    def as_told(self):
        """With what their pages say of them, and how long each took."""
        rows = self.select_related("facility__time_zone", "requested_by")
        return rows.annotate(took=F("finished_at") - F("started_at"))


class Night(models.Model):
    """One night of one facility: when it was due, and what became of it.

    Its business date is the facility's local date on which it is due. The next one always stands ready as planned. One
    that is begun by hand is due when somebody asks for it.
    """

    class Kind(models.TextChoices):
        NIGHTLY = "nightly", _("Nightly")
        BY_HAND = "by_hand", _("Begun by hand")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed in part")
        MISSED = "missed", _("Missed")

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="nights")
    business_date = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NIGHTLY)
    number = models.PositiveSmallIntegerField(default=1, help_text=_("Of those begun by hand on one date."))
    requested_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    as_of = models.DateTimeField(null=True, help_text=_("The moment that it judges; when it begins, it is settled."))
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    caught_up = models.BooleanField(default=False, help_text=_("It was missed, and begun later than it should."))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = NightQuerySet.as_manager()

    class Meta:
        permissions = [("run_night", _("Can begin a night by hand, and set the hour of the nights"))]
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "business_date", "kind", "number"], name="one_night_per_date_and_kind"
            ),
            models.CheckConstraint(
                name="night_by_hand_was_asked_for",
                condition=Q(kind="nightly", requested_by=None, number=1)
                | Q(kind="by_hand", requested_by__isnull=False, started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="night_has_the_times_of_its_state",
                condition=Q(state__in=["planned", "missed"], started_at=None, as_of=None, finished_at=None)
                | Q(state="running", started_at__isnull=False, as_of__isnull=False, finished_at=None)
                | Q(
                    state__in=["finished", "failed"],
                    as_of__isnull=False,
                    started_at__isnull=False,
                    finished_at__isnull=False,
                    finished_at__gte=F("started_at"),
                ),
            ),
            models.CheckConstraint(
                name="night_begins_when_it_is_due", condition=Q(started_at=None) | Q(started_at__gte=F("due_at"))
            ),
            models.CheckConstraint(
                name="night_failed_has_an_error",
                condition=(Q(state="failed") & ~Q(error="")) | (~Q(state="failed") & Q(error="")),
            ),
            models.CheckConstraint(
                name="night_caught_up_was_begun", condition=Q(caught_up=False) | Q(started_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="night_under_way", condition=Q(state__in=["planned", "running"]))
        ]

    def __str__(self):
        return f"night {self.pk}"

    @property
    def failed_in(self) -> str:
        """The steps that failed, by name; of a night that was fetched with its `failed_steps`."""
        return ", ".join(step.title for step in self.failed_steps)


class NightStepQuerySet(models.QuerySet):
    """The adjectives of steps; by the database's clock, which is one for all machines."""

    def left(self):
        """Those that are not over: neither finished nor given up."""
        return self.exclude(state__in=["finished", "failed"])

    def ready(self):
        """Those that may be done, or whose worker may be lost."""
        return self.filter(
            Q(state="waiting") | Q(state="queued", next_try_at__lte=Now()) | Q(state="running", lease_until__lt=Now())
        )


class NightStep(models.Model):
    """One step of a night. Claimed by compare-and-swap on its row, finished in one transaction with its work."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        WAITING = "waiting", _("Waiting for others")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")

    night = models.ForeignKey(Night, on_delete=models.CASCADE, related_name="steps")
    ordinal = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(db_default=Now(), help_text=_("Not before. Waiting is a column, not a message."))
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True, help_text=_("The first attempt."))
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    seconds = models.FloatField(default=0, help_text=_("From the first attempt to the end."))
    error = models.TextField(blank=True, help_text=_("Of the last attempt that failed."))
    audit = models.OneToOneField(AuditRun, null=True, on_delete=models.PROTECT, related_name="+")

    objects = NightStepQuerySet.as_manager()

    class Meta:
        ordering = ["night", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["night", "ordinal"], name="one_step_per_place_in_a_night"),
            models.UniqueConstraint(fields=["night", "name"], name="one_step_per_name_in_a_night"),
            models.CheckConstraint(name="nightstep_attempts_are_capped", condition=Q(attempts__lte=ATTEMPTS)),
            models.CheckConstraint(
                name="nightstep_leased_while_it_runs",
                condition=Q(state="running", lease_until__isnull=False, attempts__gte=1)
                | (~Q(state="running") & Q(lease_until=None)),
            ),
            models.CheckConstraint(
                name="nightstep_has_the_times_of_its_state",
                condition=Q(state="queued", finished_at=None)
                | Q(state__in=["running", "waiting"], started_at__isnull=False, finished_at=None)
                | Q(
                    state__in=["finished", "failed"],
                    started_at__isnull=False,
                    finished_at__isnull=False,
                    finished_at__gte=F("started_at"),
                ),
            ),
            models.CheckConstraint(name="nightstep_failed_has_an_error", condition=~Q(state="failed") | ~Q(error="")),
            models.CheckConstraint(name="nightstep_audits_in_its_audit", condition=Q(audit=None) | Q(name="audit")),
        ]

    def __str__(self):
        return f"{self.name} of {self.night}"

    @property
    def title(self) -> str:
        """Its name for people."""
        known = program.step_named(self.name)
        return str(known.title) if known else self.name

    def earlier(self):
        """The steps of the same night that come before this one."""
        return type(self).objects.filter(night=self.night_id, ordinal__lt=self.ordinal)


class WorkerSeen(models.Model):
    """When a worker was last there, written by the worker's own consumer, and when the clock last ticked."""

    CLOCK = "clock"

    name = models.CharField(primary_key=True, max_length=200)
    queue = models.CharField(max_length=40, help_text=_("What it takes its work from; for the clock, “clock”."))
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "workers seen"
        indexes = [models.Index(fields=["queue", "-seen_at"], name="worker_last_of_a_queue")]

    def __str__(self):
        return self.name
