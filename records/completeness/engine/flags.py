"""What the inventory shows of each record, summed up from its verdicts and deficiencies."""

from records.completeness.engine import tables
from records.completeness.engine.charts import MIDNIGHT, ODD_MIDNIGHT, UNDONE, VOID, Scope, within

COLUMNS = (
    "status",
    "requirements_due",
    "requirements_met",
    "open_deficiencies",
    "oldest_due_at",
    "delinquent_at",
    "completed_at",
    "next_check_at",
)


def sum_up(cursor, scope: Scope):
    """Make `flag`: one row per record, as docs/completeness.md states under "The record"."""
    tables.fill(cursor, "flag", flag(scope), scope.parameters)


def flag(scope: Scope) -> str:
    """The query for `flag`, reading `chart`, `verdict` and `standing`."""
    delinquent_day = "c.end_day + %(delinquent_after_days)s + 1"
    moments = ("d.authored_first", "d.signed_first", "d.cosigned_first")
    is_later = f"d.status NOT IN {VOID} AND ({' OR '.join(f'{moment} > %(as_of)s' for moment in moments)})"
    next_moment = first_later(*moments)
    return f"""
        WITH occasion AS (
            SELECT record_id,
                   bool_and(kind IN ('met', 'late')) AS met,
                   max(at) FILTER (WHERE slot = 'verdict' AND kind IN ('met', 'late')) AS at,
                   min(due_at) FILTER (WHERE kind = 'expected') AS due_at
            FROM verdict GROUP BY record_id, topic, episode_id, document_id
        ), tally AS (
            SELECT record_id, count(*) AS due, count(*) FILTER (WHERE met) AS met, max(at) AS at,
                   min(due_at) AS next_due_at
            FROM occasion GROUP BY record_id
        ), owing AS (
            SELECT record_id,
                   count(*) FILTER (WHERE status = 'open' AND mendable) AS open,
                   count(*) FILTER (WHERE status = 'open' AND mendable AND counts) AS counting,
                   min(due_at) FILTER (WHERE status = 'open' AND mendable) AS oldest_due_at,
                   max(waived_at) FILTER (WHERE status = 'waived') AS waived_at
            FROM standing GROUP BY record_id
        ), later AS (
            SELECT record_id, min(at) AS at FROM (
                SELECT record_id, later AS at FROM chart WHERE later IS NOT NULL
                UNION ALL
                SELECT e.record_id, {first_later("e.start_first", "e.end_first")}
                FROM chart JOIN {scope.table("records_episode")} e USING (record_id)
                WHERE {within("e.record_id")} AND e.status NOT IN {UNDONE}
                    AND (e.start_first > %(as_of)s OR e.end_first > %(as_of)s)
                UNION ALL
                SELECT d.record_id, {next_moment}
                FROM chart JOIN {scope.table("records_document")} d USING (record_id)
                WHERE {within("d.record_id")} AND {is_later}
                UNION ALL
                SELECT f.record_id, {next_moment}
                FROM {scope.filings} JOIN chart ON chart.record_id = f.record_id
                WHERE {within("f.record_id")} AND {is_later}
            ) moments GROUP BY record_id
        ), summed AS (
            SELECT c.record_id, c.end_first, c.planned, c.judged, c.start_first,
                   coalesce(t.due, 0) AS requirements_due, coalesce(t.met, 0) AS requirements_met,
                   coalesce(o.open, 0) AS open_deficiencies, o.oldest_due_at,
                   CASE WHEN o.counting > 0 THEN {MIDNIGHT.format(day=delinquent_day)} END AS delinquent_at,
                   GREATEST(c.end_first, t.at, o.waived_at) AS completed_at,
                   t.next_due_at, n.at AS later
            FROM chart c
            LEFT JOIN tally t USING (record_id)
            LEFT JOIN owing o USING (record_id)
            LEFT JOIN later n USING (record_id)
            {ODD_MIDNIGHT.format(day=delinquent_day)}
        ), named AS (
            SELECT *, CASE
                WHEN open_deficiencies > 0 AND delinquent_at <= %(as_of)s THEN 'delinquent'
                WHEN open_deficiencies > 0 THEN 'incomplete'
                WHEN planned OR start_first > %(as_of)s OR (judged AND end_first IS NULL) THEN 'in_progress'
                WHEN next_due_at IS NOT NULL THEN 'discharged'
                ELSE 'complete' END AS status
            FROM summed
        )
        SELECT record_id, status::varchar(12), requirements_due, requirements_met, open_deficiencies, oldest_due_at,
               delinquent_at,
               CASE WHEN status = 'complete' THEN coalesce(completed_at, start_first) END AS completed_at,
               LEAST(next_due_at, later, CASE WHEN delinquent_at > %(as_of)s THEN delinquent_at END) AS next_check_at
        FROM named
    """


def first_later(*moments: str) -> str:
    """The first of these moments that lies after `as_of`."""
    return f"LEAST({', '.join(f'CASE WHEN {moment} > %(as_of)s THEN {moment} END' for moment in moments)})"


def write(cursor, scope: Scope):
    """Write the flags that changed. A record that somebody closed stays closed, whatever it lacks."""
    stood, found = (", ".join(f"{of}.{name}" for name in COLUMNS) for of in "rf")
    cursor.execute(
        f"""
        UPDATE records_record r SET ({", ".join(COLUMNS)}) = ({found})
        FROM (
            SELECT f.record_id, CASE WHEN r.closed_at IS NULL THEN f.status ELSE 'closed' END AS status,
                   f.requirements_due, f.requirements_met, f.open_deficiencies, f.oldest_due_at, f.delinquent_at,
                   CASE WHEN r.closed_at IS NULL THEN f.completed_at END AS completed_at, f.next_check_at
            FROM flag f JOIN records_record r ON r.encounter_id = f.record_id
            WHERE {within("r.encounter_id")}
        ) f
        WHERE {within("r.encounter_id")} AND r.encounter_id = f.record_id
            AND ({stood}) IS DISTINCT FROM ({found})
        """,
        scope.parameters,
    )
