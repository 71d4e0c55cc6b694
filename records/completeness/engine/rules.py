"""One statement per requirement: what it judges, and the verdict on each occasion.

Each statement adds to the table `verdict`. An occasion always gives one row in the slot `verdict`, whose kind says how
it stands (met, late, expected, missing, unsigned, uncosigned, or lacking where sections are missing); an entry without
its date and each missing section give a row in a slot of their own. A series gives one row in the slot `series`, and
one in the slot `verdict` for each block in which something lacks (kind `gap`: nothing that is done now mends it).
"""

from collections.abc import Iterable

from records.completeness.engine import entries, occasions, series, tables
from records.completeness.engine.binding import Rule
from records.completeness.engine.charts import Scope

# Texts have a length, so that the database need not prepare for long ones: that is half of what a table costs to make.
TYPES = {
    "record_id": "bigint",
    "topic": "varchar(40)",
    "episode_id": "bigint",
    "document_id": "bigint",
    "block": "int",
    "slot": "varchar(110)",
    "kind": "varchar(20)",
    "element": "varchar(100)",
    "requirement_id": "bigint",
    "precedence": "int",
    "due_at": "timestamptz",
    "at": "timestamptz",
    "served_by": "bigint",
    "owed_by": "bigint",
    "document_type_id": "bigint",
}
COLUMNS = tuple(TYPES)
MAY_BE_ABSENT = ("episode_id", "document_id", "block", "due_at", "at", "served_by", "owed_by")
VERDICTS = ", ".join(f"{name} {kind}{'' if name in MAY_BE_ABSENT else ' NOT NULL'}" for name, kind in TYPES.items())


def judge(cursor, scope: Scope, rules: Iterable[Rule], *, among: list[Rule] | None = None):
    """Fill the table `verdict`; conditions look for other topics `among` all rules, of which these may be a part."""
    tables.empty(cursor, "verdict", VERDICTS)
    rules = list(rules)
    for rule in rules:
        statement, parameters = verdicts(rule, scope, among or rules)
        cursor.execute(f"INSERT INTO verdict ({', '.join(COLUMNS)}) {statement}", parameters)
    tables.analyze(cursor, "verdict")


def verdicts(rule: Rule, scope: Scope, rules: list[Rule]) -> tuple[str, dict]:
    """The query for one requirement's verdicts (COLUMNS), reading `chart`, and its parameters."""
    parameters = scope.parameters | rule.parameters
    if rule.requirement.judges_entries:
        return entries.statement(rule, scope, rules), parameters
    if rule.requirement.recurs:
        return series.statement(rule, scope, rules), parameters
    return occasions.statement(rule, scope, rules), parameters
