"""What the codes of other systems mean here. A code that is in no table is refused or named, never guessed."""

from records.inventory.models import Document, Encounter, Episode, Patient

Class, Status, Disposition = Encounter.Class, Encounter.Status, Encounter.Disposition

# HL7 v3 ActCode as FHIR R4 uses it, and four that our own interfaces and survey charts use beside.
ENCOUNTER_CLASSES = {
    "IMP": Class.INPATIENT,
    "ACUTE": Class.INPATIENT,
    "NONAC": Class.INPATIENT,
    "OBSENC": Class.OBSERVATION,
    "EMER": Class.EMERGENCY,
    "AMB": Class.AMBULATORY,
    "SS": Class.AMBULATORY,
    "HH": Class.HOME_HEALTH,
    "VR": Class.VIRTUAL,
    "PRENC": Class.PRE_ADMISSION,
    "SWB": Class.SWING_BED,
    "PSY": Class.PSYCHIATRIC,
    "REHAB": Class.REHABILITATION,
    "NEWB": Class.NEWBORN,
}

# FHIR R4 EncounterStatus. `unknown` is settled by whether the encounter has ended.
ENCOUNTER_STATUSES = {
    "planned": Status.PLANNED,
    "arrived": Status.IN_PROGRESS,
    "triaged": Status.IN_PROGRESS,
    "in-progress": Status.IN_PROGRESS,
    "onleave": Status.IN_PROGRESS,
    "finished": Status.FINISHED,
    "cancelled": Status.CANCELLED,
    "entered-in-error": Status.ENTERED_IN_ERROR,
}

# FHIR discharge-disposition, and the patient discharge status of the uniform bill (NUBC, form locator 17).
FHIR_DISPOSITIONS = {
    "home": Disposition.HOME,
    "alt-home": Disposition.HOME,
    "other-hcf": Disposition.TRANSFER,
    "hosp": Disposition.HOSPICE,
    "long": Disposition.FACILITY,
    "aadvice": Disposition.AMA,
    "exp": Disposition.EXPIRED,
    "psy": Disposition.PSYCHIATRIC,
    "rehab": Disposition.FACILITY,
    "snf": Disposition.FACILITY,
    "oth": Disposition.OTHER,
}
BILLING_DISPOSITIONS = {
    1: Disposition.HOME,
    2: Disposition.TRANSFER,
    3: Disposition.FACILITY,
    4: Disposition.FACILITY,
    5: Disposition.TRANSFER,
    6: Disposition.HOME_HEALTH,
    7: Disposition.AMA,
    9: Disposition.OTHER,
    20: Disposition.EXPIRED,
    21: Disposition.OTHER,
    30: "",  # still a patient
    40: Disposition.EXPIRED,
    41: Disposition.EXPIRED,
    42: Disposition.EXPIRED,
    43: Disposition.TRANSFER,
    50: Disposition.HOSPICE,
    51: Disposition.HOSPICE,
    61: Disposition.FACILITY,
    62: Disposition.FACILITY,
    63: Disposition.FACILITY,
    64: Disposition.FACILITY,
    65: Disposition.PSYCHIATRIC,
    66: Disposition.TRANSFER,
    69: Disposition.OTHER,
    70: Disposition.OTHER,
}
# 81 to 95 repeat 1 to 70 "with a planned readmission".
BILLING_DISPOSITIONS |= {
    code: BILLING_DISPOSITIONS[base]
    for code, base in zip(range(81, 96), (1, 2, 3, 4, 5, 6, 21, 43, 61, 62, 63, 64, 65, 66, 70), strict=True)
}

# FHIR EventStatus of a procedure. What was stopped had begun, so its report is owed.
PROCEDURE_STATUSES = {
    "preparation": Episode.Status.IN_PROGRESS,
    "in-progress": Episode.Status.IN_PROGRESS,
    "on-hold": Episode.Status.IN_PROGRESS,
    "not-done": Episode.Status.NOT_DONE,
    "stopped": Episode.Status.DONE,
    "completed": Episode.Status.DONE,
    "unknown": Episode.Status.DONE,
    "entered-in-error": Episode.Status.ENTERED_IN_ERROR,
}

# FHIR CompositionStatus, as DocumentReference.docStatus has it. Final and amended say that somebody vouched for it.
DOCUMENT_STATUSES = {
    "preliminary": Document.Status.PRELIMINARY,
    "final": Document.Status.FINAL,
    "amended": Document.Status.AMENDED,
    "entered-in-error": Document.Status.ENTERED_IN_ERROR,
}
SIGNED_STATUSES = {"final", "amended"}
REFERENCE_STATUSES = {"current", "superseded", "entered-in-error"}

SEXES = {
    "female": Patient.Sex.FEMALE,
    "male": Patient.Sex.MALE,
    "other": Patient.Sex.OTHER,
    "unknown": Patient.Sex.UNKNOWN,
}

IN_TRAINING = "390200000X"  # NUCC: student in an organized health care education or training program

# Anesthesia, where a procedure's category or code says so: SNOMED CT, and the anesthesia section of CPT.
SNOMED = "http://snomed.info/sct"
CPT = "http://www.ama-assn.org/go/cpt"
ANESTHESIA = {
    "399097000",  # administration of anesthesia
    "50697003",  # general anesthesia
    "27372005",  # regional anesthesia
    "72641008",  # administration of sedative
    "231249005",  # regional block
    "18946005",  # epidural anesthesia
    "69596004",  # spinal anesthesia (subarachnoid block)
    "241717009",  # monitored anesthesia care
}


def is_anesthesia(system: str, code: str) -> bool:
    """Whether a code means that anesthesia was given. Local anesthesia is none that asks for an evaluation."""
    if system == CPT:
        return code.isdecimal() and len(code) == 5 and 100 <= int(code) <= 1999
    return system == SNOMED and code in ANESTHESIA


def disposition(system: str, code: str) -> str | None:
    """The disposition that a code means; None where no table has it."""
    if code in FHIR_DISPOSITIONS and "nubc" not in system.lower():
        return FHIR_DISPOSITIONS[code]
    if code.isdecimal() and len(code) <= 2:
        return BILLING_DISPOSITIONS.get(int(code))
    return None


# HL7 table 0203: numbers by which a person is known outside of health care. The minimum necessary leaves them out.
KEPT_OUT_KINDS = {
    "SS",  # social security
    "SB",  # social beneficiary
    "DL",  # driver's licence
    "PPN",  # passport
    "PPC",
    "PPD",
    "PPO",
    "TAX",
    "NIIP",
    "CZ",  # citizenship card
    "PRC",  # permanent resident card
    "VS",  # visa
    "CC",  # credit card
    "BA",  # bank account
    "BC",
    "BCT",  # birth certificate
    "DC",  # death certificate
    "MI",  # military
}
KEPT_OUT_SYSTEMS = {
    "http://hl7.org/fhir/sid/us-ssn",
    "urn:oid:2.16.840.1.113883.4.1",  # US social security
}
KEPT_OUT_FAMILIES = (
    "urn:oid:2.16.840.1.113883.4.3.",  # US driver's licences, one for each state
    "urn:oid:2.16.840.1.113883.4.330.",  # passports, one for each country
    "http://hl7.org/fhir/sid/passport-",
)


def is_kept_out(system: str, kind: str) -> bool:
    """Whether this is a number of a person that this program has no need of, and so never stores."""
    return kind in KEPT_OUT_KINDS or system in KEPT_OUT_SYSTEMS or system.startswith(KEPT_OUT_FAMILIES)
