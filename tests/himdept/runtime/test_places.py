import re
import stat
import subprocess
import sys

import pytest

from himdept.runtime import places
from himdept.runtime.places import Trouble


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "the data"))
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    yield
    places.sockets().rmdir()


def test_without_addresses_both_roles_speak_to_the_embedded_database():
    assert places.is_embedded()
    roles = places.databases()
    assert {name: role["USER"] for name, role in roles.items()} == {"default": "himdept_app", "owner": "himdept_owner"}
    assert {role["HOST"] for role in roles.values()} == {str(places.sockets())}


def test_an_address_is_taken_apart_and_its_options_are_kept(monkeypatch):
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://himdept_app:p%40ss@db.example.org:5433/records?sslmode=verify-full"
    )
    role = places.databases()["default"]
    named = {key: role[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert named == {
        "NAME": "records",
        "USER": "himdept_app",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": "5433",
    }
    assert role["OPTIONS"]["sslmode"] == "verify-full"
    assert "idle_in_transaction_session_timeout" in role["OPTIONS"]["options"]


def test_a_process_that_only_serves_has_no_owner(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://himdept_app@db/records")
    assert list(places.databases()) == ["default"]


def test_a_mistyped_address_is_named_without_its_password(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://himdept_app:hunter2@db:x:y/records?nonsense")
    with pytest.raises(Trouble) as refusal:
        places.databases()
    assert "DATABASE_URL is not a PostgreSQL address" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_secrets_are_made_once_each_and_differ():
    first = places.secret("himdept_app")
    assert len(first) >= 32
    assert places.secret("himdept_app") == first
    assert places.secret("himdept_owner") != first


def test_processes_that_start_together_agree_on_a_secret():
    code = "from himdept.runtime import places; print(places.secret('one'), places.sockets())"
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=places.CHECKOUT, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = {process.communicate()[0] for process in started}
    assert said == {f"{places.secret('one')} {places.sockets()}\n"}


def test_a_damaged_file_is_said_so_and_left_as_it_is():
    places.secret("one")
    kept = places.data() / "secrets.json"
    kept.write_text("{half")
    with pytest.raises(Trouble, match=r"secrets\.json is damaged; restore it from a backup"):
        places.secret("one")
    assert kept.read_text() == "{half"


def test_folders_are_closed_on_every_level_and_existing_ones_keep_their_mode():
    places.data().mkdir()
    places.data().chmod(0o750)
    places.private_folder(places.data() / "a" / "b")
    modes = [stat.S_IMODE((places.data() / part).stat().st_mode) for part in ("", "a", "a/b")]
    assert modes == [0o750, 0o700, 0o700]


def test_a_socket_folder_that_somebody_opened_is_not_used_again():
    opened = places.sockets()
    opened.chmod(0o777)
    assert places.sockets() != opened
    opened.rmdir()


@pytest.mark.parametrize("file", ["docker-compose.yml", "himdept/settings.py", "himdept/runtime/places.py"])
def test_every_name_that_is_read_from_the_environment_is_explained(file):
    text = (places.CHECKOUT / file).read_text()
    read = r"\$\{([A-Z_]+)[:}]|environ(?:\.get)?[(\[]\"([A-Z_]+)\"|(?:flag|words)\(\"([A-Z_]+)\""
    names = {next(filter(None, groups)) for groups in re.findall(read, text)}
    explained = set(re.findall(r"^#?([A-Z_]+)=", (places.CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    assert names
    assert names <= explained


@pytest.mark.parametrize(
    ("broker", "cache"),
    [
        ("redis+socket://:secret@/run/valkey.sock?virtual_host=3", "unix://:secret@/run/valkey.sock?db=3"),
        ("redis://:secret@broker:6379/1", "redis://:secret@broker:6379/1"),
        ("rediss://broker/0", "rediss://broker/0"),
    ],
)
def test_the_cache_is_the_broker_in_the_words_of_its_own_library(broker, cache):
    assert places.cache_url(broker) == cache
