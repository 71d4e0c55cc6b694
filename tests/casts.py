"""People, rules or charts that many tests begin with: built once for a worker, laid by one statement for each test."""

import copy
from collections.abc import Callable

import psycopg
from django.core.cache import cache
from django.db import connection

from tests import template


class Cast[Built]:
    """What `build` makes of an empty hospital, kept to be laid again and again. It may add rows, and change none.

    A test that has it laid finds the very rows that `build` wrote, triggers and checks passed, and what `build` gave
    back as a copy of its own. Built outside of any test's transaction, and so to be asked for by a fixture of the
    whole session. Nothing in it should hang on the hour: a session may begin before midnight and end after it.
    """

    _number = 0

    def __init__(self, build: Callable[[], Built], owner: psycopg.Connection, flush: Callable[[], None]):
        assert not connection.in_atomic_block, "A cast is built before the test's own transaction begins."
        Cast._number += 1
        self._schema = f"cast_{Cast._number}"
        try:
            self._built = build()
            template.keep(owner, self._schema)
        finally:
            flush()

    def lay(self) -> Built:
        """Write the rows anew; what `build` gave back."""
        cache.clear()  # these are the same people as in the test before, and of them it may know something
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self._schema}.lay()")
        return copy.deepcopy(self._built)
