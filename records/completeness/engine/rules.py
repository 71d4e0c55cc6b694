"""One statement per requirement: what it judges, and the verdict on each occasion.

Each statement adds to the table `verdict`. An occasion always gives one row in the slot `verdict`, whose kind says how
it stands (met, late, expected, missing, unsigned, or lacking where sections are missing); an entry without its date
and each missing section give a row in a slot of their own. Clause numbers are those of docs/completeness.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, IntegerField, OuterRef

from records.completeness.engine import tables
from records.completeness.engine.charts import MIDNIGHT, ODD_MIDNIGHT, Scope
from records.completeness.models import Requirement
from records.inventory.models import DocumentType

Trigger = Requirement.Trigger

# Texts have a length, so that the database need not prepare for long ones: that is half of what a table costs to make.
TYPES = {
    "record_id": "bigint",
    "topic": "varchar(40)",
    "episode_id": "bigint",
    "document_id": "bigint",
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
MAY_BE_ABSENT = ("episode_id", "document_id", "due_at", "at", "served_by", "owed_by")
VERDICTS = ", ".join(f"{name} {kind}{'' if name in MAY_BE_ABSENT else ' NOT NULL'}" for name, kind in TYPES.items())

# Where each trigger looks: the rows, the bounds of the moment, and the columns that say which episode it is.
PLACES = {
    Trigger.ADMISSION: ("chart c", "c.start", None),
    Trigger.BIRTH: ("chart c", "c.start", None),
    Trigger.DISCHARGE: ("chart c", "c.end", None),
    Trigger.PROCEDURE_START: ("chart c JOIN {episodes} e USING (record_id)", "e.start", "procedure"),
    Trigger.PROCEDURE_END: ("chart c JOIN {episodes} e USING (record_id)", "e.end", "procedure"),
    Trigger.RESTRAINT_START: ("chart c JOIN {episodes} e USING (record_id)", "e.start", "restraint"),
}


@dataclass(frozen=True)
class Rule:
    """A requirement with its document types looked up and its place in the order of strictness."""

    requirement: Requirement
    types: tuple[int, ...]
    precedence: int

    @property
    def parameters(self) -> dict:
        of = self.requirement
        return {
            "topic": of.topic,
            "requirement": of.pk,
            "precedence": self.precedence,
            "types": list(self.types),
            "missing_type": self.types[0],
            "classes": of.encounter_classes,
            "services": of.services,
            "dispositions": of.dispositions,
            "dispositions_excepted": of.dispositions_excepted,
            "stay_at_least": of.stay_at_least_hours,
            "stay_less_than": of.stay_less_than_hours,
            "not_before": of.not_before_hours,
            "hours": of.due_after_hours,
            "days": of.due_after_days,
            "sections": of.sections_required,
        }


def in_force(facility) -> list[Rule]:
    """Every version of every requirement that binds a facility, strictest authority first."""
    place = Func(OuterRef("document_types"), F("code"), function="array_position", output_field=IntegerField())
    types = DocumentType.objects.alias(place=place).filter(place__isnull=False).order_by("place").values("pk")
    requirements = (
        Requirement.objects.filter(profile__facilities=facility)
        .select_related("profile")
        .annotate(types=ArraySubquery(types))
        .order_by("profile__rank", "code", "version")
    )
    return [
        Rule(requirement, tuple(requirement.types), precedence) for precedence, requirement in enumerate(requirements)
    ]


def judge(cursor, scope: Scope, rules: Iterable[Rule], *, among: list[Rule] | None = None):
    """Fill the table `verdict`; conditions look for other topics `among` all rules, of which these may be a part."""
    tables.empty(cursor, "verdict", VERDICTS)
    rules = list(rules)
    for rule in rules:
        statement, parameters = verdicts(rule, scope, among or rules)
        cursor.execute(f"INSERT INTO verdict ({', '.join(COLUMNS)}) {statement}", parameters)
    cursor.execute("ANALYZE verdict")


def verdicts(rule: Rule, scope: Scope, rules: list[Rule]) -> tuple[str, dict]:
    """The query for one requirement's verdicts (COLUMNS), reading `chart`, and its parameters."""
    compose = entries if rule.requirement.judges_entries else occasions
    return compose(rule, scope, rules), scope.parameters | rule.parameters


def applies(requirement: Requirement, day: str) -> str:
    """Clause 1 and the version's dates: the conditions on the chart `c` and on the occasion's local `day`."""
    said = ["c.judged"]
    if requirement.encounter_classes:
        said.append("c.encounter_class = ANY(%(classes)s)")
    if requirement.services:
        said.append("c.service = ANY(%(services)s)")
    if requirement.dispositions:
        said.append("c.disposition = ANY(%(dispositions)s)")
    if requirement.dispositions_excepted:
        said.append("c.disposition <> ALL(%(dispositions_excepted)s)")
    stay = "coalesce(c.end_last, %(as_of)s) - c.start_first"
    if requirement.stay_at_least_hours is not None:
        said.append(f"{stay} >= %(stay_at_least)s * interval '1 hour'")
    if requirement.stay_less_than_hours is not None:
        said.append(f"{stay} < %(stay_less_than)s * interval '1 hour'")
    return " AND ".join([*said, in_force_on(requirement, day)])


def in_force_on(requirement: Requirement, day: str) -> str:
    """That this version was in force on a local day. By literals, so that several versions fit one statement."""
    effective: DateRange = requirement.effective
    said = ["true"]
    if effective.lower is not None:
        said.append(f"{day} >= '{effective.lower}'::date")
    if effective.upper is not None:
        said.append(f"{day} < '{effective.upper}'::date")
    return " AND ".join(said)


def local_day(moment: str) -> str:
    """The local date of a moment, by its column prefix; that of a stay is worked out once for all rules."""
    return {"c.start": "c.start_day", "c.end": "c.end_day"}.get(moment, f"({moment}_first AT TIME ZONE %(zone)s)::date")


def deadline(requirement: Requirement, first: str, last: str, day: str) -> tuple[str, str, str]:
    """Clause 3: the due moment, the join that it needs, and whether it is past *at* its instant already.

    By the calendar a limit is the midnight that ends a day. By the clock it is elapsed time, counted from the end of
    a day known only as a day.
    """
    if requirement.due_after_days is not None:
        day = f"{day} + %(days)s + 1"
        return MIDNIGHT.format(day=day), ODD_MIDNIGHT.format(day=day), "true"
    if requirement.due_after_hours is not None:
        return f"{last} + %(hours)s * interval '1 hour'", "", f"{first} < {last}"
    return first, "", f"{first} < {last}"


def past(at: str, of: str = "o") -> str:
    """Whether a limit is past at an instant: a clock's limit only after it, a calendar's at it."""
    return f"({at} > {of}.due_at OR ({at} = {of}.due_at AND {of}.at_once))"


def order_of_source(of: str) -> str:
    """Of equals the first in the source's own order, never the first to arrive."""
    return f"{of}.ordinal NULLS LAST, {of}.identifier, {of}.id"


# -- Occasions: one verdict each, from the best candidate ----------------------------------------------------------


def moments(rule: Rule, scope: Scope) -> tuple[str, str, str, str]:
    """Clause 2: where the occasions of a rule are: FROM, the column prefix of their moment, their episode, WHERE."""
    place, moment, kind = PLACES[rule.requirement.trigger]
    exists = [f"{moment}_first <= %(as_of)s"]  # an occasion after `as_of` does not exist yet
    if rule.requirement.trigger == Trigger.BIRTH:
        exists.append("c.encounter_class = 'newborn'")  # a newborn's own record begins at birth
    if kind:
        exists.append(f"e.kind = '{kind}'")
    if kind == "procedure" and rule.requirement.anesthesia_only:
        exists.append("e.anesthesia")
    return place.format(episodes=scope.episodes), moment, "e.id" if kind else "NULL::bigint", " AND ".join(exists)


def of_episode(requirement: Requirement, episode: str) -> str:
    """Clause 6.2: of the same procedure or restraint, or of none of its kind."""
    kind = PLACES[requirement.trigger][2]
    if kind is None:
        return "true"
    others = f"SELECT FROM records_episode x WHERE x.id = d.episode_id AND x.kind = '{kind}'"
    return f"(d.episode_id IS NULL OR d.episode_id = {episode} OR NOT EXISTS ({others}))"


def window(requirement: Requirement, first: str, value: str = "%(not_before)s") -> str:
    """Clause 4: not earlier than the window opens; of a day the latest that it can have been."""
    if requirement.not_before_hours is None:
        return "true"
    opens = f"{first} + {value} * interval '1 hour'"
    return f"(d.authored_last > {opens} OR (d.authored_last = {opens} AND d.authored_first = d.authored_last))"


def complete_at(requirement: Requirement) -> str:
    """Clause 5: the later of authored and signed; a signature of unknown time was made when it was authored."""
    return "GREATEST(d.authored_first, d.signed_first)" if requirement.authentication_required else "d.authored_first"


def precondition(rule: Rule, scope: Scope, rules: list[Rule], episode: str) -> str:
    """Clause 4: another topic was met, in time or late, by a document from before this occasion.

    Each version of the other counts for the occasions of its own days.
    """
    topic = rule.requirement.only_if_met
    if not topic:
        return "true"
    others = [other for other in rules if other.requirement.topic == topic and not other.requirement.judges_entries]
    met = []
    for other in others:
        of = other.requirement
        place, moment, other_episode, exists = moments(other, scope)
        same = (
            f" AND {other_episode} IS NOT DISTINCT FROM o.episode_id" if of.trigger == rule.requirement.trigger else ""
        )
        signed = " AND d.signed" if of.authentication_required else ""
        types = ", ".join(str(pk) for pk in other.types)
        met.append(f"""EXISTS (
            SELECT FROM {place} JOIN {scope.documents(filed=True)} d ON d.record_id = c.record_id
            WHERE c.record_id = o.record_id AND {exists}{same} AND {of_episode(of, "e.id")}{signed}
              AND {in_force_on(of, local_day(moment))}
              AND d.document_type_id IN ({types}) AND {literal(of.sections_required)} <@ d.sections
              AND {window(of, f"{moment}_first", str(of.not_before_hours))} AND d.authored_first < o.first)""")
    return f"({' OR '.join(met) or 'false'})"


def literal(words: list[str]) -> str:
    """Words as an SQL array; they may hold anything, so quotes and percent signs are escaped."""
    quoted = ", ".join("'" + word.replace("'", "''").replace("%", "%%") + "'" for word in words)
    return f"ARRAY[{quoted}]::varchar[]"


def occasions(rule: Rule, scope: Scope, rules: list[Rule]) -> str:
    """The statement for a rule on admission, discharge, a procedure or a restraint."""
    of = rule.requirement
    place, moment, episode, exists = moments(rule, scope)
    first, last = f"{moment}_first", f"{moment}_last"
    day = local_day(moment)
    due_at, join, at_once = deadline(of, first, last, day)
    performer = "e.performer_id" if of.responsible == of.Responsible.SURGEON and episode == "e.id" else "NULL::bigint"
    done = "d.signed" if of.authentication_required else "true"
    rank, fewest = f"CASE WHEN {done} THEN 0 ELSE 1 END", ""
    if of.sections_required:
        lacks = "SELECT unnest(%(sections)s::varchar[]) EXCEPT SELECT unnest(d.sections)"
        rank = f"CASE WHEN NOT %(sections)s::varchar[] <@ d.sections THEN 2 WHEN {done} THEN 0 ELSE 1 END"
        fewest = f"cardinality(ARRAY({lacks})),"
    is_past = past("%(as_of)s")
    element = (
        f"LEFT JOIN LATERAL unnest(CASE WHEN b.rank = 2 AND {is_past} THEN %(sections)s::varchar[] END || ''::varchar) "
        "AS wanted (element) ON true"
        if of.sections_required
        else "CROSS JOIN (VALUES (''::varchar)) AS wanted (element)"
    )
    return f"""
        WITH occasion AS (
            SELECT o.* FROM (
                SELECT c.record_id, {episode} AS episode_id, {first} AS first, {due_at} AS due_at,
                       {at_once} AS at_once, coalesce({performer}, c.attending_id) AS responsible
                FROM {place} {join} WHERE {applies(of, day)} AND {exists}) o
            WHERE {precondition(rule, scope, rules, episode)}
        ), best AS (
            SELECT DISTINCT ON (o.record_id, o.episode_id) o.record_id, o.episode_id, d.id, d.document_type_id,
                   d.author_id, d.authored_first, d.sections, {complete_at(of)} AS at, {rank} AS rank
            FROM occasion o JOIN {scope.documents(filed=True)} d ON d.record_id = o.record_id
            WHERE d.document_type_id = ANY(%(types)s) AND d.authored_first IS NOT NULL
              AND {of_episode(of, "o.episode_id")} AND {window(of, "o.first")}
            ORDER BY o.record_id, o.episode_id, rank, CASE {rank} WHEN 0 THEN {complete_at(of)}
                WHEN 1 THEN d.authored_first END, {fewest} {order_of_source("d")}
        )
        SELECT o.record_id, %(topic)s, o.episode_id, NULL::bigint,
               CASE WHEN wanted.element <> '' THEN 'element:' || wanted.element ELSE 'verdict' END,
               CASE WHEN wanted.element <> '' THEN 'missing_element'
                    WHEN b.rank = 0 AND {past("b.at")} THEN 'late'
                    WHEN b.rank = 0 THEN 'met'
                    WHEN NOT {is_past} THEN 'expected'
                    WHEN b.rank = 1 THEN 'unsigned'
                    WHEN b.rank = 2 THEN 'lacking'
                    ELSE 'missing' END,
               wanted.element, %(requirement)s, %(precedence)s, o.due_at,
               CASE WHEN b.rank = 0 THEN b.at ELSE b.authored_first END, b.id,
               CASE WHEN b.id IS NULL THEN o.responsible ELSE coalesce(b.author_id, o.responsible) END,
               coalesce(b.document_type_id, %(missing_type)s)
        FROM occasion o
        LEFT JOIN best b ON b.record_id = o.record_id AND coalesce(b.episode_id, 0) = coalesce(o.episode_id, 0)
        {element}
        WHERE wanted.element = '' OR wanted.element <> ALL(b.sections)
    """


# -- Entries: each document of a type, or each verbal order, is judged for itself ------------------------------------


def entries(rule: Rule, scope: Scope, rules: list[Rule]) -> str:
    """The statement for a rule on each document or each verbal order (clause 6)."""
    of = rule.requirement
    first, last = "coalesce(d.authored_first, c.start_first)", "coalesce(d.authored_last, c.start_last)"
    day = f"({first} AT TIME ZONE %(zone)s)::date"
    due_at, join, at_once = deadline(of, first, last, day)
    must_sign = of.authentication_required or of.trigger == Trigger.ORDER
    kind = f"""CASE WHEN NOT o.signed AND {past("%(as_of)s")} THEN 'unsigned'
                    WHEN NOT o.signed THEN 'expected'
                    WHEN o.signed_first IS NOT NULL AND {past("o.signed_first")} THEN 'late'
                    ELSE 'met' END"""
    if not must_sign:
        kind = "'met'"
    if of.sections_required:
        lacking = "NOT %(sections)s::varchar[] <@ o.sections"
        kind = f"CASE WHEN {lacking} AND NOT {past('%(as_of)s')} AND {kind} = 'met' THEN 'expected' ELSE {kind} END"
    verbal = "AND d.verbal" if of.trigger == Trigger.ORDER else ""
    performer = "NULL::bigint"
    if of.responsible == of.Responsible.SURGEON:
        performer = f"(SELECT e.performer_id FROM {scope.episodes} e WHERE e.id = d.episode_id)"
    done = "coalesce(o.signed_first, o.first)"
    heads = f"""
        SELECT o.*, 'verdict' AS slot, {kind} AS kind, '' AS element, o.due_at AS due, {done} AS at FROM entry o"""
    undated = f"""
        SELECT o.*, 'undated', CASE WHEN mended.at IS NULL THEN 'undated' ELSE 'met' END, o.absent, NULL::timestamptz,
               mended.at
        FROM entry o CROSS JOIN LATERAL (
            SELECT min(a.authored_first) AS at FROM {scope.documents(filed=False)} a
            WHERE a.addendum_to_id = o.id AND a.signed AND a.authored_first = a.authored_last) mended
        WHERE o.absent IS NOT NULL"""
    elements = f"""
        SELECT o.*, 'element:' || wanted, 'missing_element', wanted, o.due_at, {done}
        FROM entry o, unnest(%(sections)s::varchar[]) AS wanted
        WHERE {past("%(as_of)s")} AND wanted <> ALL(o.sections)"""
    parts = [heads]
    if of.entry_must_have:
        parts.append(undated)
    if of.sections_required:
        parts.append(elements)
    return f"""
        WITH entry AS (
            SELECT c.record_id, d.id, d.episode_id, d.document_type_id, d.authored_first, d.sections,
                   d.signed, d.signed_first, {due_at} AS due_at, {at_once} AS at_once,
                   {first} AS first, {first_absent(of)} AS absent,
                   coalesce(d.author_id, {performer}, c.attending_id) AS responsible
            FROM chart c JOIN {scope.documents(filed=False)} d ON d.record_id = c.record_id {join}
            WHERE {applies(of, day)} AND d.document_type_id = ANY(%(types)s) AND d.status <> 'superseded' {verbal}
        )
        SELECT v.record_id, %(topic)s, v.episode_id, v.id, v.slot, v.kind, v.element, %(requirement)s, %(precedence)s,
               v.due, v.at, v.id, v.responsible, v.document_type_id
        FROM ({" UNION ALL ".join(parts)}) v
    """


def first_absent(requirement: Requirement) -> str:
    """Clause 6: the first of date, time, signature's date and time that the rule asks for and the entry lacks."""
    lacks = {
        "date": "d.authored_first IS NULL",
        "time": "d.authored_first IS NULL OR d.authored_first < d.authored_last",
        "signature_date": "d.signed AND d.signed_first IS NULL",
        "signature_time": "d.signed AND (d.signed_first IS NULL OR d.signed_first < d.signed_last)",
    }
    asked = [
        f"WHEN {lacks[name]} THEN '{name}'"
        for name in Requirement.ENTRY_ELEMENTS
        if name in requirement.entry_must_have
    ]
    return f"CASE {' '.join(asked)} END" if asked else "NULL::text"
