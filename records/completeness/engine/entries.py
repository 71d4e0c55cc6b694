"""The statement for a rule on entries: each document of a type, or each verbal order, is judged for itself."""

from records.completeness.engine import clauses, signing
from records.completeness.engine.binding import Rule
from records.completeness.engine.charts import Scope
from records.completeness.models import Requirement

Trigger = Requirement.Trigger


def statement(rule: Rule, scope: Scope, rules: list[Rule]) -> str:
    """Section 8 of the clauses."""
    of = rule.requirement
    first, last = "coalesce(d.authored_first, c.start_first)", "coalesce(d.authored_last, c.start_last)"
    day = f"({first} AT TIME ZONE %(zone)s)::date"
    due_at, join, at_once = clauses.deadline(of, first, last, day)
    verbal = "AND d.verbal" if of.trigger == Trigger.ORDER else ""
    performer = "NULL::bigint"
    if of.responsible == of.Responsible.SURGEON:
        performer = f"(SELECT e.performer_id FROM {scope.episodes} e WHERE e.id = d.episode_id)"
    return f"""
        WITH entry AS (
            SELECT c.record_id, d.id, d.episode_id, d.document_type_id, d.authored_first, d.sections, d.signed,
                   d.signed_first, d.cosigned, d.cosigned_first,
                   {signing.wants_cosignature(of, day)} AS wants_cosignature,
                   coalesce(d.cosigner_id, c.attending_id) AS cosigner, {due_at} AS due_at, {at_once} AS at_once,
                   {first} AS first, {first_absent(of)} AS absent,
                   coalesce(d.author_id, {performer}, c.attending_id) AS responsible
            FROM chart c JOIN {scope.documents(filed=False)} d ON d.record_id = c.record_id {join}
            WHERE {clauses.applies(of, scope, day)} AND d.document_type_id = ANY(%(types)s)
              AND d.status <> 'superseded' {verbal}
              AND NOT {clauses.exempt(of.topic, rules, scope, record="d.record_id", episode="d.episode_id")}
        )
        SELECT v.record_id, %(topic)s, v.episode_id, v.id, NULL::int, v.slot, v.kind, v.element, %(requirement)s,
               %(precedence)s, v.due, v.at, v.id, v.owed_by, v.document_type_id
        FROM ({" UNION ALL ".join(slots(of, scope))}) v
    """


def slots(of: Requirement, scope: Scope) -> list[str]:
    """A query for each slot that an entry may fill: its verdict, its absent dates, its sections."""
    done = f"coalesce({last_signature(of)}, o.signed_first, o.first)"
    parts = [
        f"""
        SELECT o.*, 'verdict' AS slot, {kind(of)} AS kind, '' AS element, o.due_at AS due, {done} AS at,
               {owed_by(of)} AS owed_by FROM entry o"""
    ]
    if of.entry_must_have:
        parts.append(f"""
        SELECT o.*, 'undated', CASE WHEN mended.at IS NULL THEN 'undated' ELSE 'met' END, o.absent, NULL::timestamptz,
               mended.at, o.responsible
        FROM entry o CROSS JOIN LATERAL (
            SELECT min(a.authored_first) AS at FROM {scope.addenda} a
            WHERE a.addendum_to_id = o.id AND a.signed AND a.authored_first = a.authored_last) mended
        WHERE o.absent IS NOT NULL""")
    if of.sections_required:
        parts.append(f"""
        SELECT o.*, 'element:' || wanted, 'missing_element', wanted, o.due_at, {done}, o.responsible
        FROM entry o, unnest(%(sections)s::varchar[]) AS wanted
        WHERE {clauses.past("%(as_of)s")} AND wanted <> ALL(o.sections)""")
    return parts


def must_sign(of: Requirement) -> bool:
    """Clause 8.3: where the rule asks for authentication, and always for an order."""
    return of.authentication_required or of.trigger == Trigger.ORDER


def last_signature(of: Requirement) -> str:
    """When the last of the signatures that are asked for was made, as far as that is known."""
    asked = ["o.signed_first"] if must_sign(of) else []
    asked += ["CASE WHEN o.wants_cosignature THEN o.cosigned_first END"] if of.cosignature else []
    return f"GREATEST({', '.join(asked)})" if asked else "NULL::timestamptz"


def kind(of: Requirement) -> str:
    """How an entry stands: what its signatures lack, else what its sections lack."""
    is_past = clauses.past("%(as_of)s")
    lacks = {"unsigned": "NOT o.signed"} if must_sign(of) else {}
    lacks |= {"uncosigned": "(o.wants_cosignature AND NOT o.cosigned)"} if of.cosignature else {}
    said = [f"WHEN {condition} AND {is_past} THEN '{name}'" for name, condition in lacks.items()]
    if lacks:
        last = last_signature(of)
        said.append(f"WHEN {' OR '.join(lacks.values())} THEN 'expected'")
        said.append(f"WHEN {last} IS NOT NULL AND {clauses.past(last)} THEN 'late'")
    if of.sections_required:
        said.append(f"WHEN NOT %(sections)s::varchar[] <@ o.sections AND NOT {is_past} THEN 'expected'")
    return f"CASE {' '.join(said)} ELSE 'met' END" if said else "'met'"


def owed_by(of: Requirement) -> str:
    """Clause 11: the co-signer, where the co-signature alone is not there, or came last and late; else the author."""
    if not of.cosignature:
        return "o.responsible"
    alone = f"(NOT o.cosigned OR ({clauses.past('o.cosigned_first')}))"
    if must_sign(of):
        last = "o.cosigned_first > coalesce(o.signed_first, '-infinity')"
        alone = f"o.signed AND (NOT o.cosigned OR ({clauses.past('o.cosigned_first')} AND {last}))"
    return f"CASE WHEN o.wants_cosignature AND {alone} THEN o.cosigner ELSE o.responsible END"


def first_absent(requirement: Requirement) -> str:
    """Clause 8.5: the first of date, time, signature's date and time that the rule asks for and the entry lacks."""
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
