"""PostgreSQL refuses to run as root; this runs it as an ordinary user, wherever the data folder lies.

First choice is a user namespace of its own, in which root is an ordinary user: nothing changes owner or mode, and
a closed folder above the data stays closed. Where the kernel forbids that (many containers do) the process becomes
`nobody`, keeping only the right to pass closed folders. The namespace also helps users whom /etc/passwd does not
know (containers started with a mere number), for initdb insists on a name.
"""

import contextlib
import ctypes
import functools
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .places import Trouble

PR_SET_PDEATHSIG = 1


def dies_with_parent(how: signal.Signals) -> None:
    """Called in a new child: have the kernel send it `how` as soon as the process that started it is gone.

    Linux only; elsewhere the locks in `lease` are what cleans up.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)


@functools.cache
def _somebody() -> int:
    """The number of a user with a name, other than root."""
    return next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid)


def _has_a_name(uid: int) -> bool:
    return any(entry.pw_uid == uid for entry in pwd.getpwall())


def _enter_namespace(uid: int) -> None:
    outside = os.geteuid()
    os.unshare(os.CLONE_NEWUSER)
    Path("/proc/self/uid_map").write_text(f"{uid} {outside} 1\n")


@functools.cache
def _namespaces_work() -> bool:
    program, uid = shutil.which("true"), _somebody()
    if not hasattr(os, "unshare") or program is None:
        return False

    def enter():
        _enter_namespace(uid)
        if os.geteuid() != uid:  # what PostgreSQL asks first; a kernel may allow the namespace and refuse the mapping
            raise OSError("still the same user")

    try:
        return subprocess.run([program], check=False, preexec_fn=enter, capture_output=True).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


class OrdinaryUser:
    """As whom the embedded PostgreSQL runs on this machine."""

    def __init__(self, *, is_root: bool | None = None, namespaces: bool | None = None):
        self.is_root = os.geteuid() == 0 if is_root is None else is_root
        wanted = self.is_root or not _has_a_name(os.geteuid())
        self.in_namespace = wanted and (_namespaces_work() if namespaces is None else namespaces)

    @property
    def uid(self) -> int:
        if self.is_root and not self.in_namespace:
            return pwd.getpwnam("nobody").pw_uid
        return os.geteuid()

    def arguments(self, command: Sequence[str | Path], dies_by: signal.Signals | None = None) -> list[str]:
        """The command line that runs `command` as this user."""
        words = [str(word) for word in command]
        if self.in_namespace or not self.is_root:
            return words
        setpriv = shutil.which("setpriv")
        if not setpriv:
            raise Trouble("PostgreSQL does not run as root: install util-linux (setpriv), or start as another user.")
        switch = [setpriv, f"--reuid={self.uid}", f"--regid={pwd.getpwnam('nobody').pw_gid}", "--clear-groups"]
        pass_closed_folders = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        # A change of user forgets the signal that was asked for before it.
        dies = [f"--pdeathsig={dies_by.name.removeprefix('SIG')}"] if dies_by else []
        return [*switch, *pass_closed_folders, *dies, "--", *words]

    def in_child(self, dies_by: signal.Signals | None = None) -> Callable[[], None]:
        """What the child does between fork and exec."""

        somebody = _somebody()

        def prepare():
            if self.in_namespace:
                _enter_namespace(somebody)
            if dies_by:
                dies_with_parent(dies_by)

        return prepare

    def own(self, folder: Path) -> None:
        """Give `folder` and what is in it to this user; only root can, and only inside the data folder is it done."""
        if not self.is_root or folder.stat().st_uid == self.uid:
            return
        for path in [folder, *folder.rglob("*")]:
            with contextlib.suppress(FileNotFoundError):
                os.chown(path, self.uid, -1, follow_symlinks=False)

    def run(self, command: Sequence[str | Path], **options) -> subprocess.CompletedProcess:
        """Run a short program of PostgreSQL to its end; its words are the caller's to read."""
        return subprocess.run(
            self.arguments(command),
            preexec_fn=self.in_child(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env=plain_environment(),
            **options,
        )


def plain_environment() -> dict[str, str]:
    """The environment of the servers: English messages, UTC, no PG* variable of the person who starts them."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
