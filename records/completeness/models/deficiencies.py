"""Deficiencies: what a clinician still owes a record; their history; and what is not yet due."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.db.functions import UUIDv7
from records.completeness.models.requirements import Requirement
from records.completeness.models.runs import AuditRun
from records.completeness.queries import DeficiencyQuerySet, ExpectedQuerySet
from records.inventory.models import Document, DocumentType, Episode, Practitioner, Record


class Occasion(models.Model):
    """What a finding is about: the record, the topic and, where there are several, the episode or the entry.

    `document` is the entry that is judged for itself; the document that merely serves an occasion is no part of it.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="%(class)s_set", db_index=False)
    topic = models.CharField(max_length=40)
    episode = models.ForeignKey(Episode, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    block = models.PositiveIntegerField(null=True)
    requirement = models.ForeignKey(
        Requirement, null=True, on_delete=models.PROTECT, related_name="%(class)s_set", db_index=False
    )
    document_type = models.ForeignKey(DocumentType, on_delete=models.PROTECT, related_name="+", db_index=False)
    owed_by = models.ForeignKey(
        Practitioner, null=True, on_delete=models.PROTECT, related_name="%(class)s_set", db_index=False
    )
    due_at = models.DateTimeField(null=True)  # an undated entry has no clock

    class Meta:
        abstract = True


class Deficiency(Occasion):
    """Something a clinician still owes a record before it can be called complete.

    One row per occasion and slot for good: in the slot `verdict` the kind moves in place (missing, then unsigned,
    then late), and what opens again uses its old row, so that its age and history stay together.
    """

    class Kind(models.TextChoices):
        MISSING = "missing", _("missing")
        UNSIGNED = "unsigned", _("unsigned")
        UNCOSIGNED = "uncosigned", _("not co-signed")
        UNDATED = "undated", _("undated")
        MISSING_ELEMENT = "missing_element", _("element missing")
        LATE = "late", _("late")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        RESOLVED = "resolved", _("resolved")
        WAIVED = "waived", _("waived")
        VOID = "void", _("void")

    class Cause(models.TextChoices):
        """Why a deficiency stands as it does."""

        FOUND = "found", _("found by the audit")
        MET = "met", _("met")
        MET_LATE = "met_late", _("met after it was due")
        GAP = "gap", _("past mending: a gap in a series, that nothing which is done now can fill")
        NOT_DUE = "not_due", _("not due after all")
        NO_GAP = "no_gap", _("no gap after all")
        WITHDRAWN = "withdrawn", _("what it was about was retracted, cancelled or moved, or the rule no longer applies")
        WAIVED = "waived", _("waived")

    slot = models.CharField(max_length=110)
    kind = models.CharField(max_length=20, choices=Kind)
    element = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    cause = models.CharField(max_length=10, choices=Cause, default=Cause.FOUND)
    served_by = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    mendable = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, editable=False)
    waived_at = models.DateTimeField(null=True, editable=False)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    waived_because = models.TextField(blank=True)
    reassigned_at = models.DateTimeField(null=True, editable=False)
    reassigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reassigned_because = models.TextField(blank=True, db_default="")
    reassigned_from = models.ForeignKey(
        Practitioner, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = DeficiencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deficiencies"
        permissions = [
            ("waive_deficiency", _("Can waive a deficiency")),
            ("reassign_deficiency", _("Can reassign a deficiency")),
            ("export_report", _("Can export a report")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "topic", "episode", "document", "block", "slot"],
                name="one_deficiency_per_occasion_and_slot",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="deficiency_waiver_has_who_when_and_why",
                condition=Q(waived_at=None, waived_by=None, waived_because="")
                | (Q(waived_at__isnull=False, waived_by__isnull=False) & ~Q(waived_because="")),
                violation_error_message=_("A waiver needs a person and a reason."),
            ),
            models.CheckConstraint(
                name="deficiency_waived_says_by_whom", condition=~Q(status="waived") | Q(waived_at__isnull=False)
            ),
            models.CheckConstraint(
                name="deficiency_reassignment_has_who_when_and_why",
                condition=Q(reassigned_at=None, reassigned_by=None, reassigned_because="", reassigned_from=None)
                | (
                    Q(reassigned_at__isnull=False, reassigned_by__isnull=False, owed_by__isnull=False)
                    & ~Q(reassigned_because="")
                ),
                violation_error_message=_("A reassignment needs a person, a reason and a practitioner."),
            ),
            models.CheckConstraint(
                name="deficiency_resolved_says_when",
                condition=Q(status="resolved", resolved_at__isnull=False)
                | (~Q(status="resolved") & Q(resolved_at=None)),
            ),
            models.CheckConstraint(name="deficiency_late_is_never_open", condition=~Q(kind="late") | ~Q(status="open")),
            models.CheckConstraint(
                name="deficiency_past_mending_is_never_open",
                condition=Q(mendable=True)
                | Q(status="resolved", cause="gap", kind="missing", block__isnull=False)
                | Q(status="void"),
            ),
            models.CheckConstraint(
                name="deficiency_slot_says_its_kind",
                condition=Q(slot="verdict", kind__in=["missing", "unsigned", "uncosigned", "late"], element="")
                | (Q(slot="undated", kind="undated") & ~Q(element=""))
                | (Q(slot__startswith="element:", kind="missing_element") & ~Q(element="")),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="deficiency_open_by_due", condition=Q(status="open")),
            models.Index(
                fields=["owed_by", "due_at", "id"], name="deficiency_open_by_owed", condition=Q(status="open")
            ),
            models.Index(fields=["due_at", "id"], name="deficiency_by_due"),
            models.Index(fields=["status", "kind"], name="deficiency_by_status"),
            models.Index(
                fields=["owed_by", "resolved_at"], name="deficiency_resolved_by_owed", condition=Q(status="resolved")
            ),
            models.Index(fields=["resolved_at", "id"], name="deficiency_by_resolved", condition=Q(status="resolved")),
        ]

    def __str__(self):
        return f"deficiency {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_past_mending(self) -> bool:
        """Whether it is a gap that nothing which is done now can fill."""
        return self.status == self.Status.RESOLVED and not self.mendable

    def get_kind_display(self) -> str:
        return spoken.choice(self.Kind, self.kind)

    def get_status_display(self) -> str:
        return spoken.choice(self.Status, self.status)


class Decision(models.Model):
    """One act of a person on one deficiency or many at once: what, by whom, when and why. Never changed.

    `token` names it in forms. `selection` is the selection that it acted on: sent twice, it is done once. `undoes` is
    the decision that this one took back as a whole.
    """

    class Act(models.TextChoices):
        WAIVED = "waived", _("waived")
        REINSTATED = "reinstated", _("waiver taken back")
        REASSIGNED = "reassigned", _("reassigned")
        RETURNED = "returned", _("reassignment taken back")
        UNDONE = "undone", _("undone")

    token = models.UUIDField(db_default=UUIDv7(), unique=True, editable=False)
    act = models.CharField(max_length=10, choices=Act)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    because = models.TextField(blank=True)
    to = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    selection = models.UUIDField(null=True, unique=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_says_why_or_what_it_undoes",
                condition=Q(act="undone", undoes__isnull=False) | (~Q(act="undone") & Q(undoes=None) & ~Q(because="")),
            ),
            models.CheckConstraint(
                name="decision_reassigns_to_somebody",
                condition=Q(act="reassigned", to__isnull=False) | (~Q(act="reassigned") & Q(to=None)),
            ),
        ]

    def __str__(self):
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"


class DeficiencyEvent(models.Model):
    """One change of a deficiency: what it became, by which run or person. Written once, never changed."""

    deficiency = models.ForeignKey(Deficiency, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField(db_default=Now())
    as_of = models.DateTimeField(help_text=_("The moment that was judged."))
    run = models.ForeignKey(AuditRun, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=10, choices=Deficiency.Status)
    kind = models.CharField(max_length=20, choices=Deficiency.Kind)
    cause = models.CharField(max_length=10, choices=Deficiency.Cause)
    due_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    owed_by = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    requirement = models.ForeignKey(Requirement, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    because = models.TextField(blank=True)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="events", db_index=False)
    reassigned_at = models.DateTimeField(null=True)  # of the reassignment that stands after this
    reassigned_from = models.ForeignKey(
        Practitioner, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["decision"], name="event_by_decision", condition=Q(decision__isnull=False)),
        ]

    def __str__(self):
        return f"{self.kind} {self.status} as of {self.as_of:%Y-%m-%d %H:%M}"


class Expected(Occasion):
    """Something that is asked for and not yet past due. Rewritten at each audit of its record; it has no history."""

    objects = ExpectedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "expected"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "topic", "episode", "document", "block"],
                name="one_expectation_per_occasion",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="expected_has_a_due_time", condition=Q(due_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="expected_by_due")]

    def __str__(self):
        return f"expected {self.pk}"
