"""Sees that a command at a terminal finds a database that fits the program."""

import io
from collections.abc import Sequence

import django
from django.core.management import call_command, get_commands
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from himdept.common.progress import Progress

from . import places
from .places import Trouble

PREPARE_THEMSELVES = {"up", "migrate"}
OURS = {"himdept", "staff", "records", "compliance"}
TOO_OLD = (
    "The database is older than this version can take over: first run `manage.py migrate` of the last version before "
    "its migrations were drawn together (docs/adr/0054)."
)


def is_too_old(loader: MigrationLoader) -> bool:
    """Whether the database has some of the migrations that one of ours replaces, and not all of them.

    Django takes no offence: it leaves that one out, and finds nothing to do or fails at the next.
    """
    of_ours = (one for one in loader.disk_migrations.values() if one.app_label in OURS)
    return any(0 < sum(old in loader.applied_migrations for old in one.replaces) < len(one.replaces) for one in of_ours)


def see_that_database_is_prepared(arguments: Sequence[str], *, say=print) -> None:
    """Prepare the embedded database if it is new, so that any command of ours may be the first on a fresh machine.

    Raises Trouble if the database is somebody's server, or an older version's, and has not been migrated: what is
    done to those is a decision of its own.
    """
    command = next(iter(arguments[1:]), "help")
    if {"--help", "-h"} & set(arguments):
        return
    django.setup()
    package = get_commands().get(command)
    if not isinstance(package, str) or package.split(".")[0] not in OURS or command in PREPARE_THEMSELVES:
        return
    executor = MigrationExecutor(connections["default"])
    if is_too_old(executor.loader):
        raise Trouble(TOO_OLD)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not missing:
        return
    if executor.loader.applied_migrations or not places.is_embedded():
        raise Trouble(f"The database lacks {missing} of this version's migrations: run `manage.py migrate` first.")
    say("Preparing the database ...")
    progress = Progress("steps of the database", say=say)
    call_command("migrate", verbosity=0, interactive=False, progress=progress)
    call_command("load_profiles", stdout=io.StringIO())
    call_command("load_standards", stdout=io.StringIO())
