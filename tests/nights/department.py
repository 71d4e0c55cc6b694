"""What works at night: a broker, a worker of all queues, and beat, each a real program that a test may end."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from celery.beat import PersistentScheduler

from compliance.models import WorkerSeen
from himdept.celery import app
from himdept.common.queue import QUEUES
from himdept.runtime import places, programs
from himdept.runtime.ordinary_user import dies_with_parent
from tests.brokers import OwnBroker
from tests.nights.hospitals import PART
from tests.workers import Worker, until


class Department:
    """A broker of its own, and a worker that takes its work from there; beat only where a test starts it."""

    def __init__(self, folder: Path):
        self.broker, self.beat, self.files = OwnBroker(folder), Beat(folder), folder / "files"
        self.broker.start()
        own = {"REDIS_URL": self.broker.url, "MEDIA_ROOT": str(self.files), "AUDIT_SHARD_SIZE": str(PART)}
        own["LOG_LEVEL"] = "INFO"
        self.worker = Worker(folder, "--include=tests.nights.greedy", name="night", **own)

    def open(self):
        """See to it that broker and worker are there, and that nothing of another test is left."""
        if self.broker.process is None:
            self.broker.start()
        with self.broker.client() as client:
            client.flushdb()
        if not self.worker.is_running():
            self.worker.start()

    def close(self):
        self.beat.kill()
        self.worker.stop()
        self.broker.stop()

    @contextmanager
    def back_at_work(self) -> Iterator[None]:
        """Do what lets the worker have its broker again, and wait until it has: it says so as it takes up its work."""
        WorkerSeen.objects.all().delete()
        yield
        until(
            lambda: set(QUEUES) <= set(WorkerSeen.objects.values_list("queue", flat=True)),
            "The worker does not take work again.",
        )


class Beat:
    """Celery's beat as `up` starts it. It finds that its last tick was two minutes ago, and so ticks as it starts."""

    def __init__(self, folder: Path):
        self.schedule, self.log = folder / "schedule", folder / "beat.log"
        self.process: subprocess.Popen | None = None

    def start(self, broker: OwnBroker):
        self.let_minutes_pass()
        options = [f"--schedule={self.schedule}", "--loglevel=INFO"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*programs.beat().command, *options],
                preexec_fn=lambda: dies_with_parent(signal.SIGKILL),
                cwd=places.CHECKOUT,
                env=os.environ | {"REDIS_URL": broker.url},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def let_minutes_pass(self):
        """Write into the schedule that beat keeps that it has not run for two minutes."""
        scheduler = PersistentScheduler(app, schedule_filename=str(self.schedule))
        for entry in scheduler.schedule.values():
            entry.last_run_at = datetime.now(UTC) - timedelta(minutes=2)
        scheduler.close()

    def kill(self):
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None
