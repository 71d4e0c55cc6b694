"""What intake is told about people, encounters, episodes and documents, whoever tells it and in whatever format.

A fact that the teller says nothing about is UNSET: what is known of it stays. None or an empty text says that there is
none. Times are ISO 8601 texts: a bare date is a day of the facility's calendar, a time without an offset is local.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

type Told[T] = T | UnsetType
type Time = str | None


class ByKey(Struct, frozen=True):
    """The row that the same source calls by this id."""

    external_id: str


class ByIdentifier(Struct, frozen=True):
    """The row that has this number. `system` None: whatever the system.

    With `stub` a practitioner whom nobody has told of yet is entered under that number, named by `display`.
    """

    system: str | None
    value: str
    stub: bool = False
    display: str = ""


class Named(Struct, frozen=True):
    """A row that was told of in the same message, by the name that the message gives it."""

    name: str


type Ref = ByKey | ByIdentifier | Named


class Number(Struct, frozen=True):
    """A number within a system of numbers; `kind` is the HL7 table 0203 code, kept for patients."""

    system: str
    value: str
    kind: str = ""


class Coded(Struct, frozen=True):
    """A code, its system and the words for it."""

    code: str
    system: str
    title: str


class PatientFacts(Struct, kw_only=True):
    numbers: list[Number] = []
    family_name: Told[str] = UNSET
    given_name: Told[str] = UNSET
    birth_date: Told[str | None] = UNSET
    sex: Told[str] = UNSET
    deceased: Told[bool] = UNSET
    died: Told[Time] = UNSET


class PractitionerFacts(Struct, kw_only=True):
    numbers: list[Number] = []
    family_name: Told[str] = UNSET
    given_name: Told[str] = UNSET
    prefix: Told[str] = UNSET
    is_active: Told[bool] = UNSET
    training_from: Told[str | None] = UNSET  # a resident or student from this day on, until but not on the other
    training_until: Told[str | None] = UNSET


class EncounterFacts(Struct, kw_only=True):
    """`facility` is a number of ours; UNSET leaves it to the door (intake.Door)."""

    patient: Ref
    numbers: list[Number] = []
    facility: Told[int] = UNSET
    encounter_class: Told[str] = UNSET
    status: Told[str] = UNSET
    service: Told[Coded | None] = UNSET
    attending: Told[Ref | None] = UNSET
    start: Told[Time] = UNSET
    end: Told[Time] = UNSET
    disposition: Told[str] = UNSET
    location: Told[str] = UNSET
    confidentiality: Told[int] = UNSET


class EpisodeFacts(Struct, kw_only=True):
    encounter: Ref
    patient: Ref | None = None
    numbers: list[Number] = []
    kind: str
    status: Told[str] = UNSET
    code: Told[str] = UNSET
    title: Told[str] = UNSET
    anesthesia: Told[bool] = UNSET
    performer: Told[Ref | None] = UNSET
    start: Told[Time] = UNSET
    end: Told[Time] = UNSET


class DocumentFacts(Struct, kw_only=True):
    """`signed` with `signed_at` None is a signature whose time is not known.

    `about` names a document that must be there: somebody adds to what is known of it. `witness` says how good the
    word on its signature is: what a better one has said stays.
    """

    about: Ref | None = None
    witness: int = 1
    encounter: Told[Ref] = UNSET
    patient: Ref | None = None
    numbers: list[Number] = []
    document_type: Told[Coded] = UNSET
    status: Told[str] = UNSET
    identifier: Told[str] = UNSET
    ordinal: Told[int | None] = UNSET
    episode: Told[Ref | None] = UNSET
    author: Told[Ref | None] = UNSET
    authenticator: Told[Ref | None] = UNSET
    cosigner: Told[Ref | None] = UNSET
    authored: Told[Time] = UNSET
    dictated: Told[Time] = UNSET
    transcribed: Told[Time] = UNSET
    signed: Told[bool] = UNSET
    signed_at: Told[Time] = UNSET
    cosigned: Told[bool] = UNSET
    cosigned_at: Told[Time] = UNSET
    sections: Told[list[str]] = UNSET
    verbal: Told[bool] = UNSET
    replaces: Told[Ref | None] = UNSET
    addendum_to: Told[Ref | None] = UNSET
    confidentiality: Told[int] = UNSET
    attachment_sha256: Told[str] = UNSET


type Facts = PatientFacts | PractitionerFacts | EncounterFacts | EpisodeFacts | DocumentFacts
type Row = dict[str, Any]
