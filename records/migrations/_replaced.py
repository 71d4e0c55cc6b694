"""The migrations that went before these. `migrate` has either applied all of them or none (docs/adr/0054).

Which of these stands for which of those says nothing but this: the first stands for their first and their last, so that
a database somewhere between them is known by it.
"""

FIRST = [
    "0001_initial",
    "0002_promises",
    "0003_document_types",
    "0004_reassignment",
    "0006_figures",
    "0007_find_by_name",
    "0008_inventory_by_start",
    "0009_due_names_the_rule",
    "0010_any_part_of_an_hour",
    "0011_cosignature",
    "0012_client_secrets",
    "0013_exceptions_and_ages",
    "0014_signed_assertions",
    "0015_deficiencies_by_due",
    "0016_series",
    "0017_records_by_status",
    "0025_stays_by_discharge",
]
OTHERS = {
    "0002_encounters_and_records": "0018_read_by_programs",
    "0003_rules": "0019_rule_editor",
    "0004_audits": "0020_put_right_lately",
    "0005_deficiencies": "0021_adoptions",
    "0006_exchange_and_access": "0022_documents_by_time",
    "0007_promises_about_records": "0023_what_is_open_by_service",
    "0008_types_of_documents": "0024_how_lists_are_narrowed",
}
REPLACED = {"0001_patients_and_practitioners": [("records", name) for name in FIRST]} | {
    new: [("records", name)] for new, name in OTHERS.items()
}
