"""Every test speaks to a real PostgreSQL and a real Valkey: the embedded ones, in a folder of the session's own.

The folder's name has a space in it, on purpose. One database is migrated, and each xdist worker gets a copy of it.
Programs that a test starts inherit the environment set here, and so the worker's own database and queue.
"""

import fcntl
import os
import sys

import django
import hypothesis
import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

from himdept.runtime import lease, places
from tests import folders, template
from tests.casts import Cast

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
IS_FIRST_PROCESS = not WORKER

for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY"):
    # Neither the servers nor the secrets of whoever runs the tests are theirs to touch.
    os.environ.pop(name, None)
if IS_FIRST_PROCESS:
    # --reuse-db keeps the servers' data under var/ between runs: seconds for whoever runs a single test all day.
    REUSE = "--reuse-db" in sys.argv
    folder, in_use = (places.CHECKOUT / "var" / "tests", None) if REUSE else folders.new()
    os.environ["DATA_DIR"] = str(folder)
    os.environ["HIMDEPT_TESTS"] = str(os.getpid())
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Nothing is to be written beside the sources. The programs that the tests start would each compile the whole of
        # Django anew, which takes three seconds of their four and a half: they share what is compiled here.
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(folder / "bytecode"))
if prefix := os.environ.get("PYTHONPYCACHEPREFIX"):
    sys.pycache_prefix, sys.dont_write_bytecode = prefix, False

# A machine that is busy is slow, and no worse for that; where CI is set, Hypothesis sees to it itself.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
if not os.environ.get("CI"):
    hypothesis.settings.load_profile("patient")

# Of this process alone, also where several sessions use one folder.
SESSION = int(os.environ["HIMDEPT_TESTS"])
TEMPLATE = "himdept_tests"
DATABASE = f"{TEMPLATE}_{SESSION}_{WORKER or 'alone'}"
BROKER = 1 + (SESSION + int(WORKER.removeprefix("gw") or 0)) % 63

os.environ.update(
    SECRET_KEY="only the tests sign with this",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    HTTPS="no",
    TIME_ZONE="America/New_York",
    SECOND_STEP="no",  # tests of it switch it on
)
_urls = {
    "DATABASE_URL": places.database_url(places.APPLICATION, DATABASE),
    "DATABASE_OWNER_URL": places.database_url(places.OWNER, DATABASE),
    "REDIS_URL": places.redis_url(BROKER),
}
_superuser = places.database_url("postgres", "postgres")
os.environ.update(_urls)

os.environ["DJANGO_SETTINGS_MODULE"] = "himdept.settings"
django.setup()
# Not for the workers to inherit: pytest-django would load their settings before this file gave them a database.
del os.environ["DJANGO_SETTINGS_MODULE"]

# A password is hashed in every second test; how slowly is not what they are about.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Pages are rendered from the sources; that they can be collected is a test of its own.
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    # Half of the tests each, what belongs together to one worker; who is done takes over from who has a long one.
    if getattr(config.option, "dist", "") == "no" and config.option.numprocesses:
        config.option.dist = "worksteal"


def pytest_unconfigure(config):
    if IS_FIRST_PROCESS and not REUSE:
        folders.remove(folder)
        in_use.close()


@pytest.fixture(scope="session")
def embedded_servers():
    """The session's PostgreSQL and Valkey, running; shared by all workers, stopped by the last."""
    with lease.hold("postgresql", "valkey", throwaway=True):
        yield


@pytest.fixture(scope="session")
def django_db_setup(embedded_servers, django_test_environment, django_db_blocker):
    """A database of this worker's own: a copy of the one that the first worker migrated."""
    with open(places.data() / "template.lock", "w") as lock, psycopg.connect(_superuser, autocommit=True) as superuser:
        fcntl.flock(lock, fcntl.LOCK_EX)
        template.migrated(superuser, TEMPLATE)
        template.drop_left_behind(superuser, TEMPLATE)
        superuser.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE} OWNER {places.OWNER}")
    with psycopg.connect(_urls["DATABASE_OWNER_URL"], autocommit=True) as owner:
        laid = template.marks(owner)
        TransactionTestCase._fixture_teardown = lambda case: template.flush(owner, laid)
        yield
    with django_db_blocker.unblock():
        connections.close_all()
    with psycopg.connect(_superuser, autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


@pytest.fixture(scope="session")
def cast(django_db_setup, django_db_blocker):
    """Builds a Cast: `cast(build)`, for a fixture of the whole session."""
    with psycopg.connect(_urls["DATABASE_OWNER_URL"], autocommit=True) as owner:

        def built(build):
            with django_db_blocker.unblock():
                return Cast(build, owner, lambda: TransactionTestCase._fixture_teardown(None))

        yield built


@pytest.fixture(scope="session")
def quiet_broker(tmp_path_factory):
    """The broker of tests/brokers.py that `no_worker` empties for each test; no test may stop it."""
    from tests.brokers import OwnBroker

    broker = OwnBroker(tmp_path_factory.mktemp("quiet"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def broker(embedded_servers):
    """The worker's own broker database, empty before and after: a redis-py client for looking into it."""
    path = places.sockets() / "valkey.sock"
    with redis.Redis(unix_socket_path=str(path), password=places.secret("valkey"), db=BROKER) as client:
        client.flushdb()
        yield client
        client.flushdb()
