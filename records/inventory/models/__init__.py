"""The inventory: who was cared for, by whom, when, and which documents tell of it."""

from records.inventory.models.care import Encounter, Episode, Service
from records.inventory.models.charts import Document, DocumentType, Filing, Record
from records.inventory.models.identity import (
    DocumentIdentifier,
    DocumentKey,
    EncounterIdentifier,
    EncounterKey,
    EpisodeKey,
    PatientIdentifier,
    PatientKey,
    PractitionerIdentifier,
    PractitionerKey,
    Source,
)
from records.inventory.models.people import Patient, Practitioner

__all__ = [
    "Document",
    "DocumentIdentifier",
    "DocumentKey",
    "DocumentType",
    "Encounter",
    "EncounterIdentifier",
    "EncounterKey",
    "Episode",
    "EpisodeKey",
    "Filing",
    "Patient",
    "PatientIdentifier",
    "PatientKey",
    "Practitioner",
    "PractitionerIdentifier",
    "PractitionerKey",
    "Record",
    "Service",
    "Source",
]
