import os
import signal
import subprocess
import sys

import pytest

from himdept.runtime import places
from himdept.runtime.places import Trouble
from himdept.runtime.supervisor import TOO_OFTEN, Program, Supervisor
from tests.himdept.runtime.waiting import wait_until


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "the data"))


@pytest.fixture
def said():
    return []


class Clock:
    """Stands still, or goes on by so many seconds each time it is looked at."""

    def __init__(self):
        self.now, self.step = 0, 0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def supervisor(said, clock):
    supervisor = Supervisor(say=said.append, clock=clock)
    yield supervisor
    for program in supervisor.programs:
        program.clear_away()


def program(code, name="program", **options):
    return Program(name, [sys.executable, "-c", code], **options)


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


STAYS = "import sys; print('here', flush=True); sys.stdin.close(); import signal; signal.pause()"


def wait_for_first_word(program):
    wait_until(lambda: "here" in program.log.read_text())


def look_after_each_end(supervisor, program):
    if program.process:
        program.process.wait()
    supervisor.look()


def test_a_program_that_crashed_is_started_again_and_one_sentence_says_so(supervisor, said, clock):
    one = program(STAYS, "web")
    supervisor.start(one)
    os.kill(one.process.pid, signal.SIGKILL)
    look_after_each_end(supervisor, one)
    assert said == [f"web ended by itself (signal SIGKILL); starting it again in 1 s. Its log: {one.log}"]
    supervisor.look()
    assert not one.is_running()  # not yet
    clock.now = 1
    supervisor.look()
    assert one.is_running()


def test_a_program_that_keeps_crashing_ends_in_one_sentence_with_its_last_words(supervisor, said, clock):
    one = program("raise SystemExit('the port is gone')", "web")
    supervisor.start(one)
    clock.step = 10
    while len(said) < TOO_OFTEN - 1:
        look_after_each_end(supervisor, one)
    supervisor.look()
    with pytest.raises(Trouble, match=r"web keeps ending \(exit 1, 5 times .* last words: the port is gone \(log: "):
        look_after_each_end(supervisor, one)


def test_crashes_long_ago_are_forgiven(supervisor, said, clock):
    one = program("raise SystemExit(3)")
    supervisor.start(one)
    clock.step = 200
    while len(said) < 2 * TOO_OFTEN:
        look_after_each_end(supervisor, one)
    assert all("in 1 s" in sentence for sentence in said)


def test_stopping_takes_grandchildren_along(supervisor):
    code = (
        f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {STAYS!r}]).pid, flush=True); " + STAYS
    )
    one = program(code)
    supervisor.start(one)
    wait_until(lambda: one.log.read_text().count("here") == 2)
    grandchild = int(one.log.read_text().split()[0])
    supervisor.stop()
    wait_until(lambda: is_gone(grandchild))
    assert not one.is_running()


def test_what_does_not_listen_is_hurried_and_then_killed(supervisor):
    deaf = program(f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAYS}", "deaf", patience=0)
    stubborn = program(
        "import signal; [signal.signal(n, signal.SIG_IGN) for n in (signal.SIGTERM, signal.SIGQUIT)]; " + STAYS,
        "stubborn",
        patience=0,
    )
    supervisor.start(deaf, stubborn)
    wait_for_first_word(deaf)
    wait_for_first_word(stubborn)
    supervisor.stop()
    assert stubborn.process.returncode == -signal.SIGKILL
    assert deaf.process.returncode in {-signal.SIGQUIT, -signal.SIGKILL}


def test_a_killed_supervisor_leaves_nobody_behind(tmp_path):
    code = f"""
import sys
from himdept.runtime.supervisor import Program, Supervisor
supervisor = Supervisor(say=print)
supervisor.start(Program("left", [sys.executable, "-c", {STAYS!r}]))
print(supervisor.programs[0].process.pid, flush=True)
sys.stdin.readline()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=places.CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as supervising:
        pid = int(supervising.stdout.readline())
        supervising.kill()
    wait_until(lambda: is_gone(pid))


def test_a_programs_log_is_put_aside_when_it_has_grown_large(supervisor, monkeypatch):
    monkeypatch.setattr("himdept.runtime.supervisor.LOG_LIMIT", 10)
    one = program("print('here')")
    places.private_folder(one.log.parent)
    one.log.write_text("more than ten bytes")
    supervisor.start(one)
    one.process.wait()
    assert one.log.read_text() == "here\n"
    assert one.log.with_suffix(".log.1").read_text() == "more than ten bytes"
