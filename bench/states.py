"""The tables that a night writes, once as the program has them and once for the opponent: made alike, held together."""

from collections.abc import Iterable

import psycopg
from django.conf import settings
from psycopg import sql

from bench.hand import SCHEMA, WORK
from himdept.runtime import places
from himdept.runtime.places import Trouble

RECORD, DEFICIENCY, EVENT = "records_record", "records_deficiency", "records_deficiencyevent"
TABLES = (RECORD, DEFICIENCY, EVENT, "records_expected", "records_due")
SIDES = ("public", SCHEMA)
OURS = (SCHEMA, WORK)  # schemas that are the bench's own

# What is of the row and not of the night: its number, who wrote it in which run, and when.
NOT_COMPARED = {"id", "seq", "at", "run_id", "deficiency_id"}

AS_NEW = """
    status = 'in_progress', requirements_due = 0, requirements_met = 0, open_deficiencies = 0, oldest_due_at = NULL,
    delinquent_at = NULL, completed_at = NULL, next_check_at = NULL
"""


def superuser() -> psycopg.Connection:
    """A connection that may lay tables out, empty and vacuum them; nothing measured goes through it."""
    return psycopg.connect(places.database_url("postgres", settings.DATABASES["default"]["NAME"]), autocommit=True)


def lay_out(connection: psycopg.Connection):
    """Make the opponent's tables anew, as those of the program are."""
    clear_away(connection)
    run(connection, f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {places.OWNER}")
    for table in TABLES:
        run(connection, f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
    run(connection, f"INSERT INTO {SCHEMA}.{RECORD} SELECT * FROM public.{RECORD}")
    run(connection, "SET search_path = public")
    keys = connection.execute(_FOREIGN_KEYS, [list(TABLES)]).fetchall()
    # Read where the program's tables are in sight, so that they are named without a schema, and laid where ours are.
    run(connection, f"SET search_path = {SCHEMA}, public")
    for table, name, definition in keys:
        run(connection, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for table in TABLES:
        run(connection, f"ALTER TABLE {table} OWNER TO {places.OWNER}")
    run(connection, "RESET search_path")


def clear_away(connection: psycopg.Connection):
    """Leave the database without the opponent's tables."""
    for schema in OURS:
        run(connection, f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def reset(connection: psycopg.Connection):
    """Both sides as before the first night: nothing judged, everything due."""
    emptied = ", ".join(f"{side}.{table}" for side in SIDES for table in TABLES if table != RECORD)
    run(connection, f"TRUNCATE {emptied}, public.records_auditrun RESTART IDENTITY CASCADE")
    for side in SIDES:
        run(connection, f"UPDATE {side}.{RECORD} SET {AS_NEW}")
        run(connection, f"VACUUM (FULL) {side}.{RECORD}")
        run(connection, f"INSERT INTO {side}.records_due (record_id) SELECT encounter_id FROM {RECORD} ORDER BY 1")
    settle(connection)


def settle(connection: psycopg.Connection):
    """What autovacuum and the checkpointer would do by the next night, done before it is measured.

    Not of tables that are empty: autovacuum does not look at these, and foreign keys to a table that is known to be
    empty are checked by reading all of it until somebody says that it has grown.
    """
    for side in SIDES:
        filled = [
            f"{side}.{table}" for table in TABLES if run(connection, f"SELECT FROM {side}.{table} LIMIT 1").rowcount
        ]
        run(connection, f"VACUUM (ANALYZE) {', '.join(filled)}")
    run(connection, "CHECKPOINT")


def mark_due(connection: psycopg.Connection, records: Iterable[int]):
    for side in SIDES:
        statement = f"INSERT INTO {side}.records_due (record_id) SELECT unnest(%s::bigint[])"
        connection.execute(statement, [list(records)])


def prove_the_same(connection: psycopg.Connection, after: str):
    """Compare what both sides have written, row by row. Raises Trouble that names the tables that differ."""
    different = {table: n for table in TABLES if (n := _differences(connection, table))}
    if different:
        found = ", ".join(f"{n:,} rows of {table}" for table, n in different.items())
        raise Trouble(f"After {after} the two sides do not have the same: they differ in {found}.")


def _differences(connection: psycopg.Connection, table: str) -> int:
    ours, theirs = (_rows(connection, side, table) for side in SIDES)
    statement = f"SELECT count(*) FROM (({ours} EXCEPT ALL {theirs}) UNION ALL ({theirs} EXCEPT ALL {ours})) differ"
    return run(connection, statement).fetchone()[0]


def _rows(connection: psycopg.Connection, side: str, table: str) -> str:
    columns = [name for (name,) in connection.execute(_COLUMNS, [table]) if name not in NOT_COMPARED]
    chosen = ", ".join(f"t.{name}" for name in columns)
    if table != EVENT:
        return f"SELECT {chosen} FROM {side}.{table} t"
    about = ", ".join(f"d.{name}" for name in ("record_id", "topic", "episode_id", "document_id", "block", "slot"))
    return f"SELECT {about}, {chosen} FROM {side}.{table} t JOIN {side}.{DEFICIENCY} d ON d.id = t.deficiency_id"


def run(connection: psycopg.Connection, statement: str) -> psycopg.Cursor:
    return connection.execute(sql.SQL(statement))


_COLUMNS = """
    SELECT attname FROM pg_attribute WHERE attrelid = ('public.' || %s)::regclass AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum
"""
_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2
"""
