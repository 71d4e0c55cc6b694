"""The monthly parts of the logs: access, inbound messages and whatever else is kept by month."""

from django.db import connection, transaction

PATIENCE = "5s"


def lay_out(months: int) -> int:
    """Lay out the months ahead of every log that is kept by month; returns how many parts were new.

    A row that falls in no month is not lost, it goes to the log's part for others; but that one cannot be retired.
    Raises OperationalError when a log cannot be locked within PATIENCE: its readers and writers come first.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        cursor.execute(
            "SELECT coalesce(sum(make_partitions(relname, %s)), 0) FROM pg_class "
            "WHERE relkind = 'p' AND NOT relispartition AND relnamespace = 'public'::regnamespace",
            [months],
        )
        return cursor.fetchone()[0]
