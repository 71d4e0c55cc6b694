"""The statement for a rule on admission, discharge, birth, a procedure or a restraint: one verdict for each occasion.

The documents that may serve an occasion are told apart by a rank: complete; lacking the co-signature alone; lacking
the signature; lacking sections. The best of them decides.
"""

from records.completeness.engine import clauses, signing
from records.completeness.engine.binding import Rule
from records.completeness.engine.charts import Scope
from records.completeness.models import Requirement

COMPLETE, UNCOSIGNED, UNSIGNED, LACKING = range(4)


def statement(rule: Rule, scope: Scope, rules: list[Rule]) -> str:
    of = rule.requirement
    place, moment, episode, exists = clauses.moments(rule, scope)
    first, last = f"{moment}_first", f"{moment}_last"
    day = clauses.local_day(moment)
    due_at, join, at_once = clauses.deadline(of, first, last, day)
    performer = "e.performer_id" if of.responsible == of.Responsible.SURGEON and episode == "e.id" else "NULL::bigint"
    is_past = clauses.past("%(as_of)s")
    return f"""
        WITH occasion AS (
            SELECT o.* FROM (
                SELECT c.record_id, {episode} AS episode_id, {first} AS first, {due_at} AS due_at,
                       {at_once} AS at_once, coalesce({performer}, c.attending_id) AS responsible, c.attending_id
                FROM {place} {join} WHERE {clauses.applies(of, scope, day)} AND {exists}) o
            WHERE {precondition(rule, scope, rules)}
              AND NOT {clauses.exempt(of.topic, rules, scope, record="o.record_id", episode="o.episode_id")}
        ), best AS ({best(of, scope)})
        SELECT o.record_id, %(topic)s, o.episode_id, NULL::bigint, NULL::int,
               CASE WHEN wanted.element <> '' THEN 'element:' || wanted.element ELSE 'verdict' END,
               CASE WHEN wanted.element <> '' THEN 'missing_element'
                    WHEN b.rank = {COMPLETE} AND {clauses.past("b.at")} THEN 'late'
                    WHEN b.rank = {COMPLETE} THEN 'met'
                    WHEN NOT {is_past} THEN 'expected'
                    WHEN b.rank = {UNCOSIGNED} THEN 'uncosigned'
                    WHEN b.rank = {UNSIGNED} THEN 'unsigned'
                    WHEN b.rank = {LACKING} THEN 'lacking'
                    ELSE 'missing' END,
               wanted.element, %(requirement)s, %(precedence)s, o.due_at,
               CASE WHEN b.rank = {COMPLETE} THEN b.at ELSE b.authored_first END, b.id,
               {owed_by(of)}, coalesce(b.document_type_id, %(missing_type)s)
        FROM occasion o
        LEFT JOIN best b ON b.record_id = o.record_id AND coalesce(b.episode_id, 0) = coalesce(o.episode_id, 0)
        {elements(of, is_past)}
        WHERE wanted.element = '' OR wanted.element <> ALL(b.sections)
    """


def best(of: Requirement, scope: Scope) -> str:
    """The query for the document that serves each occasion best (clauses 6, 7.3 and 7.4)."""
    rank, at = rank_of(of), signing.complete_at(of)
    fewest = ""
    if of.sections_required:
        lacks = "SELECT unnest(%(sections)s::varchar[]) EXCEPT SELECT unnest(d.sections)"
        fewest = f"cardinality(ARRAY({lacks})),"
    return f"""
        SELECT DISTINCT ON (o.record_id, o.episode_id) o.record_id, o.episode_id, d.id, d.document_type_id,
               d.author_id, d.cosigner_id, d.authored_first, d.sections, {at} AS at, {rank} AS rank,
               {signing.cosigned_last(of)} AS cosigned_last
        FROM occasion o JOIN {scope.documents(filed=True)} d ON d.record_id = o.record_id
        WHERE d.document_type_id = ANY(%(types)s) AND d.authored_first IS NOT NULL
          AND {clauses.of_episode(of, "o.episode_id")} AND {clauses.window(of, "o.first")}
        ORDER BY o.record_id, o.episode_id, rank, CASE WHEN {rank} = {COMPLETE} THEN {at}
            WHEN {rank} < {LACKING} THEN d.authored_first END, {fewest} {clauses.order_of_source("d")}
    """


def rank_of(of: Requirement) -> str:
    lacks = []
    if of.sections_required:
        lacks.append(f"WHEN NOT %(sections)s::varchar[] <@ d.sections THEN {LACKING}")
    if of.authentication_required:
        lacks.append(f"WHEN NOT d.signed THEN {UNSIGNED}")
    if of.cosignature:
        lacks.append(f"WHEN {signing.wants_cosignature(of)} AND NOT d.cosigned THEN {UNCOSIGNED}")
    return f"CASE {' '.join(lacks)} ELSE {COMPLETE} END" if lacks else f"{COMPLETE}"


def owed_by(of: Requirement) -> str:
    """Clause 11: whom the rule names for what is missing, the co-signer for a co-signature, else the author."""
    second = ""
    if of.cosignature:
        alone = f"b.rank = {UNCOSIGNED} OR (b.rank = {COMPLETE} AND b.cosigned_last)"
        second = f"WHEN {alone} THEN coalesce(b.cosigner_id, o.attending_id)"
    return f"CASE WHEN b.id IS NULL THEN o.responsible {second} ELSE coalesce(b.author_id, o.responsible) END"


def elements(of: Requirement, is_past: str) -> str:
    """A row for the verdict, and one for each section that may be missing once the limit is past."""
    if not of.sections_required:
        return "CROSS JOIN (VALUES (''::varchar)) AS wanted (element)"
    names = f"CASE WHEN b.rank = {LACKING} AND {is_past} THEN %(sections)s::varchar[] END"
    return f"LEFT JOIN LATERAL unnest({names} || ''::varchar) AS wanted (element) ON true"


def precondition(rule: Rule, scope: Scope, rules: list[Rule]) -> str:
    """Clauses 3.4 and 3.5: another topic was met, in time or late, by a document from before this occasion.

    Each version of the other counts for the occasions of its own days.
    """
    topic = rule.requirement.only_if_met
    if not topic:
        return "true"
    others = [other for other in rules if other.requirement.topic == topic and other.requirement.asks_once]
    met = []
    for other in others:
        of = other.requirement
        place, moment, other_episode, exists = clauses.moments(other, scope)
        same = (
            f" AND {other_episode} IS NOT DISTINCT FROM o.episode_id" if of.trigger == rule.requirement.trigger else ""
        )
        types = ", ".join(str(pk) for pk in other.types)
        opens = clauses.window(of, f"{moment}_first", str(of.not_before_hours))
        met.append(f"""EXISTS (
            SELECT FROM {place} JOIN {scope.documents(filed=True)} d ON d.record_id = c.record_id
            WHERE c.record_id = o.record_id AND {exists}{same} AND {clauses.of_episode(of, "e.id")}
              AND {clauses.in_force_on(of, clauses.local_day(moment))} AND {signing.has_all(of)}
              AND d.document_type_id IN ({types}) AND {clauses.literal(of.sections_required)} <@ d.sections
              AND {opens} AND d.authored_first < o.first)""")
    return f"({' OR '.join(met) or 'false'})"
