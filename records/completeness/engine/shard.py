"""One shard of an audit: lay out, judge, settle, sum up, in one transaction."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace

from django.db import connection

from records.completeness.engine import binding, changed, charts, flags, rules, settle
from records.completeness.engine.changed import Change, unpublished
from records.completeness.engine.charts import Scope
from records.completeness.models import AuditRun, Deficiency
from staff.models import Facility

KINDS = tuple(Deficiency.Kind.values)  # all of them are keys, `late` too, although nothing late is open


@dataclass
class Counts:
    """What a shard found. `open`, `late`, `delinquent` and `by_kind` are of the records that it judged."""

    judged: int = 0
    occasions: int = 0
    opened: int = 0
    closed: int = 0
    open: int = 0
    late: int = 0
    delinquent: int = 0
    by_kind: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def __add__(self, other: "Counts") -> "Counts":
        numbers = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self) if f.name != "by_kind"}
        return Counts(**numbers, by_kind={kind: self.by_kind[kind] + other.by_kind[kind] for kind in KINDS})

    as_dict = asdict


def audit(
    run: AuditRun, facility: Facility, first_record: int, last_record: int, *, changed: frozenset[int] = frozenset()
) -> Counts:
    """Judge the records of a facility between two numbers, both included, and write what changed.

    `changed` are the versions of requirements that were published since its last audit. Must be called within a
    transaction, which is the shard's own; its caller ends it together with the shard's row.
    """
    scope = Scope(facility, run.as_of, run.known_at, first_record, last_record, full=run.full, written=run.written)
    return settle_all(run, scope if run.full else replace(scope, changed=changed))


def audit_again(run: AuditRun, facility: Facility, records: Iterable[int]):
    """Judge these records of a facility once more, as a part of an audit that was written: a person changed them.

    Must be called within a transaction. What else is due stays due.
    """
    only = tuple(sorted(set(records)))
    if only:
        settle_all(run, Scope(facility, run.as_of, run.known_at, only[0], only[-1], False, True, only))


def settle_all(run: AuditRun, scope: Scope) -> Counts:
    in_force = binding.in_force(scope.facility, scope.known_at)
    with connection.cursor() as cursor:
        if scope.changed:
            changed.find(cursor, scope, Change(unpublished(in_force, scope.changed), in_force))
        laid = charts.lay_out(cursor, scope)
        near = charts.gather(cursor, scope, in_force) if scope.is_sparse(laid) else scope
        rules.judge(cursor, near, in_force)
        settle.collapse(cursor, scope)
        counts = Counts()
        if scope.written:
            counts.opened, counts.closed = settle.write(cursor, scope, run.pk)
        settle.stand(cursor, scope)
        flags.sum_up(cursor, scope)
        if scope.written:
            flags.write(cursor, scope)
            cursor.execute("DELETE FROM records_due WHERE seq IN (SELECT seq FROM seen)")
        count(cursor, counts)
    return counts


def count(cursor, counts: Counts):
    cursor.execute("""
        SELECT (SELECT count(*) FROM chart),
               (SELECT count(*) FROM verdict WHERE slot = 'series' OR (slot = 'verdict' AND block IS NULL)),
               (SELECT count(*) FROM flag WHERE status = 'delinquent'),
               count(*) FILTER (WHERE status = 'open'),
               count(*) FILTER (WHERE status = 'resolved' AND kind = 'late') FROM standing
    """)
    counts.judged, counts.occasions, counts.delinquent, counts.open, counts.late = cursor.fetchone()
    cursor.execute("SELECT kind, count(*) FROM standing WHERE status = 'open' GROUP BY kind")
    counts.by_kind |= dict(cursor.fetchall())


def isolate():
    """Judge by one snapshot: what commits meanwhile is in neither the charts nor the due rows that are struck off."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # A worker that was killed in the middle of a long statement is found out within seconds, not at its end.
        cursor.execute("SET LOCAL client_connection_check_interval = '2s'")
