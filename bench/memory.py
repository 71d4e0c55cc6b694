"""How much memory processes take at most, watched from outside."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

EVERY = 0.1  # seconds


class Watch:
    """Looks at processes again and again while the block runs; `peak` is in MiB.

    Of a worker its resident memory counts, of PostgreSQL's processes what is their own: the shared buffers would be
    counted in each of them. Where the system does not tell (anywhere but on Linux), it is 0.
    """

    def __init__(self, pids: Callable[[], Iterable[int]], *, field: str, largest: bool = False):
        self.peak = 0.0
        self._pids, self._field, self._sum = pids, field, max if largest else sum
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *problem):
        self._done.set()
        self._thread.join()

    def _look(self):
        while True:
            self.peak = max(self.peak, self._sum([_mebibytes(pid, self._field) for pid in self._pids()] or [0.0]))
            if self._done.wait(EVERY):
                return


def resident_of(pids: Callable[[], Iterable[int]]) -> Watch:
    """The largest of some processes."""
    return Watch(pids, field="VmRSS", largest=True)


def private_to_postgresql(postmaster: int) -> Watch:
    """The sum over PostgreSQL's processes."""
    return Watch(lambda: children(postmaster), field="RssAnon")


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _mebibytes(pid: int, field: str) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) / 1024
    return 0.0
