"""The opponent of intake: rows that are known already, upserted from arrays, a transaction for each bundle's worth.

It reads no JSON, looks nobody up, resolves no reference and keeps no message: it is told the very rows that intake came
to. Same tables, indexes, foreign keys and triggers; the application's role.
"""

import os
import time
from dataclasses import dataclass

import psycopg
from psycopg import sql

from bench import processor
from bench.engine import postmaster
from himdept.runtime import places


@dataclass(frozen=True)
class Table:
    """A table that intake writes: how its rows are told from those before, and by what one is known again."""

    name: str
    key: str
    unique: str
    stamps: tuple[str, ...] = ()  # set by the database or the moment: never a difference


KNOWN, UPDATED = ("known_from",), ("updated_at",)
TABLES = (
    Table("records_patient", "id", "id", KNOWN),
    Table("records_patientidentifier", "id", "system, value"),
    Table("records_patientkey", "id", "source_id, external_id", UPDATED),
    Table("records_encounter", "id", "id", KNOWN),
    Table("records_record", "encounter_id", "encounter_id"),
    Table("records_encounteridentifier", "id", "system, value"),
    Table("records_encounterkey", "id", "source_id, external_id", UPDATED),
    Table("records_episode", "id", "id", KNOWN),
    Table("records_episodekey", "id", "source_id, external_id", UPDATED),
    Table("records_document", "id", "id", KNOWN),
    Table("records_documentidentifier", "id", "system, value"),
    Table("records_documentkey", "id", "source_id, external_id", UPDATED),
    Table("records_due", "seq", "seq"),
)

type Marks = dict[str, int]
type Batch = list[tuple[str, list[list]]]  # a statement for each table, and an array for each column


def marks(connection: psycopg.Connection) -> Marks:
    """The last row of each table."""
    return {t.name: _one(connection, f"SELECT coalesce(max({t.key}), 0) FROM {t.name}") for t in TABLES}


def batch(connection: psycopg.Connection, since: Marks, until: Marks) -> Batch:
    """What was entered between two moments, ready to be entered again."""
    found = []
    for table in TABLES:
        columns = connection.execute(COLUMNS, [table.name]).fetchall()
        # Arrays of arrays are one array in PostgreSQL: the few columns that hold one travel as text.
        read = ", ".join(f"{name}::text" if kind.endswith("[]") else name for name, kind in columns)
        query = f"SELECT {read} FROM {table.name} WHERE {table.key} > %s AND {table.key} <= %s ORDER BY {table.key}"
        rows = connection.execute(query, [since[table.name], until[table.name]]).fetchall()
        if rows:
            found.append((_upsert(table, columns), [list(column) for column in zip(*rows, strict=True)]))
    return found


def without_due(batch: Batch) -> Batch:
    return [(statement, arrays) for statement, arrays in batch if "records_due" not in statement]


def enter(batches: list[Batch]):
    """Upsert them, a transaction for each."""
    address = os.environ.get("DATABASE_URL") or places.database_url(places.APPLICATION)
    with psycopg.connect(address, autocommit=True) as connection:
        for batch in batches:
            with connection.transaction():
                for statement, arrays in batch:
                    connection.execute(statement, arrays)


def spent() -> float:
    """For how long this process and the database have kept processors busy so far, in seconds."""
    return processor.spent([postmaster()]) + time.process_time()


def take_out(connection: psycopg.Connection, since: Marks):
    """Forget what was entered since, on either side. As a superuser."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in reversed(TABLES):
            connection.execute(f"DELETE FROM {table.name} WHERE {table.key} > %s", [since[table.name]])
    connection.execute(sql.SQL("VACUUM (ANALYZE) " + ", ".join(table.name for table in TABLES)))
    connection.execute("CHECKPOINT")


def _upsert(table: Table, columns: list[tuple[str, str]]) -> str:
    names = ", ".join(name for name, _ in columns)
    arrays = ", ".join(f"%s::{'text' if kind.endswith('[]') else kind}[]" for _, kind in columns)
    values = ", ".join(f"v.{name}::{kind}" if kind.endswith("[]") else f"v.{name}" for name, kind in columns)
    told = [name for name, _ in columns if name not in {table.key, *table.unique.split(", "), *table.stamps}]
    settings = ", ".join(f"{name} = excluded.{name}" for name in told)
    old, new = ", ".join(f"t.{name}" for name in told), ", ".join(f"excluded.{name}" for name in told)
    return (
        f"INSERT INTO {table.name} AS t ({names}) SELECT {values} FROM unnest({arrays}) AS v({names}) "
        f"ON CONFLICT ({table.unique}) DO UPDATE SET {settings} WHERE ({old}) IS DISTINCT FROM ({new})"
    )


def _one(connection: psycopg.Connection, query: str) -> int:
    return connection.execute(sql.SQL(query)).fetchone()[0]


COLUMNS = """
    SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
