"""The migrations that went before these. `migrate` has either applied all of them or none (docs/adr/0054).

Which of these stands for which of those says nothing but this: the first stands for their first and their last, so that
a database somewhere between them is known by it.
"""

FIRST = [
    "0001_initial",
    "0002_export_by_an_operator",
    "0003_reminders",
    "0004_standards_and_scores",
    "0005_bindings",
    "0006_states_of_editions",
    "0007_crosswalks",
    "0008_evidence",
    "0009_survey_cycles",
    "0010_recurring_controls",
    "0014_nights_by_hand",
]
OTHERS = {
    "0002_standards": "0011_digests",
    "0003_evidence_and_controls": "0012_sheets_of_cycles",
    "0004_cycles": "0013_what_sheets_left_out",
}
REPLACED = {"0001_nights_and_digests": [("compliance", name) for name in FIRST]} | {
    new: [("compliance", name)] for new, name in OTHERS.items()
}
