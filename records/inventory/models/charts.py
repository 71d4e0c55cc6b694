"""Records and the documents in them: the facts about each document, never its text."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.confidentiality import Confidentiality
from himdept.common.moments import paired
from records.inventory.queries import RecordQuerySet
from staff.models import Facility


class Record(models.Model):
    """The record of one encounter: the unit that is complete or not, with the flags that the inventory shows.

    It has its encounter's number. The completeness flags are written by the audit alone. The service is that of its
    encounter, kept by the database: what is open is summed up by service without a look at each stay (docs/adr/0048).
    """

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress", _("In progress")
        DISCHARGED = "discharged", _("Discharged, nothing past due")
        INCOMPLETE = "incomplete", _("Incomplete")
        DELINQUENT = "delinquent", _("Delinquent")
        COMPLETE = "complete", _("Complete")
        CLOSED = "closed", _("Administratively closed")

    encounter = models.OneToOneField(
        "records.Encounter", primary_key=True, on_delete=models.PROTECT, related_name="record"
    )
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="records")
    service = models.ForeignKey(
        "records.Service",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        editable=False,
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_PROGRESS)
    requirements_due = models.PositiveIntegerField(default=0)
    requirements_met = models.PositiveIntegerField(default=0)
    open_deficiencies = models.PositiveIntegerField(default=0)
    oldest_due_at = models.DateTimeField(null=True, blank=True)
    delinquent_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    confidentiality = models.PositiveSmallIntegerField(choices=Confidentiality, default=Confidentiality.NORMAL)
    sensitivities = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    location = models.CharField(max_length=100, blank=True)
    retain_until = models.DateField(null=True, blank=True)
    legal_hold = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_because = models.TextField(blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="record_closing_has_who_and_why",
                condition=Q(closed_at=None, closed_by=None, closed_because="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_because="")),
                violation_error_message=_("Closing a record needs a person and a reason."),
            ),
            models.CheckConstraint(
                name="record_met_is_part_of_due", condition=Q(requirements_met__lte=F("requirements_due"))
            ),
            models.CheckConstraint(
                name="record_completed_when_complete",
                condition=Q(status="complete", completed_at__isnull=False)
                | (~Q(status="complete") & Q(completed_at=None)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["facility", "status", "delinquent_at", "encounter"],
                include=["confidentiality", "service"],  # whether a person may count it is asked of each
                name="record_by_status",
            ),
            models.Index(fields=["facility", "oldest_due_at", "encounter"], name="record_by_oldest_due"),
            models.Index(  # whatever their state: the planner does not know that these are the unfinished ones
                fields=["facility", "delinquent_at", "encounter"],
                name="record_by_delinquent",
                condition=Q(delinquent_at__isnull=False),
            ),
            models.Index(
                fields=["facility", "next_check_at"], name="record_next_check", condition=Q(next_check_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"record {self.pk}"

    def get_status_display(self) -> str:
        return spoken.choice(self.Status, self.status)


class DocumentType(models.Model):
    """A kind of document, by its LOINC code or a local one."""

    code = models.CharField(max_length=50, unique=True)
    system = models.CharField(max_length=255, default="http://loinc.org", blank=True)
    title = models.CharField(max_length=200)

    def __str__(self):
        return self.title


class Document(models.Model):
    """What is known about one document of a record: its type, times, author, signatures and sections."""

    class Status(models.TextChoices):
        DICTATED = "dictated", _("Dictated")
        TRANSCRIBED = "transcribed", _("Transcribed")
        PRELIMINARY = "preliminary", _("Preliminary")
        FINAL = "final", _("Final")
        AMENDED = "amended", _("Amended")
        SUPERSEDED = "superseded", _("Superseded")
        ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")
        RETRACTED = "retracted", _("Retracted")

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="documents")
    episode = models.ForeignKey(
        "records.Episode", null=True, blank=True, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    document_type = models.ForeignKey(DocumentType, on_delete=models.PROTECT, related_name="documents", db_index=False)
    status = models.CharField(max_length=20, choices=Status)
    identifier = models.CharField(
        max_length=255, blank=True, help_text=_("The source's main identifier; of two equals the lesser is taken.")
    )
    ordinal = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("The source's own order, where it has one.")
    )
    author = models.ForeignKey(
        "records.Practitioner", null=True, blank=True, on_delete=models.PROTECT, related_name="authored", db_index=False
    )
    authenticator = models.ForeignKey(
        "records.Practitioner",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="authenticated",
        db_index=False,
    )
    cosigner = models.ForeignKey(
        "records.Practitioner", null=True, blank=True, on_delete=models.PROTECT, related_name="cosigned", db_index=False
    )
    authored_first = models.DateTimeField(null=True, blank=True)
    authored_last = models.DateTimeField(null=True, blank=True)
    dictated_first = models.DateTimeField(null=True, blank=True)
    dictated_last = models.DateTimeField(null=True, blank=True)
    transcribed_first = models.DateTimeField(null=True, blank=True)
    transcribed_last = models.DateTimeField(null=True, blank=True)
    signed = models.BooleanField(default=False)
    signed_first = models.DateTimeField(null=True, blank=True)
    signed_last = models.DateTimeField(null=True, blank=True)
    cosigned = models.BooleanField(default=False)
    cosigned_first = models.DateTimeField(null=True, blank=True)
    cosigned_last = models.DateTimeField(null=True, blank=True)
    sections = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    verbal = models.BooleanField(default=False, help_text=_("A verbal or telephone order."))
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by", db_index=False
    )
    addendum_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="addenda", db_index=False
    )
    confidentiality = models.PositiveSmallIntegerField(choices=Confidentiality, default=Confidentiality.NORMAL)
    attachment_sha256 = models.CharField(max_length=64, blank=True)
    known_from = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        constraints = [
            *paired("authored", "dictated", "transcribed", "signed", "cosigned"),
            models.CheckConstraint(
                name="document_signing_time_needs_a_signature", condition=Q(signed_first=None) | Q(signed=True)
            ),
            models.CheckConstraint(
                name="document_cosigning_time_needs_a_cosignature", condition=Q(cosigned_first=None) | Q(cosigned=True)
            ),
            models.CheckConstraint(
                name="document_does_not_follow_itself",
                condition=(Q(replaces=None) | ~Q(replaces=F("pk"))) & (Q(addendum_to=None) | ~Q(addendum_to=F("pk"))),
            ),
        ]
        indexes = [
            models.Index(fields=["document_type", "record"], name="document_by_type"),
            BrinIndex(fields=["authored_first"], name="document_by_time"),  # they come in as they are written
            models.Index(fields=["addendum_to"], name="document_addenda", condition=Q(addendum_to__isnull=False)),
        ]

    def __str__(self):
        return f"document {self.pk}"


class Filing(models.Model):
    """A document filed in a further record, such as a history and physical from before the admission."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="filings")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="filings")
    known_from = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "document"], name="filed_once_in_a_record")]

    def __str__(self):
        return f"{self.document} in {self.record}"
