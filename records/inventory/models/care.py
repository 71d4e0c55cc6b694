"""Encounters and what happened within them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from himdept.common import spoken
from himdept.common.moments import paired
from records.inventory.queries import EncounterQuerySet
from staff.models import Facility


class Service(models.Model):
    """A clinical service: hospital medicine, surgery, obstetrics."""

    code = models.CharField(max_length=50, unique=True)
    title = models.CharField(max_length=100)

    def __str__(self):
        return self.title


class Encounter(models.Model):
    """One stay or visit, as the EHR tells it. Its record is the unit that is complete or not."""

    class Class(models.TextChoices):
        INPATIENT = "inpatient", _("Inpatient")
        OBSERVATION = "observation", _("Observation")
        EMERGENCY = "emergency", _("Emergency")
        AMBULATORY = "ambulatory", _("Ambulatory")
        SWING_BED = "swing_bed", _("Swing bed")
        PSYCHIATRIC = "psychiatric", _("Psychiatric inpatient")
        REHABILITATION = "rehabilitation", _("Rehabilitation inpatient")
        NEWBORN = "newborn", _("Newborn")
        HOME_HEALTH = "home_health", _("Home health")
        VIRTUAL = "virtual", _("Virtual")
        PRE_ADMISSION = "pre_admission", _("Pre-admission")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        IN_PROGRESS = "in_progress", _("In progress")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")
        ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")

    class Disposition(models.TextChoices):
        HOME = "home", _("Home")
        HOME_HEALTH = "home_health", _("Home with home health")
        TRANSFER = "transfer", _("Transferred to another hospital")
        FACILITY = "facility", _("Nursing or rehabilitation facility")
        PSYCHIATRIC = "psychiatric", _("Psychiatric facility")
        HOSPICE = "hospice", _("Hospice")
        AMA = "ama", _("Left against medical advice")
        EXPIRED = "expired", _("Died")
        OTHER = "other", _("Other")

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="encounters")
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="encounters")
    encounter_class = models.CharField(max_length=20, choices=Class)
    status = models.CharField(max_length=20, choices=Status)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="encounters")
    attending = models.ForeignKey(
        "records.Practitioner", null=True, blank=True, on_delete=models.PROTECT, related_name="attended"
    )
    start_first = models.DateTimeField()
    start_last = models.DateTimeField()
    end_first = models.DateTimeField(null=True, blank=True)
    end_last = models.DateTimeField(null=True, blank=True)
    disposition = models.CharField(max_length=20, choices=Disposition, blank=True)
    location = models.CharField(max_length=100, blank=True)
    known_from = models.DateTimeField(auto_now=True, editable=False)

    objects = EncounterQuerySet.as_manager()

    class Meta:
        constraints = [
            *paired("start", "end"),
            models.CheckConstraint(
                name="encounter_ends_after_it_starts",
                condition=Q(end_first=None) | Q(end_last__gte=F("start_first")),
                violation_error_message=_("An encounter cannot end before it starts."),
            ),
            # Its record names the facility too, and the two may never differ: see Record.
            models.UniqueConstraint(fields=["id", "facility"], name="encounter_and_its_facility"),
        ]
        indexes = [
            models.Index(fields=["facility", "start_first", "id"], name="encounter_by_start"),
            # The inventory's first order, for people who reach several facilities.
            models.Index(fields=["start_first", "id"], name="encounter_by_start_anywhere"),
            models.Index(fields=["end_first"], name="encounter_by_end"),
            models.Index(fields=["patient", "start_first"], name="encounter_of_patient"),
        ]

    def __str__(self):
        return f"encounter {self.pk}"

    def get_encounter_class_display(self) -> str:
        return spoken.choice(self.Class, self.encounter_class)


class Episode(models.Model):
    """A procedure or a restraint within an encounter: something with a beginning and an end that documents tell of."""

    class Kind(models.TextChoices):
        PROCEDURE = "procedure", _("Procedure")
        RESTRAINT = "restraint", _("Restraint")

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done")
        NOT_DONE = "not_done", _("Not done")
        ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")

    record = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="episodes")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.DONE)
    code = models.CharField(max_length=50, blank=True)
    title = models.CharField(max_length=255, blank=True)
    anesthesia = models.BooleanField(default=False)
    performer = models.ForeignKey(
        "records.Practitioner", null=True, blank=True, on_delete=models.PROTECT, related_name="performed"
    )
    start_first = models.DateTimeField(null=True, blank=True)
    start_last = models.DateTimeField(null=True, blank=True)
    end_first = models.DateTimeField(null=True, blank=True)
    end_last = models.DateTimeField(null=True, blank=True)
    known_from = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        constraints = [
            *paired("start", "end"),
            models.CheckConstraint(
                name="episode_ends_after_it_starts",
                condition=Q(start_first=None) | Q(end_first=None) | Q(end_last__gte=F("start_first")),
                violation_error_message=_("A procedure or restraint cannot end before it starts."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"
