"""What the simulated hospital tells of: people, stays, episodes and documents, before they have a row.

Times are minutes since 1970 UTC (see `calendar`); `row` is the number that the loader gives, 0 until then.
"""

from dataclasses import dataclass, field

from himdept.simulator.habits import ORDINARY, Habits


@dataclass(slots=True, eq=False)
class Clinician:
    number: int
    family_name: str
    given_name: str
    prefix: str
    habits: Habits = ORDINARY
    row: int = 0


@dataclass(slots=True, eq=False)
class Patient:
    number: int
    family_name: str
    given_name: str
    born: int  # a day's ordinal
    sex: str
    mother: "Patient | None" = None
    free_at: int = 0  # when the latest stay ends: nobody lies in two beds
    died: bool = False
    row: int = 0

    def age_on(self, day: int) -> int:
        return (day - self.born) * 100 // 36525


@dataclass(slots=True, eq=False)
class Episode:
    kind: str
    title: str = ""
    code: str = ""
    status: str = "done"
    anesthesia: bool = False
    performer: Clinician | None = None
    start: int | None = None
    end: int | None = None
    row: int = 0


@dataclass(slots=True, eq=False)
class Document:
    code: str
    author: Clinician
    authored: int | None
    sections: tuple[str, ...] = ()
    episode: Episode | None = None
    status: str = "preliminary"
    day_only: bool = False  # authored is known to the day
    dictated: int | None = None
    transcribed: int | None = None
    signed: bool = False
    signed_at: int | None = None  # of an undated signature: None
    cosigner: Clinician | None = None
    cosigned_at: int | None = None
    verbal: bool = False
    replaces: "Document | None" = None
    addendum_to: "Document | None" = None
    row: int = 0


@dataclass(slots=True, eq=False)
class Stay:
    number: int
    patient: Patient
    encounter_class: str
    service: str
    attending: Clinician
    start: int
    planned_end: int
    end: int | None  # None: still in the house
    disposition: str
    location: str
    confidentiality: int
    sensitivities: tuple[str, ...] = ()
    episodes: list[Episode] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    filed: Document | None = None  # a document of an earlier encounter that is filed here too
    patient_is_new: bool = False
    row: int = 0
