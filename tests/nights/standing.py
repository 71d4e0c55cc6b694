"""Making a night stand still, to do something to it in the middle: the test holds a row that a part of it needs.

Nothing here waits for a time to pass: PostgreSQL says who waits for whom.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

import psycopg
from django.db import connection

from compliance.models import Night
from himdept.common import queue
from records.models import AuditShard, Record
from staff.models import Facility
from tests.nights import hospitals
from tests.workers import until


class Hold:
    """A connection of its own that holds something until it lets go of it, or is left."""

    def __init__(self, statement: str, *parameters, url: str = "DATABASE_URL"):
        self.what, self.url = (statement, parameters), url

    def __enter__(self):
        self.connection = psycopg.connect(os.environ[self.url])
        self.connection.execute(*self.what)
        return self

    def __exit__(self, *error):
        self.let_go()

    def let_go(self):
        self.connection.close()

    def waiting(self) -> set[int]:
        """The database's processes that wait for what is held, and those that wait for these."""
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH RECURSIVE waiting AS (SELECT %s AS pid UNION SELECT a.pid FROM pg_stat_activity a, waiting w "
                "WHERE a.datname = current_database() AND w.pid = ANY(pg_blocking_pids(a.pid))) TABLE waiting",
                [self.connection.info.backend_pid],
            )
            return {pid for (pid,) in cursor.fetchall()} - {self.connection.info.backend_pid}

    def wait_for(self, number: int = 1):
        """Wait until so many wait for what is held."""
        until(lambda: len(self.waiting()) >= number, "Nobody waits for what is held.")


class Moment(Enum):
    """How far the last part of an audit has come when it stands still."""

    BEGUN = "as it begins"
    WRITTEN = "when all is written and nothing committed"
    COMMITTED = "when it is committed and not summed up"


def records(facility: Facility, which: slice = slice(None)) -> Hold:
    """Hold some of a facility's records, by their order: the parts of an audit that these belong to must wait."""
    numbers = list(Record.objects.filter(facility=facility).order_by("pk").values_list("pk", flat=True))
    return Hold("SELECT FROM records_record WHERE encounter_id = ANY(%s) FOR UPDATE", numbers[which])


@contextmanager
def still(
    facility: Facility, moment: Moment, *, begin: Callable[[Facility], object] = hospitals.begin
) -> Iterator[tuple[Night, AuditShard]]:
    """Begin a night, and let it stand still in one part of its audit when all the others are done."""
    with records(facility, slice(1)) as first:
        begin(facility)
        first.wait_for()
        shards = AuditShard.objects.filter(run__facility=facility).order_by("pk")
        night, shard = Night.objects.get(facility=facility, state="running"), shards.first()
        assert (shard.state, shard.attempts, shards.count()) == ("running", 1, hospitals.parts(facility))

        def others_are_done():
            until(lambda: shards.exclude(state="finished").count() == 1, "The other parts were not done.")

        match moment:
            case Moment.BEGUN:
                others_are_done()
                yield night, shard
            case Moment.WRITTEN:
                with Hold("SELECT FROM records_auditshard WHERE id = %s FOR UPDATE", shard.pk) as second:
                    first.let_go()
                    second.wait_for()
                    others_are_done()
                    yield night, shard
            case Moment.COMMITTED:
                others_are_done()
                # As whoever sums up holds it: who writes history, which names the run, need not wait.
                with Hold("SELECT FROM records_auditrun WHERE id = %s FOR NO KEY UPDATE", shard.run_id) as second:
                    first.let_go()
                    second.wait_for()
                    shard.refresh_from_db()
                    assert shard.state == "finished"
                    yield night, shard


@contextmanager
def crowded(facility: Facility) -> Iterator[Night]:
    """Begin a night, and let it stand still in the first two parts, with the messages of the others in the queue."""
    with records(facility) as all_of_them:
        night = hospitals.begin(facility)
        all_of_them.wait_for(2)
        until(
            lambda: queue.backlog(queue.NIGHT) == hospitals.parts(facility) - 2,
            "The messages of the other parts are not in the queue.",
        )
        yield night
