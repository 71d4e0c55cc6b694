"""For how long programs kept processors busy: unlike time by the clock, that hardly depends on who else is there."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bench.memory import children

TICK = os.sysconf("SC_CLK_TCK")


def spent(heads: Iterable[int]) -> float:
    """The seconds that these processes and all that they have started have spent so far, on all processors together.

    What has ended counts with whoever waited for it. Where the system does not tell (anywhere but on Linux), it is 0.
    """
    return sum(_of(pid) + spent(children(pid)) for pid in heads)


def _of(pid: int) -> float:
    with suppress(OSError):
        # After the name, which may hold anything: state is the third field, the four times are 14 to 17.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICK
    return 0.0
