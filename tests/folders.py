"""The folder of one test session, and the sweeping of those whose session was killed."""

import fcntl
import json
import shutil
import tempfile
from pathlib import Path
from typing import IO

PREFIX = "himdept tests "  # with a space, on purpose
LOCK = "session.lock"


def new() -> tuple[Path, IO]:
    """A new folder, and the locked file in it that says it is in use, for as long as this process lives."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    return folder, _lock(folder)


def sweep() -> None:
    """Take away what killed sessions left: their folders are locked by nobody."""
    # One without a lock file is just being made.
    for folder in [lock.parent for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{LOCK}")]:
        try:
            lock = _lock(folder)
        except OSError:
            continue  # in use, or somebody else's
        remove(folder)
        lock.close()


def remove(folder: Path) -> None:
    """Take away a session's folder, and the sockets' that belongs to it."""
    try:
        sockets = json.loads((folder / "run" / "sockets.json").read_text())["folder"]
    except (OSError, ValueError, KeyError):
        sockets = None
    if sockets:
        shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _lock(folder: Path) -> IO:
    file = open(folder / LOCK, "w")  # noqa: SIM115 - open for as long as the lock is to hold
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
