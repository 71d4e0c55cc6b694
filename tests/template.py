"""The database that every worker's copy is made from, and how a copy is made like new again."""

import hashlib
import os
import subprocess
import sys

import psycopg
from psycopg import sql

from himdept.runtime import places


def _migrations() -> str:
    """A fingerprint of every migration of ours, and of all packages' versions."""
    files = [
        file for app in ("staff", "records", "compliance") for file in (places.CHECKOUT / app).rglob("migrations/**/*")
    ]
    files += [places.CHECKOUT / "uv.lock", *(places.CHECKOUT / "himdept" / "runtime").rglob("*.py")]
    digest = hashlib.sha256()
    for file in sorted(files):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()


def migrated(superuser: psycopg.Connection, name: str) -> None:
    """Make the database `name` and migrate it, unless it is there from these very migrations (--reuse-db)."""
    wanted = _migrations()
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    if (superuser.execute(query, [name]).fetchone() or [None])[0] == wanted:
        return
    superuser.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    superuser.execute(f"CREATE DATABASE {name} OWNER {places.OWNER}")
    # The flush below puts back rows whose triggers have fired before; production's owner has no such right.
    superuser.execute(f"GRANT SET ON PARAMETER session_replication_role TO {places.OWNER}")
    addresses = {
        "DATABASE_URL": places.database_url(places.APPLICATION, name),
        "DATABASE_OWNER_URL": places.database_url(places.OWNER, name),
    }
    command = [sys.executable, "-W", "error", "manage.py", "migrate", "-v", "0"]
    done = subprocess.run(
        command, check=False, cwd=places.CHECKOUT, env=os.environ | addresses, capture_output=True, text=True
    )
    assert done.returncode == 0, f"The tests' database could not be migrated.\n{done.stdout}{done.stderr}"
    with psycopg.connect(addresses["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE SCHEMA laid")
        for table in _tables(owner):
            if owner.execute(_words("SELECT FROM public.{} LIMIT 1", table)).rowcount:
                owner.execute(_words("CREATE TABLE laid.{0} AS TABLE public.{0}", table))
    superuser.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(wanted)))


def drop_left_behind(superuser: psycopg.Connection, name: str) -> None:
    """Drop the copies of sessions that were killed: their name holds the number of a process that is no more."""
    copies = superuser.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{name}_"])
    for (copy,) in copies.fetchall():
        session = copy.removeprefix(f"{name}_").split("_")[0]
        try:
            os.kill(int(session), 0)
        except ProcessLookupError:
            superuser.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        except PermissionError:
            continue  # somebody else's


def marks(owner: psycopg.Connection) -> dict[str, tuple]:
    """By which a later look at what the migrations laid tells whether a test has written there."""
    return {table: _mark(owner, table) for table in _tables(owner, "laid")}


def _mark(owner: psycopg.Connection, table: str) -> tuple:
    # The newest transaction and the number of rows: comparing the rows themselves would take a hundred times longer.
    return owner.execute(_words("SELECT max(xmin::text::bigint), count(*) FROM public.{}", table)).fetchone()


def flush(owner: psycopg.Connection, laid: dict[str, tuple]) -> None:
    """Take out what a test committed and put back what the migrations laid (roles, the facility MAIN, profiles).

    By the owner's connection, for the application's role may neither TRUNCATE nor delete from a trail. Without
    triggers and foreign keys, for the whole content is replaced; identities keep counting. `laid` comes from `marks`.
    """
    with owner.transaction():
        # A connection that a test left inside a transaction is named by an error, not by a test that never ends.
        owner.execute("SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '10s'")
        for table in sorted(_used(owner) - laid.keys()):
            owner.execute(_words("DELETE FROM public.{}", table))
        for table in laid:
            if _mark(owner, table) != laid[table]:
                owner.execute(_words("DELETE FROM public.{}", table))
                owner.execute(_copying(owner, table, "laid"))
                laid[table] = _mark(owner, table)


def keep(owner: psycopg.Connection, schema: str) -> None:
    """Keep what was committed since the migrations in `schema`, and make the function `schema.lay()`, by which the
    application's role writes these rows once more: in the owner's right and without triggers, for they passed theirs.

    Raises AssertionError if a row that the migrations laid was changed or deleted.
    """
    with owner.transaction():
        owner.execute(_words("CREATE SCHEMA {}", schema))
        laid, kept = set(_tables(owner, "laid")), []
        for table in sorted(_used(owner)):
            rows = _words("TABLE public.{}", table)
            if table in laid:
                assert not owner.execute(_words("TABLE laid.{0} EXCEPT ALL TABLE public.{0}", table)).rowcount, table
                rows += _words(" EXCEPT ALL TABLE laid.{}", table)
            kept_as = sql.Identifier(schema, table)
            if owner.execute(sql.SQL("CREATE TABLE {} AS ").format(kept_as) + rows).rowcount:
                kept.append(_copying(owner, table, schema))
        # A column may be called as a variable that PL/pgSQL brings along: `found`.
        body = sql.SQL("#variable_conflict use_column\nBEGIN {}; END").format(sql.SQL("; ").join(kept)).as_string(owner)
        owner.execute(
            sql.SQL(
                "CREATE FUNCTION {}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
                "SET session_replication_role = replica AS {}"
            ).format(sql.Identifier(schema, "lay"), sql.Literal(body))
        )
        owner.execute(_words("GRANT USAGE ON SCHEMA {} TO PUBLIC", schema))


def _copying(owner: psycopg.Connection, table: str, schema: str) -> sql.Composed:
    """The statement that writes into a table of `public` what `schema` has of it."""
    columns = sql.SQL(", ").join(sql.Identifier(column) for (column,) in owner.execute(_COLUMNS, [table]))
    words = "INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM {2}.{0}"
    return sql.SQL(words).format(sql.Identifier(table), columns, sql.Identifier(schema))


def _used(owner: psycopg.Connection) -> set[str]:
    """The tables that have rows."""
    probe = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM public.{})").format(sql.Literal(table), sql.Identifier(table))
        for table in _tables(owner)
    )
    return {table for (table,) in owner.execute(probe)}


# Partitions are reached through their parent.
_TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname <> 'django_migrations' ORDER BY relname
"""
_COLUMNS = """
    SELECT attname FROM pg_attribute WHERE attrelid = ('public.' || quote_ident(%s))::regclass
    AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""


def _tables(owner: psycopg.Connection, schema: str = "public") -> list[str]:
    return [table for (table,) in owner.execute(_TABLES, [schema])]


def _words(words: str, table: str) -> sql.Composed:
    return sql.SQL(words).format(sql.Identifier(table))
