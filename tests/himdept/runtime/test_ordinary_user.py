import os
import pwd
import shutil
import stat
import subprocess
import sys

import pytest

from himdept.runtime import places
from himdept.runtime.ordinary_user import OrdinaryUser
from himdept.runtime.places import Trouble

IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root has to become somebody else")


def others_may_enter() -> bool:
    """Whether somebody else can reach the programs of this checkout at all. In CI they must: there it is no excuse."""
    folders = [places.CHECKOUT, *places.CHECKOUT.parents]
    return bool(os.environ.get("CI")) or all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


for_others = pytest.mark.skipif(not others_may_enter(), reason="nobody else may enter the folder of this checkout")

START = """
import os, subprocess, sys
from himdept.runtime.ordinary_user import OrdinaryUser
from himdept.runtime.postgresql import PostgreSQL
server = PostgreSQL(throwaway=True, user=OrdinaryUser(namespaces=sys.argv[1] == "namespace"))
process = server.start()
status = open(f"/proc/{process.pid}/status").read()
print("uid", next(line.split()[1] for line in status.splitlines() if line.startswith("Uid:")), flush=True)
sys.stdin.readline()
server.stop(process)
print("stopped", process.returncode)
"""


def can_make_namespaces() -> bool:
    return OrdinaryUser().in_namespace


@as_root
@pytest.mark.parametrize("way", ["namespace", "switch"])
def test_root_runs_postgresql_in_a_closed_folder_without_opening_it(installation, way):
    if way == "namespace" and not can_make_namespaces():
        pytest.skip("this kernel lets nobody make a user namespace")
    if way == "switch" and not others_may_enter():
        pytest.skip("nobody else may enter the folder of this checkout")
    above = installation.folder.parent
    above.chmod(0o700)
    process = installation.start("-c", START, way)
    said = process.stdout.readline()
    # Seen from outside, root in its namespace is still root; after a switch it is nobody.
    assert said == ("uid 0\n" if way == "namespace" else f"uid {OrdinaryUser(namespaces=False).uid}\n"), (
        process.stderr.read()
    )
    assert installation.query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == (False,)
    assert stat.S_IMODE(above.stat().st_mode) == 0o700
    out, err = process.communicate("\n")
    assert (out, err) == ("stopped 0\n", "")


@as_root
@for_others
def test_data_made_one_way_is_used_the_other_way(installation):
    for way in ("switch", "namespace", "switch") if can_make_namespaces() else ("switch",) * 2:
        process = installation.start("-c", START, way)
        said = process.stdout.readline()
        assert said.startswith("uid"), process.stderr.read()
        assert installation.query("SELECT 1") == (1,)
        process.communicate("\n")


def nameless() -> int:
    return max(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid < 60_000) + 1


@as_root
@for_others
@pytest.mark.parametrize("uid", [OrdinaryUser(namespaces=False).uid, nameless()], ids=["named", "a mere number"])
def test_an_ordinary_user_needs_nothing_of_root(installation, uid):
    if uid == nameless() and not can_make_namespaces():
        pytest.skip("this kernel lets nobody make a user namespace")
    above = installation.folder.parent
    above.chmod(0o755)
    installation.folder.mkdir(mode=0o700)
    os.chown(installation.folder, uid, uid)
    # The Python of the tests may lie in root's closed home: the right to read it is kept, and no other.
    switch = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=+dac_read_search"]
    code = """
import os
from himdept.runtime import lease, places
import psycopg
with lease.hold("postgresql", "valkey", throwaway=True):
    with psycopg.connect(places.database_url("himdept_app")) as connection:
        print(os.geteuid(), connection.execute("SELECT current_user").fetchone()[0])
"""
    done = subprocess.run(
        [shutil.which("setpriv"), *switch, "--ambient-caps=+dac_read_search", sys.executable, "-c", code],
        check=False,
        cwd=places.CHECKOUT,
        env=installation.environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == (f"{uid} himdept_app\n", "")


def test_without_namespaces_and_setpriv_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(Trouble, match="install util-linux"):
        OrdinaryUser(is_root=True, namespaces=False).arguments(["postgres"])


DISK = """
mount -t tmpfs -o size=24m tmpfs "$1" || exit 99
shift
exec "$@"
"""


def test_a_full_disk_is_one_sentence(installation):
    unshare = [shutil.which("unshare"), "--mount", *([] if IS_ROOT else ["--user", "--map-root-user"])]
    installation.folder.mkdir(parents=True)
    command = [sys.executable, "manage.py", "showmigrations"]
    done = subprocess.run(
        [*unshare, "sh", "-c", DISK, "sh", str(installation.folder), *command],
        check=False,
        cwd=places.CHECKOUT,
        env=installation.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if "unshare" in done.stderr or done.returncode == 99:
        pytest.skip("this kernel lets nobody mount a small disk")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"the disk of {installation.folder} is full" in done.stderr
