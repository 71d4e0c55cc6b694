"""Which records a changed rule makes a difference to: judged by the rules before and by the rules now, side by side.

A rule is published for every record there ever was, and changes the verdict on few. So a night after it judges its
topic alone over all records, twice, and only where the two differ is a record judged anew, in whole.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from records.completeness.engine import clauses, rules, settle, tables
from records.completeness.engine.binding import Rule
from records.completeness.engine.charts import Scope, gather, open_charts, within

DAY = timedelta(days=1)

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

    def days(self) -> Iterator[tuple[Rule, DateRange]]:
        """Each version with days on which only one side has it in force. It may be more days, but none is left out."""
        sides = [{rule.requirement.pk: rule for rule in rules} for rules in (self.before, self.after)]
        for number in sides[0].keys() | sides[1].keys():
            there = [side[number] for side in sides if number in side]
            spans = {(span.lower, span.upper) for span in (rule.requirement.effective for rule in there)}
            if len(there) == 1:
                yield there[0], there[0].requirement.effective
            elif len(spans) == 2:
                began = {lower for lower, _ in spans}
                ended = min(upper for _, upper in spans if upper is not None)
                yield there[0], DateRange(ended if len(began) == 1 else None, None)

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
    if not reordered:
        concerned = " UNION ".join(happened(rule, days, scope) for rule, days in change.days())
        tables.fill(cursor, "concerned", concerned, scope.parameters)
        tables.analyze(cursor, "concerned")
        chosen += " AND r.encounter_id IN (SELECT record_id FROM concerned)"
    open_charts(cursor, scope, chosen)
    among = topics | {rule.requirement.only_if_met for side in sides for rule in side}
    near = gather(cursor, scope, (rule for rule in change.before + change.after if rule.requirement.topic in among))
    for name, side, every in zip(("before", "after"), sides, (change.before, change.after), strict=True):
        rules.judge(cursor, near, side, among=every)
        tables.fill(cursor, name, compared(reordered))
    cursor.execute("""
        INSERT INTO touched SELECT DISTINCT record_id FROM (
            (TABLE before EXCEPT TABLE after) UNION ALL (TABLE after EXCEPT TABLE before)) different
    """)
    # Far more than is now to be judged: emptied row by row, all of it would be read past from here on.
    cursor.execute("TRUNCATE chart, verdict, documents, filings, episodes")


def happened(rule: Rule, days: DateRange, scope: Scope) -> str:
    """The query for the records that may have an occasion of the rule on one of these days.

    A version judges the occasions of its own days: where none lies on days that differ, neither do the verdicts.
    """
    of = rule.requirement
    encounters, episodes, documents = map(scope.table, ("records_encounter", "records_episode", "records_document"))

    def stays(moment: str) -> str:
        return f"SELECT c.id AS record_id FROM {encounters} c WHERE {within('c.id')} AND {about(days, moment)}"

    if of.judges_entries:
        # An entry without a date is of the day of admission.
        return f"""{stays("c.start")} UNION SELECT d.record_id FROM {documents} d WHERE {within("d.record_id")}
            AND d.document_type_id IN ({", ".join(map(str, rule.types))}) AND {about(days, "d.authored")}"""
    _place, moment, kind = clauses.PLACES[of.trigger]
    if kind is None:
        return stays(moment)
    return f"""SELECT e.record_id FROM {episodes} e WHERE {within("e.record_id")}
        AND e.kind = '{kind}' AND {about(days, moment)}"""


def about(days: DateRange, moment: str) -> str:
    """That a moment is on one of these days, or on the one before or after: so in every time zone, and by an index."""
    said = [f"{moment}_first IS NOT NULL"]
    if days.lower is not None:
        said.append(f"{moment}_first >= '{days.lower - DAY} 00:00Z'::timestamptz")
    if days.upper is not None:
        said.append(f"{moment}_first < '{days.upper + DAY} 00:00Z'::timestamptz")
    return " AND ".join(said)


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
