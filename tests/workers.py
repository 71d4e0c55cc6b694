"""Real Celery workers for tests, on the test's own database and queue; and waiting for what they do."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from compliance.nightly.models import WorkerSeen
from himdept.common.queue import QUEUES
from himdept.runtime import places, programs
from himdept.runtime.ordinary_user import dies_with_parent


def until(condition, sentence: str | Callable[[], str], *, every: float = 0.05):
    """Look again and again, for two minutes, until `condition()` is true; fails with the sentence if it never is."""
    for _ in range(int(120 / every)):
        if found := condition():
            return found
        time.sleep(every)
    raise AssertionError(sentence if isinstance(sentence, str) else sentence())


class Worker:
    """The worker that `up` starts, but with all the queues, in a process group of its own."""

    def __init__(self, folder: Path, *options: str, name: str = "test", **environment: str):
        self.name, self.log = f"{name}@himdept", folder / f"{name}.log"
        self.options, self.environment = options, environment
        self.start()

    def start(self):
        # Of an option that is given twice the last one holds.
        options = [
            f"--hostname={self.name}",
            "--concurrency=2",
            "--loglevel=INFO",
            "--without-heartbeat",
            *self.options,
        ]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                programs.worker(",".join(QUEUES), *options).command,
                # A session that is killed leaves none behind.
                preexec_fn=lambda: dies_with_parent(signal.SIGKILL),
                cwd=places.CHECKOUT,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def children(self) -> list[int]:
        """The processes of its pool."""
        number = self.process.pid
        return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]

    def is_running(self) -> bool:
        return self.process.poll() is None

    def wait_until_there(self):
        until(
            lambda: (
                WorkerSeen.objects.filter(name__startswith=self.name).count() == len(QUEUES) or not self.is_running()
            ),
            "The worker did not say that it is there.",
        )
        assert self.is_running(), self.said

    def restart(self):
        """Kill it as it stands and start another one of its name."""
        self.stop()
        WorkerSeen.objects.all().delete()
        self.start()
        self.wait_until_there()

    def stop(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="session")
def kept_worker(django_db_setup, tmp_path_factory):
    """Where the session's worker is kept: to start one takes seconds."""
    kept: list[Worker] = []
    yield kept, tmp_path_factory.mktemp("worker")
    for worker in kept:
        worker.stop()


@pytest.fixture
def worker(transactional_db, broker, kept_worker) -> Worker:
    """A worker of all queues that cuts audits into small parts. The same for all tests, unless one ended it."""
    kept, folder = kept_worker
    if not (kept and kept[-1].is_running()):
        kept.append(Worker(folder, name=f"test-{len(kept)}", AUDIT_SHARD_SIZE="30"))
        kept[-1].wait_until_there()
    return kept[-1]
