"""Foreign keys of tables that nobody uses yet: checked all at once before the commit, instead of row by row.

Row by row they are two thirds of the database's work (docs/adr/0011). Nobody ever sees them off: they are on before the
transaction and after it, and it does not commit unless PostgreSQL itself has found every row to keep them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction

PATIENCE = "5s"  # for the tables; whoever else wants them waits as long, behind us

OF = """
SELECT conrelid::regclass::text, confrelid::regclass::text, quote_ident(conname) FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) AND confrelid::regclass::text LIKE 'records\\_%%'
ORDER BY 1, 3
"""


@contextmanager
def checked_at_the_end(cursor, tables: Iterable[str], *, using: str) -> Iterator[None]:
    """Within a transaction of the tables' owner. Where somebody is at work on them, they stay checked row by row.

    Only what leads from one table of the inventory to another; the tables of people and facilities are not locked.
    Raises IntegrityError at the end for a row that names one which is not there.
    """
    tables = list(tables)
    cursor.execute(OF, [tables])
    keys = cursor.fetchall()
    if not _have_to_ourselves(cursor, {table for pair in keys for table in pair[:2]}, using):
        yield
        return
    for table, _, key in keys:
        cursor.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {key} NOT ENFORCED")
    yield
    for table in tables:
        cursor.execute(f"ANALYZE {table}")  # the checks are joins, and want to be planned
    for table, _, key in keys:
        cursor.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {key} ENFORCED")


def _have_to_ourselves(cursor, tables: set[str], using: str) -> bool:
    try:
        with transaction.atomic(using=using):
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute(f"LOCK TABLE {', '.join(sorted(tables))} IN ACCESS EXCLUSIVE MODE")
            cursor.execute("SET LOCAL lock_timeout = 0")
    except OperationalError:
        return False
    cursor.execute("SELECT NOT EXISTS (SELECT FROM records_encounter)")
    return cursor.fetchone()[0]
