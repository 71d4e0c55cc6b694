"""Installations of a test's own: commands as a person would start them, in a folder with a space in its name."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from himdept.runtime import places
from himdept.runtime.lease import Door
from tests.himdept.runtime.waiting import wait_until

HOLD = """
import sys
from himdept.runtime import lease
with lease.hold(*sys.argv[1:], throwaway=True):
    print("in", flush=True)
    sys.stdin.readline()
print("out", flush=True)
"""


class Installation:
    """A data folder, and commands that use it. Nothing of the session's own servers is in their environment."""

    def __init__(self, folder: Path, held: ExitStack):
        self.folder = folder
        self.held = held
        named = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "LANG", "LC_ALL"}
        self.environment = {name: value for name, value in os.environ.items() if name not in named}
        self.environment["DATA_DIR"] = str(folder)

    def start(self, *command: str, **options) -> subprocess.Popen:
        """A Python program that runs beside the test; it is killed at the end if it still runs."""
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=places.CHECKOUT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        self.held.enter_context(process)
        self.held.callback(process.kill)
        return process

    def holder(self, *servers: str) -> subprocess.Popen:
        """A command that has come in, and goes out when a line is written to it."""
        process = self.start("-c", HOLD, *(servers or ["postgresql"]))
        said = process.stdout.readline()
        assert said == "in\n", process.stderr.read()
        return process

    def run(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *command],
            check=False,
            cwd=places.CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def query(self, words: str, role: str = "himdept_owner"):
        """The first row of an answer of this installation's database."""
        with psycopg.connect(self.address(role), autocommit=True) as connection:
            cursor = connection.execute(words)
            return cursor.fetchone() if cursor.description else None

    def address(self, role: str) -> str:
        with self.as_places():
            return places.database_url(role)

    def as_places(self) -> pytest.MonkeyPatch.context:
        return _places_of(self.folder)

    def door(self, server: str = "postgresql") -> Door:
        with self.as_places():
            return Door(server)

    def wait_until_stopped(self, server: str = "postgresql"):
        door = self.door(server)
        wait_until(lambda: door.locked_by_nobody("keeper"))


class _places_of:  # noqa: N801 - read as a function
    def __init__(self, folder: Path):
        self.folder = folder

    def __enter__(self):
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("DATA_DIR", str(self.folder))
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            self.patch.delenv(name, raising=False)

    def __exit__(self, *error):
        self.patch.undo()


@pytest.fixture
def installation():
    """A new installation; its servers are stopped and its folders taken away at the end."""
    above = Path(tempfile.mkdtemp(prefix="himdept runtime "))
    with ExitStack() as held:
        one = Installation(above / "the data", held)
        yield one
    for server in ("postgresql", "valkey"):
        one.wait_until_stopped(server)
    with one.as_places():
        shutil.rmtree(places.sockets())
    shutil.rmtree(above)
