"""What happens to charts between two nights of the bench, and how it is undone afterwards.

The facts are read by both sides; a round begins with those of the round before it. Written as a superuser without
triggers: what was known when is not measured, and would only pile up.
"""

from datetime import datetime, timedelta

import psycopg

EVERY = 50  # of so many records one changes


def change(connection: psycopg.Connection, before: datetime) -> list[int]:
    """Let something happen to every 50th record an hour before a night; returns the records.

    It happens to one of their documents, if possible to one that a rule asks for and that is not signed: of four one is
    retracted, one loses its signature, and two are signed if they were not.
    """
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DROP TABLE IF EXISTS by_hand.document_before")
        connection.execute(_KEEP, [EVERY])
        connection.execute("ALTER TABLE by_hand.document_before ADD PRIMARY KEY (id)")
        connection.execute(_CHANGE, {"at": before - timedelta(hours=1)})
    # Later than the facts themselves: the due list names every record once, whatever happened to it.
    return [record for (record,) in connection.execute("SELECT record_id FROM by_hand.document_before ORDER BY 1")]


def undo(connection: psycopg.Connection):
    """Give the documents back what they had."""
    if not connection.execute("SELECT to_regclass('by_hand.document_before')").fetchone()[0]:
        return
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(_UNDO)
        connection.execute("DROP TABLE by_hand.document_before")
    connection.execute("VACUUM (ANALYZE) records_document")


_KEEP = """
    CREATE TABLE by_hand.document_before AS
    SELECT DISTINCT ON (d.record_id) d.record_id, d.id, d.status, d.signed, d.signed_first, d.signed_last
    FROM (SELECT encounter_id, row_number() OVER (ORDER BY encounter_id) AS n FROM records_record) r
    JOIN records_document d ON d.record_id = r.encounter_id
    JOIN records_documenttype t ON t.id = d.document_type_id
    WHERE r.n %% %s = 0
    ORDER BY d.record_id, t.code = ANY(ARRAY(SELECT unnest(document_types) FROM records_requirement)) DESC, d.signed,
             d.id DESC
"""
_CHANGE = """
    UPDATE records_document d SET
        status = CASE WHEN b.id % 4 = 0 THEN 'retracted' ELSE d.status END,
        signed = CASE b.id % 4 WHEN 0 THEN d.signed WHEN 1 THEN false ELSE true END,
        signed_first = CASE WHEN b.id % 4 = 0 OR (b.id % 4 > 1 AND d.signed) THEN d.signed_first
                            WHEN b.id % 4 > 1 THEN greatest(%(at)s, d.authored_first) END,
        signed_last = CASE WHEN b.id % 4 = 0 OR (b.id % 4 > 1 AND d.signed) THEN d.signed_last
                           WHEN b.id % 4 > 1 THEN greatest(%(at)s, d.authored_first) END
    FROM by_hand.document_before b WHERE b.id = d.id
""".replace(" % 4", " %% 4")
_UNDO = """
    UPDATE records_document d SET (status, signed, signed_first, signed_last) =
        (b.status, b.signed, b.signed_first, b.signed_last)
    FROM by_hand.document_before b WHERE b.id = d.id
"""
