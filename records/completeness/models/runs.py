"""Audit runs, their shards, and the list of records that want auditing."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from records.completeness.queries import AuditShardQuerySet
from staff.models import Facility


class State(models.TextChoices):
    """How far a run or a shard is."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


class AuditRun(models.Model):
    """One audit of completeness: which moment it judged, what it counted and how long it took."""

    facility = models.ForeignKey(
        Facility, null=True, on_delete=models.PROTECT, related_name="audits", help_text=_("None: all of them.")
    )
    as_of = models.DateTimeField()
    known_at = models.DateTimeField(null=True)
    full = models.BooleanField(default=False, help_text=_("Every record, not only those that something happened to."))
    written = models.BooleanField(default=True, help_text=_("False: a what-if, which changes nothing."))
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    records = models.PositiveIntegerField(default=0)
    occasions = models.PositiveBigIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    delinquent = models.PositiveIntegerField(default=0)
    by_kind = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    error = models.TextField(blank=True)
    rules_seen = ArrayField(
        models.BigIntegerField(), default=list, help_text=_("Due rows of changed rules that this run covers.")
    )

    class Meta:
        permissions = [("start_audit", _("Can start an audit"))]
        constraints = [
            models.CheckConstraint(
                name="auditrun_of_the_past_writes_nothing", condition=Q(known_at=None) | Q(written=False)
            ),
        ]
        indexes = [models.Index(fields=["-as_of"], name="auditrun_latest", condition=Q(written=True))]

    def __str__(self):
        return f"audit {self.pk}"


class AuditShard(models.Model):
    """A part of a run: the records of one facility between two numbers. Claimed by compare-and-swap on its row."""

    State = State

    run = models.ForeignKey(AuditRun, on_delete=models.CASCADE, related_name="shards")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    first_record = models.BigIntegerField()
    last_record = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=100, blank=True)
    counts = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = AuditShardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "first_record", "facility"], name="shard_once_per_run"),
            models.CheckConstraint(name="shard_has_a_range", condition=Q(last_record__gte=F("first_record"))),
            models.CheckConstraint(
                name="shard_running_has_a_lease", condition=~Q(state="running") | Q(lease_until__isnull=False)
            ),
            models.CheckConstraint(
                name="shard_finished_has_a_time",
                condition=Q(state="finished", finished_at__isnull=False) | (~Q(state="finished") & Q(finished_at=None)),
            ),
        ]

    def __str__(self):
        return f"shard {self.pk} of {self.run}"


class Due(models.Model):
    """A record that something happened to, or (without a record) a facility whose rules changed: `requirement` is the
    version that was published; without one the facility has adopted a profile.

    Every writer appends here in its own transaction, and a shard deletes only the rows that it read, in its own
    commit: "changed since the last run" would lose what commits late (docs/adr/0006).
    """

    seq = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "records.Record", null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    facility = models.ForeignKey(Facility, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    requirement = models.ForeignKey(
        "records.Requirement", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        verbose_name_plural = "due"
        constraints = [
            models.CheckConstraint(
                name="due_names_a_record_or_a_facility",
                condition=Q(record__isnull=False, facility=None, requirement=None)
                | Q(record=None, facility__isnull=False),
            ),
        ]

    def __str__(self):
        return f"due {self.seq}"
