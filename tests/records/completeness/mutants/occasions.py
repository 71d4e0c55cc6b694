"""Engines that see the wrong occasions, set wrong limits or take the wrong documents: sections 4 to 6 of the page."""

from tests.records.completeness.altered import Mutant

OCCASIONS = (
    Mutant(
        "4.1",
        "discharges at admission",
        "clauses",
        'DISCHARGE: ("chart c", "c.end"',
        'DISCHARGE: ("chart c", "c.start"',
    ),
    Mutant(
        "4.1", "admits at discharge", "clauses", 'ADMISSION: ("chart c", "c.start"', 'ADMISSION: ("chart c", "c.end"'
    ),
    Mutant("4.2", "ends a procedure at its start", "clauses", '"e.end", "procedure"', '"e.start", "procedure"'),
    Mutant(
        "4.2",
        "asks for procedures of unknown time",
        "clauses",
        'f"{moment}_first <= %(as_of)s"',
        'f"coalesce({moment}_first <= %(as_of)s, true)"',
    ),
    Mutant("4.2", "takes a restraint for a procedure", "clauses", "f\"e.kind = '{kind}'\"", '"true"'),
    Mutant(
        "4.2",
        "asks without anesthesia too",
        "clauses",
        'if kind == "procedure" and rule.requirement.anesthesia_only:',
        "if False:",
    ),
    Mutant(
        "4.2",
        "asks for every code",
        "clauses",
        'if kind == "procedure" and rule.requirement.procedure_codes:',
        "if False:",
    ),
    Mutant("4.3", "takes a procedure for a restraint", "clauses", "f\"e.kind = '{kind}'\"", '"true"'),
    Mutant("4.3", "restrains at the end", "clauses", '"e.start", "restraint"', '"e.end", "restraint"'),
    Mutant("4.4", "bears the grown", "clauses", "c.encounter_class = 'newborn'", "true"),
    Mutant(
        "4.5",
        "waits for the end of the day",
        "clauses",
        'f"{moment}_first <= %(as_of)s"',
        'f"{moment}_last <= %(as_of)s"',
    ),
    Mutant(
        "4.6",
        "asks for what was not done",
        "charts",
        'UNDONE = ("not_done", "entered_in_error")',
        'UNDONE = ("entered_in_error", "")',
    ),
    Mutant(
        "4.6",
        "lets whoever did not operate owe",
        "entries",
        "e.performer_id FROM {scope.episodes} e",
        "e.performer_id FROM records_episode e",
    ),
    Mutant(
        "4.7",
        "knows no exception for occasions",
        "occasions",
        "AND NOT {clauses.exempt(",
        "AND true OR {clauses.exempt(",
    ),
    Mutant(
        "4.7", "knows no exception for entries", "entries", "AND NOT {clauses.exempt(", "AND true OR {clauses.exempt("
    ),
    Mutant(
        "4.7", "knows no exception for series", "series", "WHERE NOT {clauses.exempt(", "WHERE true OR {clauses.exempt("
    ),
    Mutant("4.7", "exempts every episode", "clauses", 'f"({episode} IS NULL OR {its_episode} = {episode})"', '"true"'),
    Mutant(
        "4.7",
        "exempts episodes alone",
        "clauses",
        'f"({episode} IS NULL OR {its_episode} = {episode})"',
        'f"{its_episode} = {episode}"',
    ),
    Mutant(
        "4.7",
        "exempts no record as a whole",
        "clauses",
        '"true" if its_episode.startswith("NULL")',
        '"false" if its_episode.startswith("NULL")',
    ),
    Mutant(
        "4.7",
        "exempts whom it is not meant for",
        "clauses",
        "{exists}\n            AND {applies(of, scope, local_day(moment))})",
        "{exists})",
    ),
    Mutant(
        "4.8",
        "judges no exception",
        "rules",
        "for rule in rules:\n        statement",
        "for rule in (one for one in rules if not one.requirement.exempts):\n        statement",
    ),
    Mutant(
        "4.8",
        "exempts from no exception",
        "clauses",
        "if topic not in of.exempts:",
        "if topic not in of.exempts or any(r.requirement.topic == topic and r.requirement.exempts for r in rules):",
    ),
    Mutant(
        "5.1",
        "counts hours on the wall",
        "clauses",
        "f\"{last} + %(hours)s * interval '1 hour'\"",
        "f\"({last} AT TIME ZONE %(zone)s + %(hours)s * interval '1 hour') AT TIME ZONE %(zone)s\"",
    ),
    Mutant("5.1", "knows whole hours alone", "clauses", "{last} + %(hours)s *", "{last} + round(%(hours)s) *"),
    Mutant("5.2", "ends a day early", "clauses", "{day} + %(days)s + 1", "{day} + %(days)s"),
    Mutant("5.3", "counts from the midnight before", "clauses", "{last} + %(hours)s *", "{first} + %(hours)s *"),
    Mutant(
        "5.4", "is past on the minute", "clauses", "OR ({at} = {of}.due_at AND {of}.at_once)", "OR {at} = {of}.due_at"
    ),
    Mutant("5.4", "is past after the midnight", "clauses", "OR ({at} = {of}.due_at AND {of}.at_once)", ""),
    Mutant(
        "5.4",
        "lets days end after the midnight",
        "clauses",
        'ODD_MIDNIGHT.format(day=day), "true"',
        'ODD_MIDNIGHT.format(day=day), "false"',
    ),
    Mutant("6.1", "takes every type", "occasions", "WHERE d.document_type_id = ANY(%(types)s)", "WHERE true"),
    Mutant(
        "6.1",
        "takes the first type",
        "occasions",
        "WHERE d.document_type_id = ANY(%(types)s)",
        "WHERE d.document_type_id = %(missing_type)s",
    ),
    Mutant(
        "6.2",
        "takes what is of another episode",
        "clauses",
        "(d.episode_id IS NULL OR d.episode_id = {episode} OR",
        "(true OR",
    ),
    Mutant("6.2", "takes nothing of its own episode", "clauses", "OR d.episode_id = {episode} OR", "OR"),
    Mutant(
        "6.2",
        "takes nothing of a restraint for a procedure",
        "clauses",
        "x.id = d.episode_id AND x.kind = '{kind}'",
        "x.id = d.episode_id",
    ),
    Mutant(
        "6.2",
        "takes nothing of an episode for a stay",
        "clauses",
        'if kind is None:\n        return "true"',
        'if kind is None:\n        return "d.episode_id IS NULL"',
    ),
    Mutant(
        "6.3",
        "refuses what is just early enough",
        "clauses",
        "OR (d.authored_last = {opens} AND d.authored_first = d.authored_last))",
        ")",
    ),
    Mutant(
        "6.3", "takes a day that ends as the window opens", "clauses", "AND d.authored_first = d.authored_last))", "))"
    ),
    Mutant(
        "6.3",
        "gives a day no benefit of the doubt",
        "clauses",
        "(d.authored_last > {opens} OR",
        "(d.authored_first > {opens} OR",
    ),
    Mutant(
        "6.3",
        "opens the window when the day ends",
        "occasions",
        "AS episode_id, {first} AS first",
        "AS episode_id, {last} AS first",
    ),
    Mutant("6.3", "opens no window", "clauses", "if requirement.not_before_hours is None:", "if True:"),
    Mutant("6.4", "is served by a blank form", "occasions", "AND d.authored_first IS NOT NULL", ""),
)
