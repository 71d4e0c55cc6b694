"""The documents of the simulated hospital: code, required sections, and how they get written and signed."""

from dataclasses import dataclass

from himdept.simulator.chance import Spread

NEXT_ROUND = Spread(hours=9, sigma=0.9)


@dataclass(frozen=True, slots=True)
class Form:
    """`at_once` is the share signed as it is written; the others are signed `later`, but `never` of all not at all."""

    code: str
    title: str
    sections: tuple[str, ...] = ()
    at_once: float = 0.9
    later: Spread = NEXT_ROUND
    never: float = 0.0004
    dictated: float = 0.0  # share that is dictated, and so waits for transcription

    @property
    def is_loinc(self) -> bool:
        return self.code[0].isdigit()


TYPING = Spread(hours=14, sigma=0.7)  # from dictation to transcription
COSIGNING = Spread(hours=22, sigma=1.0)
AUTHENTICATING = Spread(hours=20, sigma=1.2)  # a verbal order, by who gave it
NEVER_AUTHENTICATED = 0.006
NEVER_COSIGNED = 0.002
SLOW = Spread(hours=20, sigma=1.05)

HISTORY_AND_PHYSICAL = Form(
    "34117-2", "History and physical", at_once=0.93, later=Spread(hours=60, sigma=1.0), never=0.002
)
UPDATE = Form("hp-update", "Update of the history and physical", at_once=0.97, never=0.001)
DISCHARGE_SUMMARY = Form(
    "18842-5", "Discharge summary", ("outcome", "disposition", "follow_up"), 0.42, SLOW, 0.004, dictated=0.35
)
OPERATIVE_REPORT = Form(
    "11504-8",
    "Operative report",
    ("findings", "technique", "specimens"),
    0.72,
    Spread(hours=5, sigma=0.9),
    0.003,
    dictated=0.22,
)
BRIEF_OPERATIVE_NOTE = Form("brief-operative-note", "Brief operative note")
CONSULTATION = Form("11488-4", "Consultation", at_once=0.8)
PROGRESS_NOTE = Form("11506-3", "Progress note", at_once=0.93)
FINAL_PROGRESS_NOTE = Form("final-progress-note", "Final progress note", at_once=0.85, later=SLOW, never=0.001)
EMERGENCY_NOTE = Form("34111-5", "Emergency department note", at_once=0.82, never=0.001)
PROCEDURE_CONSENT = Form("64293-4", "Procedure consent", at_once=0.995)
TRANSFER_SUMMARY = Form("18761-7", "Transfer summary")
ORDER = Form("order", "Order", at_once=0.985)
ADMISSION_ORDER = Form("admission-order", "Admission order", ("admitting_diagnosis",), at_once=0.985)
PREANESTHESIA = Form("preanesthesia-evaluation", "Pre-anesthesia evaluation", at_once=0.98)
ANESTHESIA_RECORD = Form("anesthesia-record", "Anesthesia record", at_once=0.98)
POSTANESTHESIA = Form("postanesthesia-evaluation", "Post-anesthesia evaluation", at_once=0.97)
RESTRAINT_ORDER = Form("restraint-order", "Restraint order", at_once=0.93)
FACE_TO_FACE = Form("restraint-face-to-face", "Restraint face-to-face evaluation", at_once=0.97)
PSYCHIATRIC_EVALUATION = Form("psychiatric-evaluation", "Psychiatric evaluation", at_once=0.85)
TREATMENT_PLAN = Form("treatment-plan", "Treatment plan", at_once=0.85)
NURSING_ASSESSMENT = Form("nursing-assessment", "Nursing assessment", at_once=0.995)
DISCHARGE_INSTRUCTIONS = Form("discharge-instructions", "Discharge instructions", at_once=0.995)
DISCHARGE_PLANNING = Form("discharge-planning-evaluation", "Discharge planning evaluation", at_once=0.98)
LEAVING_AGAINST_ADVICE = Form("ama-form", "Form for leaving against medical advice", at_once=0.98)
PSYCHOSOCIAL_ASSESSMENT = Form("psychosocial-assessment", "Psychosocial assessment", at_once=0.96)
GENERAL_CONSENT = Form("general-consent", "General consent", at_once=0.995)
NEWBORN_EXAM = Form("newborn-exam", "Newborn examination", at_once=0.9)

FORMS = (
    HISTORY_AND_PHYSICAL,
    UPDATE,
    DISCHARGE_SUMMARY,
    OPERATIVE_REPORT,
    BRIEF_OPERATIVE_NOTE,
    CONSULTATION,
    PROGRESS_NOTE,
    FINAL_PROGRESS_NOTE,
    EMERGENCY_NOTE,
    PROCEDURE_CONSENT,
    TRANSFER_SUMMARY,
    ORDER,
    ADMISSION_ORDER,
    PREANESTHESIA,
    ANESTHESIA_RECORD,
    POSTANESTHESIA,
    RESTRAINT_ORDER,
    FACE_TO_FACE,
    PSYCHIATRIC_EVALUATION,
    TREATMENT_PLAN,
    NURSING_ASSESSMENT,
    DISCHARGE_INSTRUCTIONS,
    DISCHARGE_PLANNING,
    LEAVING_AGAINST_ADVICE,
    PSYCHOSOCIAL_ASSESSMENT,
    GENERAL_CONSENT,
    NEWBORN_EXAM,
)
