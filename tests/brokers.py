"""A broker of a test's own, which may be stopped, frozen and filled without anybody else's losing theirs."""

import os
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import celery
import pytest
import redis
from celery import current_app

from himdept.common.queue import Lost
from himdept.runtime.ordinary_user import dies_with_parent
from himdept.runtime.valkey import BINARY
from tests.workers import until


class OwnBroker:
    """A Valkey on a socket in a folder of the test's."""

    def __init__(self, folder: Path):
        self.socket = folder / "own.sock"
        self.url = f"redis+socket://{self.socket}"
        self.process = None

    def start(self):
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--maxmemory-policy", "noeviction"]
        self.process = subprocess.Popen(
            [BINARY, *options],
            preexec_fn=lambda: dies_with_parent(signal.SIGKILL),
            stdout=subprocess.DEVNULL,
        )
        until(self.socket.exists, "The broker did not start.")

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket))

    def freeze(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.socket.unlink(missing_ok=True)


@contextmanager
def asked(broker: OwnBroker):
    """Let this process publish to `broker`, as a program does that was started with its address."""
    usual, app = current_app._get_current_object(), celery.Celery("himdept")
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = broker.url
    app.set_current()
    try:
        yield
    finally:
        usual.set_current()
        app.close()
        Lost.leave_alone_until = 0.0  # it was another broker that failed


@pytest.fixture
def no_worker(quiet_broker):
    """A broker that this process publishes to and nobody takes anything from: a client for looking into it."""
    with asked(quiet_broker), quiet_broker.client() as client:
        client.flushdb()
        yield client
