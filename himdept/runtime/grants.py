"""What the application's role may do with what the owner makes."""

from psycopg import sql

EXTENSIONS = ("btree_gist", "pg_trgm")


def prepare(owner, application: str) -> None:
    """Before a migration: let the role `application` use every table that this owner makes from now on.

    No TRUNCATE, no trigger, nothing else; a table that may only grow (a trail) takes UPDATE and DELETE back in its
    own migration. As default privileges, so that running it again gives back nothing that a migration took.
    """
    role = sql.Identifier(application)
    with owner.cursor() as cursor:
        for extension in EXTENSIONS:
            cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        for words in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
        ):
            cursor.execute(sql.SQL(words).format(role))
