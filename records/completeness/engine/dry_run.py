"""What a change of the rules would open, close and make delinquent, judged on the live inventory; nothing is written.

The same statements as a night after publishing: the records that the change makes a difference to are found by judging
its topic before and after, and only these are judged in whole.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from records.completeness.engine import changed, charts, flags, rules, settle, tables
from records.completeness.engine.binding import Rule, in_force
from records.completeness.engine.changed import Change
from records.completeness.engine.charts import Scope
from staff.models import Facility

EVERY_RECORD = 0, 2**63 - 1
EXAMPLES = 5  # of each


@dataclass(frozen=True)
class Outcome:
    """How many deficiencies would open and close, and how many records would become delinquent, or be so no more.

    `records` are those that would be judged otherwise than now. `examples` has some records (their numbers) of each of
    the four, by its name, those with the most findings of that sort first.
    """

    records: int
    opened: int
    closed: int
    delinquent: int
    delinquent_no_more: int
    examples: dict[str, list[int]]


def compare(facility: Facility, before: list[Rule], *, as_of: datetime) -> Outcome:
    """What stands by the rules `before` against what those in force now would find as of a moment (UTC).

    Must be called within the transaction that changed the rules, which its caller takes back. What is waived stays
    waived, and what a person added by hand stays as it is.
    """
    scope = Scope(facility, as_of, None, *EVERY_RECORD, full=True, written=False)
    change = Change(before, in_force(facility))
    chosen = "r.encounter_id IN (SELECT record_id FROM touched)"
    with connection.cursor() as cursor:
        changed.find(cursor, scope, change)
        tables.fill(cursor, "chart", charts.chart(scope, chosen), scope.parameters)
        tables.analyze(cursor, "chart")
        near = charts.gather(cursor, scope, change.after)
        rules.judge(cursor, near, change.after)
        settle.collapse(cursor, scope)
        tables.fill(cursor, "standing", settle.would_stand(settle.WAIVED_NOW), scope.parameters)
        flags.sum_up(cursor, scope)
        return outcome(cursor)


def outcome(cursor) -> Outcome:
    cursor.execute(
        f"""
        WITH found AS (
            SELECT f.* FROM finding f
            LEFT JOIN records_deficiency w ON {settle.same("w", "f")} AND {settle.WAIVED_NOW}
            WHERE f.kind NOT IN {settle.FACTS} AND w.id IS NULL
        ), standing AS (
            SELECT d.* FROM chart c JOIN records_deficiency d USING (record_id)
            WHERE d.status = 'open' AND d.requirement_id IS NOT NULL
        ), differing AS (
            SELECT record_id, 'opened' AS what FROM found f
            WHERE NOT EXISTS (SELECT FROM standing s WHERE {settle.same("s", "f")})
            UNION ALL
            SELECT record_id, 'closed' FROM standing s
            WHERE NOT EXISTS (SELECT FROM found f WHERE {settle.same("f", "s")})
            UNION ALL
            SELECT record_id, CASE f.status WHEN 'delinquent' THEN 'delinquent' ELSE 'delinquent_no_more' END
            FROM flag f JOIN records_record r ON r.encounter_id = f.record_id
            WHERE r.status <> 'closed' AND (f.status = 'delinquent') <> (r.status = 'delinquent')
        ), counted AS (
            SELECT what, record_id, count(*) AS number, sum(count(*)) OVER (PARTITION BY what) AS all_of_them,
                   row_number() OVER (PARTITION BY what ORDER BY count(*) DESC, record_id DESC) AS place
            FROM differing GROUP BY what, record_id
        )
        SELECT what, max(all_of_them)::int, array_agg(record_id ORDER BY place) FILTER (WHERE place <= {EXAMPLES})
        FROM counted GROUP BY what
        """
    )
    of = {what: (number, examples) for what, number, examples in cursor.fetchall()}
    cursor.execute("SELECT count(*) FROM touched")
    (records,) = cursor.fetchone()
    whats = ("opened", "closed", "delinquent", "delinquent_no_more")
    return Outcome(
        records=records,
        **{what: of.get(what, (0, []))[0] for what in whats},
        examples={what: of.get(what, (0, []))[1] for what in whats},
    )
