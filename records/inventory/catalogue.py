"""The document types that the program knows from the start. A hospital's own ones are added as documents name them.

LOINC where LOINC has a code that means it; else a local code, lower-case words joined by hyphens.
"""

from records.inventory.models import DocumentType

LOINC = "http://loinc.org"
LOCAL = "urn:himdept:document-type"

DOCUMENT_TYPES = {
    LOINC: {
        "11488-4": "Consultation",
        "11502-2": "Laboratory report",
        "11504-8": "Operative report",
        "11506-3": "Progress note",
        "11526-1": "Pathology report",
        "18748-4": "Diagnostic imaging report",
        "18761-7": "Transfer summary",
        "18842-5": "Discharge summary",
        "28570-0": "Procedure note",
        "34111-5": "Emergency department note",
        "34117-2": "History and physical",
        "51847-2": "Evaluation and plan note",
        "64293-4": "Procedure consent",
    },
    LOCAL: {
        "admission-order": "Admission order",
        "ama-form": "Form for leaving against medical advice",
        "anesthesia-record": "Anesthesia record",
        "brief-operative-note": "Brief operative note",
        "discharge-instructions": "Discharge instructions",
        "discharge-planning-assessment": "Discharge planning assessment",
        "discharge-planning-evaluation": "Discharge planning evaluation",
        "final-progress-note": "Final progress note",
        "general-consent": "General consent",
        "hp-update": "Update of the history and physical",
        "newborn-exam": "Newborn examination",
        "nursing-assessment": "Nursing assessment",
        "order": "Order",
        "postanesthesia-evaluation": "Post-anesthesia evaluation",
        "preanesthesia-evaluation": "Pre-anesthesia evaluation",
        "psychiatric-evaluation": "Psychiatric evaluation",
        "psychosocial-assessment": "Psychosocial assessment",
        "restraint-face-to-face": "Restraint face-to-face evaluation",
        "restraint-order": "Restraint order",
        "treatment-plan": "Treatment plan",
        "unclassified": "Document of no stated type",
    },
}


def load(model=None, *, using: str | None = None) -> None:
    """Enter the types that are not there yet; titles that a hospital changed stay. `model` is for migrations."""
    model = model or DocumentType
    model.objects.using(using).bulk_create(
        [
            model(code=code, system=system, title=title)
            for system, titles in DOCUMENT_TYPES.items()
            for code, title in titles.items()
        ],
        ignore_conflicts=True,
    )
