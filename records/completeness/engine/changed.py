"""Which records a changed rule makes a difference to: judged by the rules before and by the rules now, side by side.

A rule is published for every record there ever was, and changes the verdict on few. So a night after it judges its
topic alone over all records, twice, and only where the two differ is a record judged anew, in whole.
"""

from copy import copy
from dataclasses import dataclass, replace

from django.db.backends.postgresql.psycopg_any import DateRange

from records.completeness.engine import clauses, rules, settle, tables
from records.completeness.engine.binding import Rule
from records.completeness.engine.charts import Scope, open_charts, within

# What is written down of a verdict. Of what was met only when: by which rule and until when it was due is not kept.
OF_ALL = ("record_id", "topic", "episode_id", "document_id", "block", "slot", "kind", "element", "at")
OF_FOUND = ("requirement_id", "due_at", "served_by", "owed_by", "document_type_id")
COMPARED = ", ".join([*OF_ALL, *(f"CASE WHEN kind <> 'met' THEN {name} END AS {name}" for name in OF_FOUND)])


@dataclass(frozen=True)
class Change:
    """The rules of a facility before and after, both strictest authority first."""

    before: list[Rule]
    after: list[Rule]

    def topics(self) -> set[str]:
        """Those of a version that only one side has, those that it exempts, and those that hang on one of these."""
        sides = [{said(rule): rule.requirement for rule in rules} for rules in (self.before, self.after)]
        changed = [side[key] for side in sides for key in sides[0].keys() ^ sides[1].keys() if key in side]
        topics = {topic for version in changed for topic in (version.topic, *version.exempts)}
        conditions = {(rule.requirement.only_if_met, rule.requirement.topic) for rule in self.before + self.after}
        while more := {topic for other, topic in conditions if other in topics} - topics:
            topics |= more
        return topics

    def reordered(self) -> set[str]:
        """Those of which the rules on both sides stand in another order: of equally strict ones another is named."""
        orders = [in_order(rules) for rules in (self.before, self.after)]
        return {topic for topic in orders[0].keys() & orders[1].keys() if differs(orders[0][topic], orders[1][topic])}


def in_order(rules: list[Rule]) -> dict[str, list[int]]:
    """The versions of each topic by number, strictest authority first."""
    found: dict[str, list[int]] = {}
    for rule in rules:
        found.setdefault(rule.requirement.topic, []).append(rule.requirement.pk)
    return found


def differs(before: list[int], after: list[int]) -> bool:
    """Whether what is on both sides stands in another order."""
    return [one for one in before if one in after] != [one for one in after if one in before]


def said(rule: Rule) -> tuple:
    """What tells a version from another: which it is, and the days on which it is in force."""
    effective = rule.requirement.effective
    return rule.requirement.pk, effective.lower, effective.upper


def unpublished(now: list[Rule], versions: set[int]) -> list[Rule]:
    """The rules as they were before these versions: each had ended the one before it on its own first day."""
    before = {rule.requirement.pk: rule for rule in now}
    latest_first = sorted(versions & before.keys(), key=lambda number: before[number].requirement.version, reverse=True)
    for number in latest_first:
        gone = before.pop(number).requirement
        for other in list(before.values()):
            last = other.requirement
            if (last.profile_id, last.code, last.version) == (gone.profile_id, gone.code, gone.version - 1):
                unended = copy(last)
                unended.effective = DateRange(last.effective.lower, gone.effective.upper)
                before[last.pk] = replace(other, requirement=unended)
    return list(before.values())


def find(cursor, scope: Scope, change: Change):
    """Make `touched`: the records of the scope's range whose verdicts differ between the two sides."""
    reordered = change.reordered()
    topics = change.topics() | reordered
    tables.empty(cursor, "touched", "record_id bigint PRIMARY KEY")
    sides = [[rule for rule in side if rule.requirement.topic in topics] for side in (change.before, change.after)]
    if not any(sides):
        return
    chosen = f"{within('r.encounter_id')} AND r.facility_id = %(facility)s{of_classes(sides)}"
    open_charts(cursor, scope, chosen)
    for name, side, every in zip(("before", "after"), sides, (change.before, change.after), strict=True):
        rules.judge(cursor, scope, side, among=every)
        tables.fill(cursor, name, compared(reordered))
    cursor.execute("""
        INSERT INTO touched SELECT DISTINCT record_id FROM (
            (TABLE before EXCEPT TABLE after) UNION ALL (TABLE after EXCEPT TABLE before)) different
    """)


def compared(reordered: set[str]) -> str:
    """The query for what is compared: every verdict, and of topics whose rules changed places which rule is named."""
    if not reordered:
        return f"SELECT {COMPARED} FROM verdict"
    named = COMPARED.replace(" slot,", " 'named, ' || slot,")
    strictest = f"SELECT * FROM ({settle.findings()}) f WHERE topic = ANY({clauses.literal(sorted(reordered))})"
    return f"SELECT {COMPARED} FROM verdict UNION ALL SELECT {named} FROM ({strictest}) f"


def of_classes(sides: list[list[Rule]]) -> str:
    """Only the classes of encounter that the rules name, where each names some."""
    named = [rule.requirement.encounter_classes for side in sides for rule in side]
    if not all(named):
        return ""
    return f" AND e.encounter_class = ANY({clauses.literal(sorted(set().union(*named)))})"
