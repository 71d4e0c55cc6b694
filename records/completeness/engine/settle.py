"""From verdicts to deficiencies: collapse to the strictest, compare with what stands, write the difference.

What is the same is not touched, so the same night twice writes nothing; every change leaves a row of history in the
statement that makes it.
"""

from records.completeness.engine import tables
from records.completeness.engine.charts import Scope, within

FINDING = "('missing', 'unsigned', 'uncosigned', 'undated', 'missing_element', 'late', 'gap')"
FACTS = "('late', 'gap')"  # what was met late, or can no longer be met: born resolved, and never open


def same(left: str, right: str, *, slot: bool = True) -> str:
    """That two rows are about the same occasion, and fill the same slot and block of it.

    By coalesce, because IS NOT DISTINCT FROM cannot be hashed.
    """
    said = [
        f"{left}.record_id = {right}.record_id",
        f"{left}.topic = {right}.topic",
        f"coalesce({left}.episode_id, 0) = coalesce({right}.episode_id, 0)",
        f"coalesce({left}.document_id, 0) = coalesce({right}.document_id, 0)",
    ]
    if slot:
        said.append(f"coalesce({left}.block, -1) = coalesce({right}.block, -1)")
        said.append(f"{left}.slot = {right}.slot")
    return " AND ".join(said)


def collapse(cursor, scope: Scope):
    """Make `finding` (one per occasion and slot, the earliest due: the strictest wins) and `expected`.

    What is open comes before what was met late: a lax rule that was met may not hide a strict one that was not.
    """
    tables.fill(cursor, "finding", findings())
    tables.analyze(cursor, "finding")
    tables.fill(cursor, "expectation", expectations())
    tables.analyze(cursor, "expectation")


def findings() -> str:
    """The query for `finding`, reading `verdict`."""
    return f"""
        SELECT DISTINCT ON (record_id, topic, episode_id, document_id, block, slot) *
        FROM verdict WHERE kind IN {FINDING}
        ORDER BY record_id, topic, episode_id, document_id, block, slot, kind = 'late', kind = 'gap',
                 due_at NULLS LAST, precedence
    """


def expectations() -> str:
    """The query for `expectation`, reading `verdict` and `finding`."""
    return f"""
        SELECT DISTINCT ON (record_id, topic, episode_id, document_id) v.*
        FROM verdict v WHERE kind = 'expected' AND NOT EXISTS (
            SELECT FROM finding f WHERE {same("f", "v", slot=False)} AND f.kind NOT IN ('late', 'gap', 'undated'))
        ORDER BY record_id, topic, episode_id, document_id, due_at, precedence, block
    """


def write(cursor, scope: Scope, run: int) -> tuple[int, int]:
    """Write the difference; returns how many deficiencies became open and how many left it.

    What is found no more was met, is not due after all, or is withdrawn: its occasion is gone, or the document whose
    section or time was asked for is.
    """
    parameters = scope.parameters | {"run": run}
    stood = f"SELECT s.* FROM chart c JOIN records_deficiency s USING (record_id) WHERE {within('s.record_id')}"
    tables.fill(cursor, "stood", stood, scope.parameters)
    # Of the table itself the planner may know nothing yet: in a first night it is empty when the night begins.
    tables.analyze(cursor, "stood")
    cursor.execute(
        f"""
        WITH settled AS (
            INSERT INTO records_deficiency AS d (record_id, topic, episode_id, document_id, block, slot, requirement_id,
                document_type_id, owed_by_id, due_at, kind, element, status, cause, served_by_id, mendable, opened_at,
                resolved_at, waived_because, reassigned_at, reassigned_by_id, reassigned_because, reassigned_from_id)
            SELECT f.record_id, f.topic, f.episode_id, f.document_id, f.block, f.slot, f.requirement_id,
                   f.document_type_id, o.owed_by, f.due_at, {KIND}, f.element, {STATUS}, {CAUSE}, f.served_by,
                   {MENDABLE}, %(as_of)s, {RESOLVED_AT}, '',
                   CASE WHEN o.kept THEN s.reassigned_at END, CASE WHEN o.kept THEN s.reassigned_by_id END,
                   CASE WHEN o.kept THEN s.reassigned_because ELSE '' END,
                   CASE WHEN o.kept THEN s.reassigned_from_id END
            FROM finding f LEFT JOIN stood s ON {same("s", "f")}
            CROSS JOIN LATERAL (SELECT k.kept, CASE WHEN k.kept THEN s.owed_by_id ELSE f.owed_by END AS owed_by
                                FROM (SELECT {STILL_REASSIGNED} AS kept) k) o
            WHERE s.id IS NULL OR s.status <> 'waived' AND
                (s.status, s.kind, s.mendable, s.element, s.requirement_id, s.document_type_id, s.owed_by_id, s.due_at,
                 s.served_by_id, s.resolved_at, s.reassigned_at)
                IS DISTINCT FROM
                ({STATUS}, {KIND}, {MENDABLE}, f.element, f.requirement_id, f.document_type_id, o.owed_by, f.due_at,
                 f.served_by, {RESOLVED_AT}, CASE WHEN o.kept THEN s.reassigned_at END)
            ORDER BY f.record_id, f.topic, f.episode_id, f.document_id, f.block, f.slot
            ON CONFLICT (record_id, topic, episode_id, document_id, block, slot) DO UPDATE SET
                requirement_id = excluded.requirement_id, document_type_id = excluded.document_type_id,
                owed_by_id = excluded.owed_by_id, due_at = excluded.due_at, kind = excluded.kind,
                element = excluded.element, status = excluded.status, cause = excluded.cause,
                mendable = excluded.mendable,
                served_by_id = excluded.served_by_id, resolved_at = excluded.resolved_at,
                reassigned_at = excluded.reassigned_at, reassigned_by_id = excluded.reassigned_by_id,
                reassigned_because = excluded.reassigned_because, reassigned_from_id = excluded.reassigned_from_id
            RETURNING new.*, coalesce(old.status = 'open', false) AS was_open
        ), {HISTORY}
        SELECT count(*) FILTER (WHERE status = 'open' AND NOT was_open),
               count(*) FILTER (WHERE status <> 'open' AND was_open) FROM settled
        """,
        parameters,
    )
    opened, closed = cursor.fetchone()
    is_judged_still = f"EXISTS (SELECT FROM verdict v WHERE {same('v', 's', slot=False)} AND v.slot = 'series')"
    cursor.execute(
        f"""
        WITH lost AS MATERIALIZED (
            SELECT s.* FROM stood s
            WHERE (s.status = 'open' OR (s.status = 'resolved' AND (s.kind = 'late' OR NOT s.mendable)))
              AND NOT EXISTS (SELECT FROM finding f WHERE {same("f", "s")})
        ), head AS (
            SELECT DISTINCT ON (record_id, topic, episode_id, document_id) record_id, topic, episode_id, document_id,
                   kind, at
            FROM verdict WHERE slot = 'verdict' AND block IS NULL AND record_id IN (SELECT record_id FROM lost)
            ORDER BY record_id, topic, episode_id, document_id, kind = 'expected', precedence
        ), gone AS (
            SELECT s.id, coalesce(m.at, CASE WHEN s.slot <> 'undated' THEN h.at END, %(as_of)s) AS at,
                   CASE WHEN s.block IS NOT NULL AND {is_judged_still} THEN 'no_gap'
                        WHEN h.kind IS NULL OR (s.slot <> 'verdict' AND h.kind = 'missing') THEN 'withdrawn'
                        WHEN h.kind = 'expected' AND s.slot <> 'undated' THEN 'not_due'
                        ELSE 'met' END AS cause
            FROM lost s
            LEFT JOIN head h ON {same("h", "s", slot=False)} AND s.block IS NULL
            LEFT JOIN verdict m ON s.slot = 'undated' AND m.slot = s.slot AND m.kind = 'met'
                AND m.requirement_id = s.requirement_id AND {same("m", "s", slot=False)}
            ORDER BY s.id
        ), settled AS (
            UPDATE records_deficiency d SET
                cause = g.cause,
                status = CASE WHEN g.cause <> 'met' OR d.kind = 'late' THEN 'void' ELSE 'resolved' END,
                resolved_at = CASE WHEN g.cause = 'met' AND d.kind <> 'late' THEN g.at END
            FROM gone g WHERE d.id = g.id
            RETURNING new.*, old.status = 'open' AS was_open
        ), {HISTORY}
        SELECT count(*) FILTER (WHERE was_open) FROM settled
        """,
        parameters,
    )
    closed += cursor.fetchone()[0]
    cursor.execute(
        f"""
        DELETE FROM records_expected x USING chart c
        WHERE x.record_id = c.record_id AND {within("x.record_id")} AND NOT EXISTS (
            SELECT FROM expectation e WHERE {same("e", "x", slot=False)} AND {unchanged("e", "x")})
        """,
        scope.parameters,
    )
    cursor.execute(
        f"""
        INSERT INTO records_expected (record_id, topic, episode_id, document_id, block, requirement_id,
            document_type_id, owed_by_id, due_at)
        SELECT e.record_id, e.topic, e.episode_id, e.document_id, e.block, e.requirement_id, e.document_type_id,
               e.owed_by, e.due_at
        FROM expectation e
        WHERE NOT EXISTS (
            SELECT FROM records_expected x WHERE {same("e", "x", slot=False)} AND {within("x.record_id")})
        """,
        scope.parameters,
    )
    return opened, closed


def unchanged(new: str, old: str) -> str:
    return (
        f"{new}.requirement_id = {old}.requirement_id AND {new}.document_type_id = {old}.document_type_id AND "
        f"{new}.due_at = {old}.due_at AND coalesce({new}.owed_by, 0) = coalesce({old}.owed_by_id, 0) AND "
        f"coalesce({new}.block, -1) = coalesce({old}.block, -1)"
    )


# A finding `f` as a deficiency. A gap that nothing can mend is missing for good: no more open than what was met late.
KIND = "CASE f.kind WHEN 'gap' THEN 'missing' ELSE f.kind END"
STATUS = f"CASE WHEN f.kind IN {FACTS} THEN 'resolved' ELSE 'open' END"
CAUSE = "CASE f.kind WHEN 'late' THEN 'met_late' WHEN 'gap' THEN 'gap' ELSE 'found' END"
MENDABLE = "f.kind <> 'gap'"
RESOLVED_AT = f"CASE WHEN f.kind IN {FACTS} THEN f.at END"

# Who was named by a person owes it until it is closed, and in what was then met late; what opens anew is owed by whom
# the rule names.
STILL_REASSIGNED = f"""s.reassigned_at IS NOT NULL AND (s.status = 'open'
    OR (s.status = 'resolved' AND (s.kind = 'late' OR NOT s.mendable) AND f.kind IN {FACTS}))"""

HISTORY = """written AS (
    INSERT INTO records_deficiencyevent (deficiency_id, as_of, run_id, status, kind, cause, due_at, resolved_at,
        owed_by_id, requirement_id, because, reassigned_at, reassigned_from_id)
    SELECT id, %(as_of)s, %(run)s, status, kind, cause, due_at, resolved_at, owed_by_id, requirement_id, '',
        reassigned_at, reassigned_from_id
    FROM settled ORDER BY id
)"""


def stand(cursor, scope: Scope):
    """Make `standing`: the deficiencies of these records as they are after this run.

    A what-if reads its own findings instead, less what had been waived by then.
    """
    query = would_stand()
    if scope.written:
        query = f"""
            SELECT s.record_id, s.status, s.kind, s.mendable, s.due_at, s.waived_at,
                   coalesce(q.counts_toward_delinquency, true) AS counts
            FROM chart c JOIN records_deficiency s USING (record_id)
            LEFT JOIN records_requirement q ON q.id = s.requirement_id
            WHERE {within("s.record_id")} AND (s.status IN ('open', 'waived') OR s.kind = 'late')
        """
    tables.fill(cursor, "standing", query, scope.parameters)


WAIVED_BY_THEN = """w.waived_at <= %(as_of)s
            AND w.waived_at <= coalesce(%(known_at)s, 'infinity'::timestamptz)"""
WAIVED_NOW = "w.status = 'waived'"


def would_stand(waived: str = WAIVED_BY_THEN) -> str:
    """The query for `standing` in a what-if, reading `finding`: what would be open, less what was waived by then."""
    return f"""
        SELECT f.record_id, CASE WHEN f.kind IN {FACTS} THEN 'resolved' WHEN w.waived_at IS NULL THEN 'open'
               ELSE 'waived' END AS status, {KIND} AS kind, {MENDABLE} AS mendable, f.due_at, w.waived_at,
               q.counts_toward_delinquency AS counts
        FROM finding f JOIN records_requirement q ON q.id = f.requirement_id
        LEFT JOIN records_deficiency w ON {same("w", "f")} AND {waived}
            AND {within("w.record_id")}
    """
