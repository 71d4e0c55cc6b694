"""The web as it is in production: Granian, static files collected, compressed and named by their content."""

import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from himdept.runtime import places
from tests.workers import until


@contextmanager
def served(folder: Path):
    """The address of a server of its own on the test's database; `folder` holds its static files and its log."""
    environment = os.environ | {"STATIC_ROOT": str(folder / "static"), "DJANGO_SETTINGS_MODULE": "himdept.settings"}
    options = {"cwd": places.CHECKOUT, "env": environment, "stdin": subprocess.DEVNULL}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collect, check=True, capture_output=True, **options)
    port = free_port()
    start = [sys.executable, "-m", "granian", "--interface=wsgi", "himdept.wsgi:application", "--no-ws"]
    with open(folder / "web.log", "wb") as log:
        web = subprocess.Popen(
            [*start, "--host=127.0.0.1", f"--port={port}", "--blocking-threads=4"], stdout=log, stderr=log, **options
        )
        try:
            address = f"http://127.0.0.1:{port}"
            until(lambda: answers(address) or web.poll() is not None, "The web server does not answer.")
            assert web.poll() is None, (folder / "web.log").read_text()
            yield address
        finally:
            web.terminate()
            web.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{address}/-/healthy", timeout=5) as response:  # noqa: S310
        return response.status == 200
    return False
