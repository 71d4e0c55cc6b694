"""How many queries a page costs, held against a committed baseline: it may not grow unseen."""

import json
import os
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from django.db import connection
from django.test.utils import CaptureQueriesContext

BASELINE = Path(__file__).with_name("query_counts.json")
MOST = 12
BRACKETS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")  # of a transaction: they travel with what they enclose


@contextmanager
def counted(page: str, *, most: int = MOST, cursors: int = 0):
    """Count the queries of the block as those of `page`. BASELINE=write keeps the number instead of comparing it.

    `most` is more for a page that tries out what an act would come to, by writing it and taking it back, or that asks
    for the line of whoever looks and for much else, and for what asks each of the clocks. `cursors` are those that the
    server opens: each is asked three times more than is counted here, which is worth it for what is very long alone.
    """
    opens = patch.object(connection, "chunked_cursor", wraps=connection.chunked_cursor)
    with CaptureQueriesContext(connection) as captured, opens as opened:
        yield
    assert opened.call_count == cursors, f"{page} has the server open {opened.call_count} cursors, not {cursors}"
    queries = [
        query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    counts = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    if os.environ.get("BASELINE") == "write":
        BASELINE.write_text(json.dumps(counts | {page: len(queries)}, indent=2, sort_keys=True) + "\n")
        return
    told = "\n".join(queries)
    assert len(queries) <= most, f"{page} needs {len(queries)} queries:\n{told}"
    assert len(queries) == counts.get(page), f"{page} needs {len(queries)} queries, not {counts.get(page)}:\n{told}"
