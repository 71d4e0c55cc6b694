"""How commands share the embedded servers: the first in starts them, the last out stops them.

Each server has a *keeper* (a process of its own, see `keeper`) and three files that are locked, never trusted by
their content. The kernel lets go of a lock when its process ends, however it ends:

- `holders`: locked shared by every command that uses the server. A keeper that gets it exclusively knows that
  nobody is left, killed commands included.
- `keeper`: locked by the keeper for as long as its server runs; what it last said is in `state.json`.
- `guard`: locked while somebody comes in or goes out, so that nobody comes in while the last goes out.
"""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from . import places
from .places import Trouble

PRODUCTS = {"postgresql": "PostgreSQL", "valkey": "Valkey"}
PATIENCE = 320  # seconds; a little more than the servers' own

# These need neither the database nor the broker.
NEEDS_NOTHING = {"help", "version", "--help", "-h", "--version", "collectstatic", "compilemessages", "makemessages"}


class Door:
    """The files by which the users of one server and its keeper know of each other."""

    def __init__(self, server: str):
        self.server = server
        self.folder = places.private_folder(places.data() / "run" / server)

    def lock(self, name: str, how: int, *, patience: float = PATIENCE, waiting_for: str = "") -> int:
        """Lock one of the files and return its descriptor; closing it unlocks. Raises Trouble after `patience`."""
        path = self.folder / name
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Trouble(f"{path} cannot be opened: {error.strerror}.") from error
        deadline = time.monotonic() + patience
        while not _try_lock(descriptor, how):
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise Trouble(f"Waited {PATIENCE} seconds for {waiting_for or path}.")
            time.sleep(0.02)
        return descriptor

    def locked_by_nobody(self, name: str) -> bool:
        try:
            os.close(self.lock(name, fcntl.LOCK_EX, patience=0))
        except Trouble:
            return False
        return True

    def say(self, **state: object) -> None:
        """The keeper's word to those who wait for it."""
        beside = self.folder / "state.json.new"
        beside.write_text(json.dumps(state | {"keeper": os.getpid()}))
        beside.replace(self.folder / "state.json")

    def state(self) -> dict:
        try:
            return json.loads((self.folder / "state.json").read_text())
        except (OSError, ValueError):
            return {}


def _try_lock(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            return False
        raise
    return True


@contextmanager
def hold(*names: str, throwaway: bool = False) -> Iterator[None]:
    """Keep embedded servers running while the block runs: start them if need be, stop them if nobody else is left.

    `throwaway` is for tests: their data need not survive a power failure. Raises Trouble if one does not start.
    """
    doors = [Door(name) for name in names]
    with ExitStack() as held:
        with ExitStack() as guards:
            for door in doors:
                others = f"another command that starts or stops the embedded {door.server}"
                guards.callback(os.close, door.lock("guard", fcntl.LOCK_EX, waiting_for=others))
                holding = door.lock("holders", fcntl.LOCK_SH, waiting_for=f"the embedded {door.server} to stop")
                held.callback(_let_go, door, holding, guards)
                _see_a_keeper(door, throwaway)
            for door in doors:
                _wait_until_ready(door, throwaway)
        yield


def _see_a_keeper(door: Door, throwaway: bool) -> None:
    if not door.locked_by_nobody("keeper"):
        return
    with suppress(FileNotFoundError):
        (door.folder / "state.json").unlink()
    log = places.private_folder(places.data() / "log") / "keeper.log"
    with open(log, "ab") as file:
        said = file.tell()
        # It leaves a child behind, which has the lock, and ends: the keeper is nobody's child, for others may still
        # use the server when this command is long gone.
        done = subprocess.run(
            [sys.executable, "-m", "himdept.runtime.keeper", door.server, *(["--throwaway"] if throwaway else [])],
            check=False,
            start_new_session=True,  # Ctrl-C in a terminal is for the command
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=places.CHECKOUT,
            env=os.environ | {"DATA_DIR": str(places.data()), "PYTHONPATH": str(places.CHECKOUT)},
        )
    if done.returncode:
        last = log.read_bytes()[said:].decode(errors="replace").splitlines() or ["it said nothing"]
        raise Trouble(f"The keeper of the embedded {door.server} did not start: {last[-1]}")


def _wait_until_ready(door: Door, throwaway: bool) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        state = door.state()
        if state.get("ready"):
            return
        if "trouble" in state:
            raise Trouble(state["trouble"])
        if state.get("stopping"):
            _see_a_keeper(door, throwaway)  # as soon as the one that was told to go has gone
        elif door.locked_by_nobody("keeper"):
            if places.disk_is_full():
                raise Trouble(f"The disk of {places.data()} is full.")
            raise Trouble(f"The keeper of the embedded {door.server} ended; see {places.data() / 'log' / 'keeper.log'}")
        time.sleep(0.02)
    raise Trouble(f"The embedded {door.server} did not start within {PATIENCE} seconds.")


def _let_go(door: Door, holding: int, guards: ExitStack) -> None:
    with ExitStack() as held:
        held.callback(os.close, holding)
        guards.close()  # still ours if coming in was cut short
        held.callback(os.close, door.lock("guard", fcntl.LOCK_EX))
        # Under the guard nobody comes in: to get the lock exclusively is to be the last.
        if not _try_lock(holding, fcntl.LOCK_EX):
            return
        with suppress(KeyError, ProcessLookupError):
            os.kill(door.state()["keeper"], signal.SIGTERM)
        # Let go before waiting: should the signal be lost, the keeper sees for itself that nobody is left.
        fcntl.flock(holding, fcntl.LOCK_UN)
        os.close(door.lock("keeper", fcntl.LOCK_EX, waiting_for=f"the embedded {door.server} to stop"))


def ours() -> list[str]:
    """The embedded servers that this environment uses: those that no DATABASE_URL or REDIS_URL replaces."""
    wanted = {"postgresql": places.is_embedded(), "valkey": places.has_embedded_broker()}
    return [name for name, is_ours in wanted.items() if is_ours]


@contextmanager
def servers(*, throwaway: bool = False) -> Iterator[None]:
    """Hold the embedded servers that this environment uses."""
    with hold(*ours(), throwaway=throwaway):
        yield


@contextmanager
def for_command(arguments: Sequence[str]) -> Iterator[None]:
    """Hold the embedded servers for a command line, if it needs them; Trouble becomes a sentence and exit code 1."""
    command = next(iter(arguments[1:]), "help")
    needs_them = command not in NEEDS_NOTHING and not {"--help", "-h"} & set(arguments)
    try:
        with ExitStack() as held:
            if needs_them:
                _end_cleanly_on_sigterm()
                if command == "up" and (names := ours()):
                    # The first thing that it says: on a new machine the next comes some seconds later.
                    print(f"Starting {' and '.join(PRODUCTS[name] for name in names)} ...", flush=True)
                held.enter_context(servers())
            yield
    except Trouble as trouble:
        print(f"{Path(arguments[0]).name} {command}: {trouble}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _end_cleanly_on_sigterm() -> None:
    # The default would end the process without letting go in order; commands may still set their own.
    def leave(number, frame):
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
