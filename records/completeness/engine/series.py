"""The statements for a rule that asks for a document again and again: one verdict for each gap in the series.

By hours, each document reaches so far, and a gap is whatever no document reaches: one multirange less another. By days,
documents are counted in blocks of the calendar. What was there in time leaves one row for the whole series.
"""

from records.completeness.engine import clauses
from records.completeness.engine.binding import Rule
from records.completeness.engine.charts import MIDNIGHT, ODD_MIDNIGHT, Scope

EVERY_HOURS = "%(every_hours)s * interval '1 hour'"


def statement(rule: Rule, scope: Scope, rules: list[Rule]) -> str:
    """Section 14 of the clauses."""
    of = rule.requirement
    place, moment, episode, exists = clauses.moments(rule, scope)
    first, last, day = f"{moment}_first", f"{moment}_last", clauses.local_day(moment)
    ends = "c.end_first" if moment == "c.start" else "LEAST(e.end_first, c.end_first)"
    performer = "e.performer_id" if of.responsible == of.Responsible.SURGEON and episode == "e.id" else "NULL::bigint"
    return f"""
        WITH occasion AS (
            SELECT o.*, GREATEST(o.first, coalesce(o.ends, %(as_of)s)) AS until,
                   (o.ends AT TIME ZONE %(zone)s)::date - o.day AS last_day
            FROM (SELECT c.record_id, {episode} AS episode_id, {first} AS first, {last} AS last, {day} AS day,
                         {ends} AS ends, coalesce({performer}, c.attending_id) AS responsible
                  FROM {place} WHERE {clauses.applies(of, scope, day)} AND {exists}) o
            WHERE NOT {clauses.exempt(of.topic, rules, scope, record="o.record_id", episode="o.episode_id")}
        ), {by_hours(rule, scope) if of.every_hours is not None else by_days(rule, scope)}
        SELECT o.record_id, %(topic)s, o.episode_id, NULL::bigint, NULL::int, 'series', 'met', '', %(requirement)s,
               %(precedence)s, NULL::timestamptz, NULL::timestamptz, NULL::bigint, o.responsible, %(missing_type)s
        FROM occasion o
        UNION ALL
        SELECT f.record_id, %(topic)s, f.episode_id, NULL::bigint, f.block, 'verdict', f.kind, '', %(requirement)s,
               %(precedence)s, f.due_at, f.at, d.id, coalesce(d.author_id, f.responsible),
               coalesce(d.document_type_id, %(missing_type)s)
        FROM found f LEFT JOIN LATERAL (
            SELECT d.id, d.author_id, d.document_type_id FROM {scope.documents(filed=True)} d
            WHERE {serves(rule, "f")} AND d.authored_first = f.at ORDER BY {clauses.order_of_source("d")} LIMIT 1
        ) d ON f.kind = 'late'
    """


def serves(rule: Rule, of: str) -> str:
    """That a document `d` is of the series of an occasion: of its types, with a time, and of no other episode."""
    return f"""d.record_id = {of}.record_id AND d.document_type_id = ANY(%(types)s) AND d.authored_first IS NOT NULL
        AND {clauses.of_episode(rule.requirement, f"{of}.episode_id")}"""


def by_hours(rule: Rule, scope: Scope) -> str:
    """Clauses 14.3 to 14.5. A gap is known by what it follows: the minutes from the trigger to that document."""

    def block(due_at: str) -> str:
        return f"floor(extract(epoch FROM {due_at} - {EVERY_HOURS} - o.first) / 60)::int"

    return f"""link AS (
            SELECT record_id, episode_id, first, last FROM occasion
            UNION ALL
            SELECT o.record_id, o.episode_id, d.authored_first, d.authored_last
            FROM occasion o JOIN {scope.documents(filed=True)} d ON {serves(rule, "o")} AND d.authored_last >= o.first
        ), reached AS (
            SELECT record_id, coalesce(episode_id, 0) AS episode_id, range_agg(
                tstzrange(first, last + {EVERY_HOURS}, CASE WHEN first = last THEN '[]' ELSE '[)' END)) AS spans
            FROM link GROUP BY record_id, episode_id
        ), series AS (
            SELECT o.*, r.spans FROM occasion o JOIN reached r
            ON r.record_id = o.record_id AND r.episode_id = coalesce(o.episode_id, 0)
        ), found AS (
            SELECT o.record_id, o.episode_id, o.responsible, {block("lower(gap)")} AS block, lower(gap) AS due_at,
                   CASE WHEN NOT upper_inc(gap) THEN 'late' WHEN o.ends IS NULL THEN 'missing' ELSE 'gap' END AS kind,
                   CASE WHEN NOT upper_inc(gap) OR o.ends IS NOT NULL THEN upper(gap) END AS at
            FROM series o, unnest(tstzmultirange(tstzrange(o.first, o.until, '[]')) - o.spans) AS gap
            UNION ALL
            SELECT o.record_id, o.episode_id, o.responsible, {block("upper(o.spans)")}, upper(o.spans), 'expected', NULL
            FROM series o WHERE o.ends IS NULL AND o.until <@ o.spans
        )"""


def by_days(rule: Rule, scope: Scope) -> str:
    """Clauses 14.6 to 14.8. A block is known by the days from that of the trigger to its own first.

    One block more than has begun is laid out, so that something is always expected while the series goes on.
    """
    from_day, to_day = "%(begins_after_days)s", "%(ends_after_days)s::int"
    written_on = "((d.authored_first AT TIME ZONE %(zone)s)::date - o.day)"
    today = "((%(as_of)s::timestamptz AT TIME ZONE %(zone)s)::date - o.day)"
    ahead = f"GREATEST({from_day}, {today} + %(every_days)s)"
    return f"""block AS (
            SELECT o.*, n, n + o.day AS first_day,
                   LEAST(n + %(every_days)s, {to_day}, o.last_day) - n AS days,
                   o.day + LEAST(n + %(every_days)s, {to_day}, o.last_day + 1) AS due_day
            FROM occasion o, generate_series({from_day}, LEAST({to_day} - 1, o.last_day - 1, {ahead}), %(every_days)s) n
        ), written AS (
            SELECT o.record_id, coalesce(o.episode_id, 0) AS episode_id,
                   {written_on} - ({written_on} - {from_day}) %% %(every_days)s AS n, count(*) AS number
            FROM occasion o JOIN {scope.documents(filed=True)} d ON {serves(rule, "o")}
            WHERE {written_on} >= {from_day} AND {written_on} < LEAST({to_day}, o.last_day + 1, {written_on} + 1)
            GROUP BY 1, 2, 3
        ), short AS (
            SELECT b.record_id, b.episode_id, b.responsible, b.n AS block, {MIDNIGHT.format(day="b.due_day")} AS due_at
            FROM block b LEFT JOIN written w
                ON w.record_id = b.record_id AND w.episode_id = coalesce(b.episode_id, 0) AND w.n = b.n
            {ODD_MIDNIGHT.format(day="b.due_day")}
            WHERE coalesce(w.number, 0) < %(at_least)s * b.days / %(every_days)s
        ), found AS (
            SELECT *, 'gap' AS kind, due_at AS at FROM short WHERE due_at <= %(as_of)s
            UNION ALL
            SELECT * FROM (
                SELECT DISTINCT ON (record_id, episode_id) *, 'expected', NULL::timestamptz FROM short
                WHERE due_at > %(as_of)s ORDER BY record_id, episode_id, due_at) first
        )"""
