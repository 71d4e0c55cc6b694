"""Asking another server at an address that a person typed: what is never asked, and what it may do to us."""

import socket

import pytest

from himdept.common import outbound
from himdept.common.outbound import Unreachable
from tests.https import ENOUGH, host  # noqa: F401


@pytest.fixture
def allowed(settings):
    settings.OUTBOUND_PRIVATE_HOSTS = ["localhost"]


def test_a_host_that_the_installation_names_is_asked(host, allowed):  # noqa: F811
    assert outbound.fetch(f"{host.url}/keys?of=us", most=ENOUGH) == b'{"keys": []}'
    assert host.asked == [("/keys?of=us", f"localhost:{host.server_port}")]


def test_a_private_address_that_it_does_not_name_is_never_connected_to(host):  # noqa: F811
    with pytest.raises(Unreachable, match="a private network"):
        outbound.fetch(f"{host.url}/keys", most=ENOUGH)
    assert host.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3"),
        *("::1", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "224.0.0.1", "ff02::1"),
        "2002:a00:1::",
    ],
)
def test_what_is_private(address):
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_what_is_public(address):
    assert outbound.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://keys.example.org/", "file:///etc/passwd", "https://", "https:///path", "keys.example.org", ""),
        *("https://user:word@example.org/", "https://example.org:0/", "https://example.org:99999/", "ftp://x/"),
        *("https://example.org/\r\nX: y", "https://example.org/a b", "https://[::1", "https://exämple.org/"),
    ],
)
def test_an_address_that_may_not_be_asked(url):
    with pytest.raises(Unreachable, match="An address reads"):
        outbound.fetch(url, most=ENOUGH)


def test_a_name_that_nobody_has():
    with pytest.raises(Unreachable, match="is not known"):
        outbound.fetch("https://nobody.invalid/", most=ENOUGH)


def test_a_redirect_is_not_followed(host, allowed):  # noqa: F811
    with pytest.raises(Unreachable, match="answered 302"):
        outbound.fetch(f"{host.url}/moved", most=ENOUGH)


def test_too_much_is_not_read(host, allowed):  # noqa: F811
    with pytest.raises(Unreachable, match="more than 1000 bytes"):
        outbound.fetch(f"{host.url}/large", most=ENOUGH)


def test_a_byte_now_and_then_does_not_hold_us(host, allowed):  # noqa: F811
    """It comes soon after the one before, and all of them would be a whole answer."""
    with pytest.raises(Unreachable, match="did not answer in time"):
        outbound.fetch(f"{host.url}/slow", most=ENOUGH, seconds=0.6)


def test_one_that_never_shakes_hands_does_not_hold_us(allowed):
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable, match="did not answer in time"):
        outbound.fetch(f"https://localhost:{silent.getsockname()[1]}/", most=ENOUGH, seconds=0.6)


def test_a_host_that_cannot_prove_that_it_is_that_host(host, settings, tmp_path, monkeypatch):  # noqa: F811
    settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
    with pytest.raises(Unreachable, match="does not prove"):
        outbound.fetch(f"https://127.0.0.1:{host.server_port}/", most=ENOUGH)
    assert host.asked == []


def test_nobody_listens_there(allowed):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreachable, match="cannot be reached"):
        outbound.fetch(f"https://localhost:{port}/", most=ENOUGH)
