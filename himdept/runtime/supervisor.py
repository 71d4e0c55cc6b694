"""Starts programs, starts them again when they crash, and stops all of them together.

Each program is the head of a process group of its own, so that Ctrl-C reaches only the supervisor, which stops them
in order; the kernel stops them should the supervisor be killed.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import places
from .ordinary_user import dies_with_parent
from .places import Trouble

TOO_OFTEN = 5  # crashes of one program
WITHIN = 120  # seconds
LOG_LIMIT = 10 * 2**20  # bytes, at the start of a program


@dataclass
class Program:
    """One program that is to run all the time."""

    name: str
    command: Sequence[str | Path]
    # Seconds that it may take to finish what it is doing before it is hurried, and then again before it is killed.
    patience: float = 20
    process: subprocess.Popen | None = field(default=None, init=False)
    crashes: list[float] = field(default_factory=list, init=False)
    not_before: float = field(default=0, init=False)

    @property
    def log(self) -> Path:
        return places.data() / "log" / f"{self.name}.log"

    def start(self) -> None:
        places.private_folder(self.log.parent)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as log:
            self._said_from = log.tell()
            self.process = subprocess.Popen(
                [str(word) for word in self.command],
                preexec_fn=lambda: dies_with_parent(signal.SIGTERM),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=places.CHECKOUT,
            )

    def last_words(self) -> str:
        with open(self.log, "rb") as log:
            log.seek(self._said_from)
            lines = log.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def signal(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def clear_away(self) -> None:
        """Kill what is left of its group: a head that was killed leaves its workers behind."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Runs programs until it is told to stop. `say` prints one sentence for the person at the terminal."""

    def __init__(self, *, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic):
        self.programs: list[Program] = []
        self.say = say
        self.clock = clock

    def start(self, *programs: Program) -> None:
        for program in programs:
            self.programs.append(program)
            program.start()

    def look(self) -> None:
        """Start again what has crashed, a little later each time; raises Trouble when one keeps crashing."""
        now = self.clock()
        for program in self.programs:
            if program.is_running():
                continue
            if program.process is not None:
                self._note_crash(program, now)
            elif now >= program.not_before:
                program.start()

    def _note_crash(self, program: Program, now: float) -> None:
        code = program.process.returncode
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
        program.clear_away()
        program.process = None
        program.crashes = [at for at in program.crashes if now - at < WITHIN] + [now]
        if len(program.crashes) >= TOO_OFTEN:
            raise Trouble(
                f"{program.name} keeps ending ({how}, {TOO_OFTEN} times within {WITHIN} seconds), "
                f"so everything is stopped. Its last words: {program.last_words()} (log: {program.log})"
            )
        wait = 2 ** (len(program.crashes) - 1)
        program.not_before = now + wait
        self.say(f"{program.name} ended by itself ({how}); starting it again in {wait} s. Its log: {program.log}")

    def stop(self) -> None:
        """Ask all to finish, hurry those that do not (Celery then gives unfinished work back), kill the rest."""
        try:
            for number in (signal.SIGTERM, signal.SIGQUIT):
                for program in self.programs:
                    program.signal(number)
                began = time.monotonic()
                while any(p.is_running() and time.monotonic() - began < p.patience for p in self.programs):
                    time.sleep(0.05)
        finally:
            for program in self.programs:
                program.clear_away()
