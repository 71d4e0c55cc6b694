"""Patients and practitioners."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from himdept.common.moments import paired
from records.inventory.queries import PatientQuerySet


class Patient(models.Model):
    """A person who was cared for. Their number (MRN) is among their identifiers."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")
        UNKNOWN = "unknown", _("unknown")

    family_name = models.CharField(max_length=200, blank=True)
    given_name = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, choices=Sex, default=Sex.UNKNOWN)
    deceased = models.BooleanField(default=False)
    deceased_first = models.DateTimeField(null=True, blank=True)
    deceased_last = models.DateTimeField(null=True, blank=True)
    mother = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="newborns")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    known_from = models.DateTimeField(auto_now=True, editable=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            *paired("deceased"),
            models.CheckConstraint(
                name="patient_death_has_the_flag", condition=Q(deceased_first=None) | Q(deceased=True)
            ),
            models.CheckConstraint(
                name="patient_is_not_merged_into_itself", condition=Q(merged_into=None) | ~Q(merged_into=F("pk"))
            ),
        ]
        # By the beginning of a name in any case, and in that order (records.inventory.finding).
        indexes = [models.Index(Upper("family_name"), Upper("given_name"), "id", name="patient_by_name")]

    def __str__(self):
        return f"patient {self.pk}"  # never a name: this is what logs and error pages print

    @property
    def name(self) -> str:
        """Family name in capitals, given name: as the banner shows it."""
        return ", ".join(part for part in (self.family_name.upper(), self.given_name) if part) or _("name not known")


class Practitioner(models.Model):
    """Somebody who cares for patients, writes documents and owes signatures."""

    family_name = models.CharField(max_length=200, blank=True)
    given_name = models.CharField(max_length=200, blank=True)
    prefix = models.CharField(max_length=50, blank=True)
    is_active = models.BooleanField(default=True)
    # A resident or student: on these local days, the last one not included, a supervisor may have to co-sign.
    training_from = models.DateField(null=True, blank=True)
    training_until = models.DateField(null=True, blank=True)
    is_stub = models.BooleanField(
        default=False, help_text=_("Named by a document before anybody told us who this is; wants completing.")
    )
    known_from = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="practitioner_training_begins_before_it_ends",
                condition=Q(training_until=None)
                | Q(training_from__isnull=False, training_until__gt=F("training_from")),
                violation_error_message=_("A training begins before it ends."),
            ),
        ]
        indexes = [
            models.Index(fields=["family_name", "given_name", "id"], name="practitioner_by_name"),
            models.Index(Upper("family_name"), Upper("given_name"), "id", name="practitioner_by_any_case"),
        ]

    def __str__(self):
        return ", ".join(part for part in (self.family_name, self.given_name) if part) or f"practitioner {self.pk}"
