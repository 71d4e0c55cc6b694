"""Asking another server for something at an address that a person typed.

Whoever may type an address could otherwise make this server ask what only this server reaches: its own database's port,
the cloud's metadata, the printer (server-side request forgery). So: https alone, no redirect, no private address unless
the installation names the host, one deadline for all of it, and no more than so many bytes.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from himdept.common.errors import DomainError

# An address of IPv4 behind a translator: as private as the one that it holds.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class Unreachable(DomainError):
    """What was asked for is not to be had; the message says why, and never what the other side answered."""


def fetch(url: str, *, most: int, seconds: float = 5) -> bytes:
    """What stands at an https address, at most `most` bytes, within so many seconds. Raises Unreachable."""
    parts = told(url)
    host = {"host": parts.hostname}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with connected(parts, seconds) as (secure, late):
        try:
            secure.do_handshake()
            connection = http.client.HTTPConnection(parts.hostname, parts.port or 443)
            connection.sock = secure
            connection.request("GET", path, headers={"Accept": "application/json", "User-Agent": "himdept"})
            response = connection.getresponse()
            body = response.read(most + 1)
        except ssl.SSLCertVerificationError as problem:
            raise Unreachable(_("%(host)s does not prove that it is that host.") % host) from problem
        except (OSError, http.client.HTTPException) as problem:
            raise Unreachable(_("%(host)s did not answer in time, or broke off.") % host) from problem
    if late.is_set():
        raise Unreachable(_("%(host)s did not answer in time, or broke off.") % host)
    if response.status != 200:
        raise Unreachable(_("%(host)s answered %(status)s.") % (host | {"status": response.status}))
    if len(body) > most:
        raise Unreachable(_("%(host)s sent more than %(most)s bytes.") % (host | {"most": most}))
    return body


def told(url: str) -> SplitResult:
    """The parts of an address that may be asked. Raises Unreachable for any other."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        fine = False
    if not fine or not url.isascii() or not url.isprintable() or " " in url:
        raise Unreachable(_("An address reads https://host/path."))
    return parts


@contextmanager
def connected(parts: SplitResult, seconds: float) -> Iterator[tuple[ssl.SSLSocket, threading.Event]]:
    """A connection to a host, by an address that was looked at; it is cut when the time is up, which is then said.

    A server that sends a byte now and then would outlive every timeout of a single read.
    """
    host, port, late = parts.hostname, parts.port or 443, threading.Event()
    try:
        plain = socket.create_connection((address_of(host, port), port), timeout=seconds)
    except OSError as problem:
        raise Unreachable(_("%(host)s cannot be reached.") % {"host": host}) from problem
    context = ssl.create_default_context()
    with context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False) as secure:
        deadline = threading.Timer(seconds, cut, [secure, late])
        deadline.daemon = True
        deadline.start()
        try:
            yield secure, late
        finally:
            deadline.cancel()


def cut(secure: ssl.SSLSocket, late: threading.Event):
    late.set()
    with suppress(OSError):  # it may be over just now
        socket.socket.shutdown(secure, socket.SHUT_RDWR)  # the socket itself, under whoever reads from it


def address_of(host: str, port: int) -> str:
    """The address of a host, looked up once: what is looked at here is what is asked afterwards.

    Raises Unreachable where the host is not known, or any of its addresses is not of the public network and the
    installation does not name it (OUTBOUND_PRIVATE_HOSTS).
    """
    try:
        found = [row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as problem:
        raise Unreachable(_("%(host)s is not known.") % {"host": host}) from problem
    if host not in settings.OUTBOUND_PRIVATE_HOSTS and not all(map(is_public, found)):
        raise Unreachable(
            _("%(host)s is an address of a private network; the installation does not name it.") % {"host": host}
        )
    return found[0]


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip in TRANSLATED:
        ip = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast
