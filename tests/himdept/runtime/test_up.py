"""`manage.py up` beside the session's servers, on the worker's own database."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from himdept.runtime import places
from staff.models import User
from tests.himdept.runtime.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc for who is whose child"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists() or Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] == "Z"


class Up:
    """A running `up`, whose words can be read line by line."""

    def __init__(self, environment):
        self.environment = environment
        self.port = free_port()

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", f"--port={self.port}"],
            cwd=places.CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.read()
        self.process.wait()
        self.process.stdout.close()

    def read_until(self, beginning: str) -> list[str]:
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip())
            if line.startswith(beginning):
                return lines
        raise AssertionError("it ended and said: " + "\n".join(lines))

    def programs(self) -> dict[str, int]:
        kinds = {
            "granian": "web",
            "=interactive": "interactive",
            "=night": "night",
            "=sweeper": "sweeper",
            " beat ": "beat",
        }
        lines = {pid: command_line(pid) for pid in children(self.process.pid)}
        return {kind: pid for mark, kind in kinds.items() for pid, line in lines.items() if mark in line}


SERVERS = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}


@pytest.fixture
def environment(tmp_path):
    return os.environ | {"DATA_DIR": str(tmp_path / "the data")}


def run(environment, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", "up", *arguments],
        check=False,
        cwd=places.CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_it_brings_up_everything_and_ctrl_c_stops_everything(environment, settings):
    with Up(environment) as up:
        lines = up.read_until("ready ")
        assert lines[-1] == f"ready http://127.0.0.1:{up.port}/"
        steps = ["Preparing the database ...", "Checking the installation", "Waiting for the first page ..."]
        assert [line for line in lines if line.startswith(tuple(steps))] == [
            "Preparing the database ...",
            "Checking the installation, and loading the rules and the standards ...",
            "Waiting for the first page ...",
        ]
        assert all(line.isprintable() for line in lines)
        name, password, *_ = lines[-2].split()
        assert name == "admin"
        administrator = User.objects.get()
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
        assert administrator.check_password(password)
        assert administrator.must_change_password
        with urllib.request.urlopen(f"http://127.0.0.1:{up.port}/") as page:
            assert page.status == 200
        programs = up.programs()
        assert set(programs) == {"web", "interactive", "night", "sweeper", "beat"}
        family = [*programs.values(), *(child for pid in programs.values() for child in children(pid))]
        up.process.send_signal(signal.SIGINT)
        assert up.read_until("Stopped.")
        up.process.wait()
        assert up.process.returncode == 0
        assert [pid for pid in family if not is_gone(pid)] == []


def test_a_crashed_program_comes_back_and_a_second_start_is_refused(environment):
    with Up(environment) as up:
        up.read_until("ready ")
        beat = wait_until(lambda: up.programs().get("beat"))
        os.kill(beat, signal.SIGKILL)
        assert up.read_until("beat ended by itself (signal SIGKILL); starting it again")
        wait_until(lambda: up.programs().get("beat", beat) != beat)
        second = run(environment, "--port", str(free_port()))
        assert second.returncode == 1
        assert second.stderr == (
            f"manage.py up: himdept already runs from {environment['DATA_DIR']} (process {up.process.pid}, "
            f"http://127.0.0.1:{up.port}/); stop that one first.\n"
        )
        assert up.process.poll() is None


def test_a_killed_up_leaves_no_program_behind(environment):
    with Up(environment) as up:
        up.read_until("ready ")
        wait_until(lambda: len(up.programs()) == 5)
        family = [child for pid in (up.process.pid, *children(up.process.pid)) for child in children(pid)]
        up.process.kill()
        wait_until(lambda: all(is_gone(pid) for pid in family))


def test_a_taken_port_is_one_sentence(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(environment, "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"manage.py up: Port {port} is taken by another program; choose another with --port.\n"


def test_a_port_that_cannot_be_is_one_sentence(environment):
    done = run(environment, "--port", "70000")
    assert done.returncode == 1
    assert done.stderr == "manage.py up: --port must be between 1 and 65535, not 70000.\n"


def test_any_command_may_be_the_first_on_a_new_machine(environment):
    done = subprocess.run(
        [sys.executable, "manage.py", "audit", "--json"],
        check=True,
        cwd=places.CHECKOUT,
        env={name: value for name, value in environment.items() if name not in SERVERS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["records"] == 0
    assert "Preparing the database" in done.stderr
