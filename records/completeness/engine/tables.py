"""The temporary tables of an audit: of one transaction, and emptied rather than made anew by a further audit in it.

To make one costs the database more than to judge a chart, so that many small audits, of a replay or a test, want to
share them. A night's shard is a transaction of its own and makes each once.
"""


def fill(cursor, table: str, query: str, parameters: dict | None = None) -> bool:
    """Put what a query gives into a temporary table; returns whether it had to be made."""
    cursor.execute("SELECT to_regclass(%s) IS NULL", [f"pg_temp.{table}"])
    (is_new,) = cursor.fetchone()
    if is_new:
        cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {query}", parameters)
    else:
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"INSERT INTO {table} {query}", parameters)
    return is_new


def empty(cursor, table: str, columns: str):
    """A temporary table with these columns and nothing in it."""
    cursor.execute("SELECT to_regclass(%s) IS NULL", [f"pg_temp.{table}"])
    if cursor.fetchone()[0]:
        cursor.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")
    else:
        cursor.execute(f"DELETE FROM {table}")


def analyze(cursor, table: str):
    """Tell the planner what is in a table, by a fifth of the usual sample: that takes as long as to judge a rule."""
    cursor.execute("SET LOCAL default_statistics_target = 20")
    cursor.execute(f"ANALYZE {table}")
