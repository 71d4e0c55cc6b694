"""The program's side: real workers, broker and bookkeeping, as `up` runs them."""

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from bench import memory, processor
from compliance.nightly.models import WorkerSeen
from himdept.runtime import places, programs
from himdept.runtime.places import Trouble
from himdept.runtime.supervisor import Supervisor
from records.completeness import tasks
from records.completeness.models.runs import State

WORKERS = ("worker-interactive", "worker-night")
PATIENCE = 180  # seconds for a worker to be there


@dataclass(frozen=True)
class Measured:
    """How long something took by the clock and of the processors' time; the most memory that it needed, in MiB."""

    seconds: float
    processor: float = 0
    worker: float = 0
    database: float = 0


class Engine:
    """The workers that begin an audit and judge its shards."""

    def __init__(self, supervisor: Supervisor):
        self._supervisor = supervisor

    def night(self, as_of: datetime, *, full: bool = False) -> Measured:
        """Ask for an audit as a person or the night does, and wait until it is finished."""
        with memory.resident_of(self._pool) as worker, memory.private_to_postgresql(postmaster()) as database:
            began, spent = time.perf_counter(), processor.spent(self._heads())
            run = tasks.start_and_tell(as_of=as_of, full=full)
            while run.state in (State.QUEUED, State.RUNNING):
                # A hundredth of the time that it has taken: finer would cost more than it tells.
                time.sleep(min(0.05, 0.002 + (time.perf_counter() - began) / 100))
                self._supervisor.look()
                run.refresh_from_db(fields=["state"])
            seconds, spent = time.perf_counter() - began, processor.spent(self._heads()) - spent
        run.refresh_from_db()
        if run.state == State.FAILED or not run.written:
            raise Trouble(f"The audit as of {as_of} failed: {run.error or 'it wrote nothing'}")
        return Measured(seconds, spent, worker.peak, database.peak)

    def _pool(self) -> list[int]:
        heads = [p.process.pid for p in self._supervisor.programs if p.name == "worker-night" and p.process]
        return [child for head in heads for child in memory.children(head)]

    def _heads(self) -> list[int]:
        return [postmaster(), *(p.process.pid for p in self._supervisor.programs if p.process)]


@contextmanager
def running():
    """The workers, from when they have said that they are there."""
    WorkerSeen.objects.all().delete()
    with ExitStack() as held:
        supervisor = Supervisor(say=_complain)
        held.callback(supervisor.stop)
        supervisor.start(*(p for p in programs.all_of_them("127.0.0.1", 0) if p.name in WORKERS))
        deadline = time.monotonic() + PATIENCE
        while WorkerSeen.objects.count() < len(WORKERS):
            supervisor.look()
            if time.monotonic() > deadline:
                raise Trouble(f"The workers did not start within {PATIENCE} seconds; see {places.data() / 'log'}.")
            time.sleep(0.05)
        yield Engine(supervisor)


def postmaster() -> int:
    """The number of PostgreSQL's first process."""
    return int((places.data() / "postgresql" / "postmaster.pid").read_text().split("\n", 1)[0])


def _complain(sentence: str):
    raise Trouble(sentence)
