"""Which outside name means which of our rows.

A *source* is a space of ids: two hospitals' systems may both have a `Patient/1`. A *key* is a resource's id within
its source, with the hash of what was last applied, so that an unchanged resource writes nothing. An *identifier* is a
(system, value) pair that means the same everywhere.
"""

from django.db import models


class Source(models.Model):
    """A named space of ids, such as one EHR."""

    name = models.SlugField(max_length=50, unique=True)

    def __str__(self):
        return self.name


class Key(models.Model):
    """What one source calls one of our rows, and the content (SHA-256) that we last applied under that name."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=128)
    content_hash = models.BinaryField(max_length=32, null=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="%(class)s_once_per_source"),
        ]

    def __str__(self):
        return f"{self.source} {self.external_id}"


class PatientKey(Key):
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="keys")


class PractitionerKey(Key):
    practitioner = models.ForeignKey("records.Practitioner", on_delete=models.PROTECT, related_name="keys")


class EncounterKey(Key):
    encounter = models.ForeignKey("records.Encounter", on_delete=models.PROTECT, related_name="keys")


class EpisodeKey(Key):
    episode = models.ForeignKey("records.Episode", on_delete=models.PROTECT, related_name="keys")


class DocumentKey(Key):
    document = models.ForeignKey("records.Document", on_delete=models.PROTECT, related_name="keys")


class Identifier(models.Model):
    """A number within a system of numbers: MRN, visit number, NPI, document id."""

    system = models.CharField(max_length=255, blank=True)
    value = models.CharField(max_length=255)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["system", "value"], name="%(class)s_means_one")]

    def __str__(self):
        return f"{self.system}|{self.value}"


class PatientIdentifier(Identifier):
    """`kind` is the HL7 table 0203 code: MR for the medical record number."""

    kind = models.CharField(max_length=10, blank=True)
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="identifiers")


class PractitionerIdentifier(Identifier):
    practitioner = models.ForeignKey("records.Practitioner", on_delete=models.PROTECT, related_name="identifiers")


class EncounterIdentifier(Identifier):
    encounter = models.ForeignKey("records.Encounter", on_delete=models.PROTECT, related_name="identifiers")


class DocumentIdentifier(Identifier):
    document = models.ForeignKey("records.Document", on_delete=models.PROTECT, related_name="identifiers")
