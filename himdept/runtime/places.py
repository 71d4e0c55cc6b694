"""Where this installation keeps its data, and which database and broker it speaks to.

Imports neither Django nor the servers' binaries, because settings are built from it.
"""

import fcntl
import json
import os
import secrets
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

CHECKOUT = Path(__file__).resolve().parent.parent.parent
OWNER, APPLICATION = "himdept_owner", "himdept_app"
DATABASE = "himdept"


class Trouble(Exception):
    """Something that a person must put right, said in one sentence."""


def data() -> Path:
    """The folder that holds everything this installation remembers: `DATA_DIR`, else `var/` in the checkout."""
    return Path(os.environ.get("DATA_DIR") or CHECKOUT / "var").absolute()


def private_folder(path: Path) -> Path:
    """Make `path` in the data folder if it is missing, closed to everybody but its owner on every level.

    Folders that exist keep the mode they have. Raises Trouble if it cannot be made.
    """
    try:
        for folder in reversed([path, *path.parents]):
            if folder.is_relative_to(data()):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"The folder {path} cannot be made: {error.strerror}.") from error
    return path


def disk_is_full() -> bool:
    """Whether there is no room left for so much as a sentence."""
    return shutil.disk_usage(data()).free < 2**16


def is_embedded() -> bool:
    """True where nobody named a database, so that PostgreSQL is ours to start, on this machine alone."""
    return not os.environ.get("DATABASE_URL")


def has_embedded_broker() -> bool:
    """True where nobody named a broker, so that Valkey is ours to start."""
    return not os.environ.get("REDIS_URL")


@contextmanager
def _remembered(path: Path):
    """Open a small JSON file for one process at a time; what is put into the dictionary is kept, mode 0600."""
    private_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Trouble(f"{path} cannot be opened: {error.strerror}.") from error
    with open(descriptor, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        try:
            values = json.loads(text) if text else {}
        except ValueError as error:
            raise Trouble(f"{path} is damaged; restore it from a backup.") from error
        before = dict(values)
        yield values
        if values != before:
            # Longer text first, then cut: a full disk must not leave an empty file behind.
            file.seek(0)
            try:
                file.write(json.dumps(values, indent=2))
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                raise Trouble(f"{path} cannot be written: {error.strerror}.") from error


def secret(name: str) -> str:
    """A random word that this installation made for itself the first time it was asked, e.g. a role's password."""
    with _remembered(data() / "secrets.json") as kept:
        if name not in kept:
            kept[name] = secrets.token_urlsafe(32)
        return kept[name]


def signing_key() -> str:
    """What signs sessions and tokens of an embedded installation."""
    return secret("signing_key")


def sockets() -> Path:
    """The private folder of the embedded servers' sockets.

    A socket's path may have at most 107 bytes, and the data folder's may be longer: so it lies in /tmp under a
    random name, 0700. A copy of the data folder elsewhere gets its own.
    """
    with _remembered(data() / "run" / "sockets.json") as kept:
        folder = Path(kept.get("folder", "/nonexistent"))
        if kept.get("of") != str(data()) or not _is_ours(folder):
            shared = "/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else tempfile.gettempdir()  # noqa: S108
            folder = Path(tempfile.mkdtemp(prefix="himdept-", dir=shared))
            kept.update(of=str(data()), folder=str(folder))
        return folder


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    # As root the folder may belong to the user that PostgreSQL runs as.
    owned = found.st_uid == os.geteuid() or os.geteuid() == 0
    return stat.S_ISDIR(found.st_mode) and owned and stat.S_IMODE(found.st_mode) == 0o700


def database_url(role: str, database: str = DATABASE) -> str:
    """The address of a database of the embedded PostgreSQL, as `DATABASE_URL` would name it."""
    where = urlencode({"host": str(sockets())})
    return f"postgresql://{role}:{quote(secret(role), safe='')}@/{quote(database, safe='')}?{where}"


def redis_url(database: int = 0) -> str:
    """The broker's address: `REDIS_URL`, else the embedded Valkey's socket."""
    if not has_embedded_broker():
        return os.environ["REDIS_URL"]
    return f"redis+socket://:{secret('valkey')}@{sockets()}/valkey.sock?virtual_host={database}"


def cache_url(broker: str) -> str:
    """The broker's address as redis-py names it: kombu has words of its own for a socket and its database."""
    scheme, _separator, rest = broker.partition("://")
    if scheme in ("redis+socket", "unix"):
        return f"unix://{rest.replace('virtual_host=', 'db=')}"
    return broker


def databases() -> dict[str, dict]:
    """Django's DATABASES: `default` is the application's role, `owner` the one that migrates and grants.

    A production process that only serves needs no owner's password: without `DATABASE_OWNER_URL` there is no `owner`.
    """
    if is_embedded():
        roles = {"default": _embedded(APPLICATION), "owner": _embedded(OWNER)}
    else:
        roles = {"default": _named("DATABASE_URL")}
        if os.environ.get("DATABASE_OWNER_URL"):
            roles["owner"] = _named("DATABASE_OWNER_URL")
    roles["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    return roles


def _embedded(role: str) -> dict:
    parts = {"dbname": DATABASE, "user": role, "password": secret(role), "host": str(sockets())}
    return _connection(parts)


def _named(variable: str) -> dict:
    from psycopg import ProgrammingError  # slow to import, and the embedded servers' keepers do without
    from psycopg.conninfo import conninfo_to_dict

    try:
        return _connection(conninfo_to_dict(os.environ[variable]))
    except ProgrammingError:
        # psycopg repeats the address, password included: say no more than its name.
        wanted = "a PostgreSQL address such as postgresql://role:password@host/database"
        raise Trouble(f"{variable} is not {wanted}.") from None


def _connection(parts: dict) -> dict:
    known = {django: parts.pop(libpq, "") for django, libpq in _LIBPQ.items()}
    # A session forgotten inside a transaction would hold back vacuum and the night.
    parts["options"] = " ".join([parts.get("options", ""), "-c idle_in_transaction_session_timeout=300000"]).strip()
    parts.setdefault("application_name", "himdept")
    return {"ENGINE": "django.db.backends.postgresql", "OPTIONS": parts} | known


_LIBPQ = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
