"""The migrations that went before these. `migrate` has either applied all of them or none (docs/adr/0054).

Which of these stands for which of those says nothing but this: the first stands for their first and their last, so that
a database somewhere between them is known by it.
"""

FIRST = [
    "0001_initial",
    "0002_main_facility",
    "0003_selection",
    "0004_saved_view",
    "0005_targets",
    "0006_kept_reply",
    "0007_seats_and_people",
    "0008_carry_people",
    "0009_promises_about_people",
    "0010_job_catalogue",
    "0011_personnel_actions",
    "0012_people_taken_over",
    "0013_promises_about_actions",
    "0014_steps_in_words",
    "0015_view_chart",
    "0016_credentials",
    "0017_promises_about_credentials",
    "0018_backgrounds",
    "0019_promises_about_backgrounds",
    "0020_training",
    "0021_promises_about_training",
    "0022_faster_lines",
    "0023_supervisor_is_somebody_else",
    "0024_switched_off",
    "0025_rescinded_by_two",
    "0026_taken_over_without_a_seat",
    "0027_people_taken_over",
    "0030_case_files",
    "0031_promises_about_cases",
    "0040_people_files",
    "0041_newcomers_close_no_circle",
    "0042_decisions",
    "0044_fit_to_work",
    "0045_promises_about_fitness",
    "0046_personnel_notices",
    "0061_known",
]
OTHERS = {
    "0002_seats_and_employees": "0047_lists_in_order",
    "0003_at_the_desk": "0048_checklists",
    "0004_corrective_actions": "0049_due_as_known",
    "0005_personnel_actions": "0050_likeness_sorted_in_at_once",
    "0006_around_personnel_actions": "0051_lines_as_part_of_a_question",
    "0007_credentials_and_pasts": "0052_handed_over",
    "0008_training_and_competencies": "0053_due_of_everybody",
    "0009_exclusion_lists": "0054_home",
    "0010_promises_about_seats_and_lines": "0055_replies_as_sent",
    "0011_promises_about_decisions": "0056_seats_looked_at_once",
    "0012_promises_about_qualifications": "0057_newcomers_wait_for_who_changes_lines",
    "0013_what_comes_with_the_program": "0058_owed",
    "0014_what_is_owed": "0059_owed_in_order",
    "0015_what_is_known": "0060_progress",
}
REPLACED = {"0001_people_and_facilities": [("staff", name) for name in FIRST]} | {
    new: [("staff", name)] for new, name in OTHERS.items()
}
