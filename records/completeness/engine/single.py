"""One record as of one moment: the very queries of a shard, put together as one statement that writes nothing.

What a shard keeps in temporary tables stands here in WITH, under the same names, so that the rules cannot tell the
difference. A page can afford it: one trip to the database, a few milliseconds.
"""

from datetime import datetime

from django.db import connection

from records.completeness.engine import charts, flags, rules, settle
from records.completeness.engine.binding import Rule
from records.completeness.engine.charts import Scope
from records.inventory.models import Record

FLAGS = flags.COLUMNS
OF_PART = ("part", *rules.COLUMNS[1:], "waived_at")
VERDICT = (*OF_PART, "code", "title")


def judge(
    record: Record, as_of: datetime, in_force: list[Rule], known_at: datetime | None = None
) -> tuple[dict, set[int], list[dict]]:
    """The flags of a record as of a moment (UTC), the rules that ask something of it, and the verdicts that count; by
    what was known at another (None: by all that is known).

    `part` says what a verdict is: "finding" (open, waived or late), "expected", or "met". Of several rules that say
    the same, each part names the strictest. `code` and `title` are those of the document type.
    """
    scope = Scope(record.facility, as_of, known_at, record.pk, record.pk, full=True, written=False)
    statement = compose(scope, in_force)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    if not rows:  # nothing was known of the stay yet
        return {"status": Record.Status.IN_PROGRESS}, set(), []
    *flag, asking = rows[0][: len(FLAGS) + 1]
    verdicts = [dict(zip(VERDICT, row[len(FLAGS) + 1 :], strict=True)) for row in rows]
    return dict(zip(FLAGS, flag, strict=True)), set(asking or ()), [row for row in verdicts if row["part"]]


def compose(scope: Scope, in_force: list[Rule]) -> str:
    """The statement with all values in it: each rule has its own, under the same names."""
    said = connection.ops.compose_sql
    verdicts = [said(f"({query})", values) for query, values in (rules.verdicts(r, scope, in_force) for r in in_force)]
    if not verdicts:
        nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in rules.TYPES.items())
        verdicts = [f"SELECT {nothing} WHERE false"]
    met = """
        SELECT DISTINCT ON (topic, episode_id, document_id) * FROM verdict v
        WHERE kind = 'met' AND (slot = 'verdict' OR (slot = 'series' AND NOT EXISTS (
            SELECT FROM verdict block WHERE block.requirement_id = v.requirement_id AND block.block IS NOT NULL
            AND block.episode_id IS NOT DISTINCT FROM v.episode_id)))
        ORDER BY topic, episode_id, document_id, due_at NULLS LAST, precedence
    """
    chosen = "r.encounter_id = %(first)s"
    return f"""
        WITH chart AS ({said(charts.chart(scope, chosen), scope.parameters)}),
        verdict ({", ".join(rules.COLUMNS)}) AS ({" UNION ALL ".join(verdicts)}),
        finding AS ({settle.findings()}),
        expectation AS ({settle.expectations()}),
        standing AS ({said(settle.would_stand(), scope.parameters)}),
        flag AS ({said(flags.flag(scope), scope.parameters)}),
        met AS ({met}),
        part AS (
            SELECT 'finding' AS part, f.*, w.waived_at FROM finding f
            LEFT JOIN records_deficiency w ON {settle.same("w", "f")} AND w.waived_at <= {said("%s", [scope.as_of])}
            UNION ALL SELECT 'expected', e.*, NULL FROM expectation e
            UNION ALL SELECT 'met', m.*, NULL FROM met m
        )
        SELECT {", ".join(f"flag.{name}" for name in FLAGS)}, (SELECT array_agg(DISTINCT requirement_id) FROM verdict),
               {", ".join(f"part.{name}" for name in OF_PART)}, t.code, t.title
        FROM flag LEFT JOIN part USING (record_id) LEFT JOIN records_documenttype t ON t.id = part.document_type_id
    """
