"""The one way in: facts told by any interface become rows, in sets, without writing what is known already.

`take_in` is called by the interfaces, FHIR and files alike, in their own transaction. It knows nothing of formats.
"""

from records.inventory.intake.facts import (
    ByIdentifier,
    ByKey,
    Coded,
    DocumentFacts,
    EncounterFacts,
    EpisodeFacts,
    Facts,
    Named,
    Number,
    PatientFacts,
    PractitionerFacts,
    Ref,
)
from records.inventory.intake.items import Door, Item, Outcome, Refused
from records.inventory.intake.taking import KINDS, take_in

__all__ = [
    "KINDS",
    "ByIdentifier",
    "ByKey",
    "Coded",
    "DocumentFacts",
    "Door",
    "EncounterFacts",
    "EpisodeFacts",
    "Facts",
    "Item",
    "Named",
    "Number",
    "Outcome",
    "PatientFacts",
    "PractitionerFacts",
    "Ref",
    "Refused",
    "take_in",
]
