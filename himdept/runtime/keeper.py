"""The process that runs one embedded server for as long as any command uses it (see `lease`).

python -m himdept.runtime.keeper postgresql|valkey [--throwaway]
"""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

from . import lease
from .places import Trouble

TOO_OFTEN = 5  # crashes within TOO_LONG_AGO seconds of each other
TOO_LONG_AGO = 120


class ToldToStop:
    """Whether a signal has said that it is time to stop.

    A pipe, because a signal breaks into whatever step is being taken: an Event that is just looked at is locked, and to
    set it then waits for itself for ever.
    """

    def __init__(self, *numbers: int):
        self._read, self._write = os.pipe()
        for number in numbers:
            signal.signal(number, self._hear)

    def _hear(self, number, frame):
        os.write(self._write, b".")

    def wait(self, seconds: float) -> bool:
        """Wait for it, at most so long."""
        return bool(select.select([self._read], [], [], seconds)[0])


def _server(name: str, *, throwaway: bool):
    if name == "postgresql":
        from .postgresql import PostgreSQL

        return PostgreSQL(throwaway=throwaway)
    from .valkey import Valkey

    return Valkey(throwaway=throwaway)


def keep(name: str, *, throwaway: bool) -> int:
    """Start the server, say that it is ready, start it again if it crashes, stop it when nobody is left.

    Comes back twice: at once in the process that was called, and at the end in the child that goes on.
    """
    door = lease.Door(name)
    try:
        ours = door.lock("keeper", fcntl.LOCK_EX, patience=2)
    except Trouble:
        return 0  # another keeper was faster
    parents_end, childs_end = os.pipe()
    if os.fork():  # the lock is the child's, too
        os.close(childs_end)
        os.read(parents_end, 1)  # whoever waits for this process may stop the child: it must have said who it is
        return 0
    told_to_stop = ToldToStop(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    door.say(starting=True)
    os.close(parents_end)
    os.close(childs_end)
    try:
        server = _server(name, throwaway=throwaway)
        process = server.start()
        door.say(ready=True, server=process.pid)
        left_by_all = _watch(door, server, process, told_to_stop)
    except Trouble as trouble:
        door.say(trouble=str(trouble))
        return 1
    # First the keeper's lock: who waits at the door must find no keeper, and start one.
    os.close(ours)
    if left_by_all is not None:
        os.close(left_by_all)
    return 0


def _watch(door: lease.Door, server, process: subprocess.Popen, told_to_stop: ToldToStop) -> int | None:
    crashes: list[float] = []
    left_by_all = None
    while not told_to_stop.wait(0.25):
        # Only a command that was killed leaves this to us; the others send SIGTERM. Kept locked until all is stopped:
        # a command that comes now must wait.
        with suppress(Trouble):
            left_by_all = door.lock("holders", fcntl.LOCK_EX, patience=0)
            break
        if process.poll() is None:
            continue
        crashes = [at for at in crashes if time.monotonic() - at < TOO_LONG_AGO] + [time.monotonic()]
        _note(f"{server.title} ended by itself (exit {process.returncode}).")
        if len(crashes) >= TOO_OFTEN:
            raise Trouble(f"{server.title} ended {TOO_OFTEN} times in {TOO_LONG_AGO} seconds; its log: {server.log}")
        process = server.start()
        _note(f"{server.title} was started again.")
        door.say(ready=True, server=process.pid)
    door.say(stopping=True)
    server.stop(process)
    return left_by_all


def _note(sentence: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ} {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1], throwaway="--throwaway" in sys.argv))
