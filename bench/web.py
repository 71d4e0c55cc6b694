"""The web pages as `up` serves them, and the people who look at them over HTTP."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.contrib.auth.models import Group

from bench import processor
from bench.engine import postmaster
from himdept.common.confidentiality import Confidentiality
from himdept.runtime import places, programs
from himdept.runtime.places import Trouble
from himdept.runtime.supervisor import Supervisor
from staff.models import Facility, User

HOST = "127.0.0.1"
PATIENCE = 180  # seconds for the first page
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Site:
    """The web workers, and for how long they and the database have kept processors busy."""

    port: int
    supervisor: Supervisor

    def spent(self) -> float:
        return processor.spent([postmaster(), *(p.process.pid for p in self.supervisor.programs if p.process)])


@contextmanager
def served() -> Iterator[Site]:
    """Granian with its workers, from when they answer."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    with ExitStack() as held:
        supervisor = Supervisor(say=_complain)
        held.callback(supervisor.stop)
        supervisor.start(*(program for program in programs.all_of_them(HOST, port) if program.name == "web"))
        deadline = time.monotonic() + PATIENCE
        while not _answers(port):
            supervisor.look()
            if time.monotonic() > deadline:
                raise Trouble(f"The first page did not come within {PATIENCE} seconds; see {places.data() / 'log'}.")
            time.sleep(0.1)
        yield Site(port, supervisor)


class Person:
    """Somebody who is signed in and keeps the connection, as a browser does."""

    def __init__(self, port: int, username: str, password: str):
        self._connection = HTTPConnection(HOST, port, timeout=60)
        self._cookies: dict[str, str] = {}
        form = TOKEN.search(self._ask("GET", "/account/login/"))
        fields = {"csrfmiddlewaretoken": form[1], "login": username, "password": password}
        self._ask("POST", "/account/login/", fields, expected=302)

    def get(self, address: str) -> float:
        """The seconds until the last byte of a page has come."""
        began = time.perf_counter()
        self._ask("GET", address)
        return time.perf_counter() - began

    def post(self, address: str, fields: dict[str, str]) -> float:
        began = time.perf_counter()
        self._ask("POST", address, fields | {"csrfmiddlewaretoken": self._cookies["csrftoken"]})
        return time.perf_counter() - began

    def close(self):
        self._connection.close()

    def _ask(self, method: str, address: str, fields: dict[str, str] | None = None, *, expected: int = 200) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(fields) if fields else None
        try:
            response = self._send(method, address, body, headers)
        except (
            ConnectionError
        ):  # the server closes a connection that was not used for a while, and browsers open another
            self._connection.close()
            response = self._send(method, address, body, headers)
        page = response.read().decode()
        for header in response.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        if response.status != expected:
            raise Trouble(f"{method} {address.partition('?')[0]} was answered {response.status}, not {expected}.")
        return page

    def _send(self, method: str, address: str, body: str | None, headers: dict[str, str]) -> HTTPResponse:
        self._connection.request(method, address, body, headers)
        return self._connection.getresponse()


def employ(facility: Facility, how_many: int) -> list[tuple[str, str]]:
    """Records managers of the bench's own, with passwords that nobody else knows."""
    told = []
    for number in range(1, how_many + 1):
        user, _ = User.objects.get_or_create(
            username=f"bench-{number}", defaults={"clearance": Confidentiality.VERY_RESTRICTED}
        )
        user.groups.add(Group.objects.get(name="Records manager"))
        user.facilities.add(facility)
        password = places.secret(user.username)
        user.set_password(password)
        user.save(update_fields=["password"])
        told.append((user.username, password))
    return told


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/-/healthy")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _complain(sentence: str):
    raise Trouble(sentence)
