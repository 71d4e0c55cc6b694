"""`manage.py up`: everything, on this machine, until Ctrl-C."""

import errno
import fcntl
import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections

from himdept.common.progress import Progress
from himdept.runtime import lease, places, programs
from himdept.runtime.places import Trouble
from himdept.runtime.supervisor import Supervisor

HOST = "127.0.0.1"
ENCOUNTERS = 3_000  # of the demonstration
PATIENCE = 180  # seconds for the first page; a slow machine may take one


class Command(BaseCommand):
    help = "Start the program: database, broker, web, workers and clock. Ctrl-C stops all that it started."
    requires_system_checks = ()  # they need a migrated database; run below

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="with a demonstration hospital and its people")
        parser.add_argument("--port", type=int, default=8000, help="of the web pages (8000)")

    def handle(self, *, demo: bool, port: int, **options):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        supervisor = Supervisor(say=self._say)
        try:
            with ExitStack() as held:
                self._be_the_only_one(held, port)
                _see_that_port_is_free(port)
                held.callback(_stop_all, supervisor)
                self._prepare()
                web, *others = programs.all_of_them(HOST, port)
                supervisor.start(web)  # it gets going while the hospital is being filled
                people = self._fill(demo=demo)
                self._say("Waiting for the first page ...")
                _wait_for_first_page(supervisor, port)
                supervisor.start(*others)
                self.stdout.write(people, ending="")
                self._say(f"ready http://{HOST}:{port}/")
                _watch(supervisor)
        except _Told:
            self._say("Stopped.")
        except (OSError, DatabaseError) as error:
            if not _means_full_disk(error):
                raise
            raise Trouble(f"The disk of {places.data()} is full; make room and start again.") from error

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _be_the_only_one(self, held: ExitStack, port: int) -> None:
        path = places.private_folder(places.data() / "run") / "up"
        file = held.enter_context(path.open("a+", encoding="utf-8"))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            where = file.read().strip() or "and is just starting"
            raise Trouble(f"himdept already runs from {places.data()} ({where}); stop that one first.") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, http://{HOST}:{port}/")
        file.flush()

    def _prepare(self) -> None:
        """Bring the database and the static files up to date, side by side."""
        self._say("Preparing the database ...")
        with _collecting_static_files():
            progress = Progress("steps of the database", say=self._say)
            call_command("migrate", verbosity=0, interactive=False, progress=progress)
            self._say("Checking the installation, and loading the rules and the standards ...")
            call_command("check", databases=["default"], stdout=io.StringIO())
            call_command("load_profiles", stdout=io.StringIO())
            call_command("load_standards", stdout=io.StringIO())

    def _fill(self, *, demo: bool) -> str:
        """See that somebody can sign in; returns a line for each person whose password is to be told."""
        people = io.StringIO()
        if not demo:
            call_command("first_administrator", stdout=people)
        else:
            if not apps.get_model("records", "Encounter").objects.exists():
                self._say(f"Filling the demonstration hospital with {ENCOUNTERS:,} encounters ...")
                call_command(
                    "simulate", encounters=ENCOUNTERS, seed=1, demo=True, stdout=self.stdout, stderr=self.stdout
                )
                self._say("Auditing it as of now ...")
                call_command("audit", stdout=self.stdout)
            call_command("demonstration_people", stdout=people)
        connections.close_all()
        return people.getvalue()


@contextmanager
def _collecting_static_files():
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    with subprocess.Popen(
        command, cwd=places.CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as collecting:
        try:
            yield
        except BaseException:
            collecting.terminate()
            raise
        said = collecting.stderr.read().strip()
    if collecting.returncode:
        last = (said.splitlines() or ["it said nothing"])[-1]
        raise Trouble(f"The static files could not be collected: {last}")


def _wait_for_first_page(supervisor: Supervisor, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        supervisor.look()
        with suppress(OSError):
            if _answers(port):
                return
        time.sleep(0.1)
    log = places.data() / "log" / "web.log"
    raise Trouble(f"The first page did not come within {PATIENCE} seconds; the web server's log: {log}")


def _watch(supervisor: Supervisor) -> None:
    while True:
        supervisor.look()
        _look_at_servers()
        time.sleep(0.2)


def _stop_all(supervisor: Supervisor) -> None:
    # From now on only a second Ctrl-C counts: it kills at once what is still finishing its work.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    supervisor.stop()


class _Told(BaseException):
    """Somebody wants this to stop. Not an Exception: nothing on the way may take it for a fault of its own."""


def _stop(number, frame):
    raise _Told


def _answers(port: int) -> bool:
    request = urllib.request.Request(f"http://{HOST}:{port}/", method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as error:
        with error:
            return error.code < 500


def _see_that_port_is_free(port: int) -> None:
    if not 0 < port < 2**16:
        raise Trouble(f"--port must be between 1 and 65535, not {port}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                words = f"Port {port} is taken by another program; choose another with --port."
            else:
                words = f"Port {port} cannot be used: {error.strerror}."
            raise Trouble(words) from error


def _look_at_servers() -> None:
    """Raises Trouble when an embedded server's keeper has given up on it."""
    for name in lease.ours():
        if trouble := lease.Door(name).state().get("trouble"):
            raise Trouble(trouble)


def _means_full_disk(error: BaseException | None) -> bool:
    while error:
        if getattr(error, "errno", None) == errno.ENOSPC or getattr(error, "sqlstate", None) == "53100":
            return True
        error = error.__cause__ or error.__context__
    return False
