"""`migrate`, by the owner of the database and nobody else."""

from collections.abc import Callable
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import pre_migrate

from himdept.runtime import grants, readiness


class Command(migrate.Command):
    """Told `progress`, it says after each migration how many are done, and of how many."""

    stealth_options = (*migrate.Command.stealth_options, "progress")
    progress: Callable[[int, int], None] | None = None
    done = of = 0

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        if "owner" not in connections:
            raise CommandError("Migrating takes the owner's role: set DATABASE_OWNER_URL.")
        if options["database"] != "owner":
            raise CommandError("Only the owner's connection may migrate: leave --database away.")
        self.progress = options.pop("progress", None)
        owner, application = connections["owner"], connections["default"]
        # Data migrations of other people's apps write without naming a connection: give them this one, or they
        # would wait for ever for the locks of the migration that they are part of.
        connections["default"] = owner
        try:
            with _one_at_a_time(owner), self._counting():
                if readiness.is_too_old(MigrationLoader(owner)):
                    raise CommandError(readiness.TOO_OLD)
                if not (options["plan"] or options["check_unapplied"]):
                    grants.prepare(owner, application.settings_dict["USER"])
                return super().handle(*args, **options)
        finally:
            connections["default"] = application

    @contextmanager
    def _counting(self):
        """Before the first migration Django tells what is to be done."""

        def count(plan, **told):
            self.of = len(plan)

        pre_migrate.connect(count, dispatch_uid="counting migrations")
        try:
            yield
        finally:
            pre_migrate.disconnect(dispatch_uid="counting migrations")

    def migration_progress_callback(self, action, migration=None, fake=False):
        super().migration_progress_callback(action, migration, fake)
        if action == "apply_success" and self.progress:
            self.done += 1
            self.progress(self.done, self.of)


@contextmanager
def _one_at_a_time(connection):
    # Two servers that start at once, or a command beside `up` on a new machine: the second waits and finds it done.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('himdept migrate'))")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('himdept migrate'))")
