"""Putting records on the list of those that the next audit looks at."""

from collections.abc import Iterable

from django.db import connection


def append(records: Iterable[int]) -> None:
    """Append these records to the due list, in the caller's transaction.

    One statement and no upsert: writers of the same record never wait for each other (docs/adr/0006).
    """
    numbers = sorted(set(records))
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO records_due (record_id) SELECT unnest(%s::bigint[])", [numbers])
