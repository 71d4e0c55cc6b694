import tempfile

import pytest

from tests import chromium

ABSENT = "/no/such/browser"


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without any browser: its only programs are those that the test puts into its folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def program(path, script=""):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_named_browser_comes_before_the_machines_and_that_before_playwrights(bare, monkeypatch):
    playwrights = program(bare / "headless")
    assert chromium.executable(playwrights) == playwrights
    machines = program(bare / "chromium-browser")
    assert chromium.executable(playwrights) == machines
    named = program(bare / "mine")
    monkeypatch.setenv("CHROMIUM", named)
    assert chromium.executable(playwrights) == named


def test_a_name_that_is_no_program_is_a_mistake_not_a_wish(bare, monkeypatch):
    program(bare / "chromium")
    monkeypatch.setenv("CHROMIUM", ABSENT)
    with pytest.raises(chromium.NoBrowser, match=f"CHROMIUM names {ABSENT}"):
        chromium.executable(ABSENT)


def test_apt_installs_one_where_there_is_none(bare):
    program(bare / "sudo", 'shift; exec "$@"')
    program(bare / "apt-get", f'[ "$1" = update ] || /bin/ln -s /bin/true "{bare}/$4"')
    assert chromium.executable(ABSENT) == str(bare / "chromium")


def test_without_any_it_fails_and_says_what_was_tried(bare, monkeypatch):
    monkeypatch.setattr(chromium.sys, "executable", program(bare / "python", "echo 'no way out' >&2; exit 1"))
    program(bare / "sudo", 'shift; exec "$@"')
    program(bare / "apt-get", "echo 'no such package' >&2; exit 100")
    with pytest.raises(chromium.NoBrowser) as refusal:
        chromium.executable(ABSENT)
    assert "CHROMIUM=/path/to/chromium" in str(refusal.value)
    assert "install -y --no-install-recommends chromium: no such package" in str(refusal.value)
    assert "playwright install chromium: no way out" in str(refusal.value)
