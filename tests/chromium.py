"""A Chromium for the tests in a browser: found, else installed; never skipped, or pages would go untested."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoBrowser(Exception):
    """Says what was tried, and what a person can do."""


def executable(playwrights: str) -> str:
    """The path of a browser: named by CHROMIUM, else the machine's, else `playwrights`, else installed by apt.

    `playwrights` is where Playwright would keep its own, there or not. Raises NoBrowser if there is none in the end.
    """
    return found(playwrights) or installed(playwrights)


def found(playwrights: str) -> str | None:
    """A browser that is already there."""
    named = os.environ.get("CHROMIUM")
    if named and not shutil.which(named):
        raise NoBrowser(f"CHROMIUM names {named}, and that is no program.")
    return next((path for path in map(shutil.which, [named or "", *NAMES, playwrights]) if path), None)


def installed(playwrights: str) -> str:
    """Install one by apt, as root or by sudo without a password; else have Playwright fetch its own."""
    said = []
    with open(Path(tempfile.gettempdir()) / f"himdept-chromium-{os.getuid()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of one session install it once
        for command in _ways():
            if path := found(playwrights):
                return path
            done = subprocess.run(
                command,
                check=False,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                last = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
                said.append(f"{' '.join(command)}: {last}")
        if path := found(playwrights):
            return path
    raise NoBrowser(
        "No Chromium is there and none could be installed; name one: CHROMIUM=/path/to/chromium.\n" + "\n".join(said)
    )


def _ways() -> list[list[str]]:
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and all(map(shutil.which, become_root[:1])):
        apt = [*become_root, "apt-get"]
        ways = [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", "chromium"], *ways]
    return ways
