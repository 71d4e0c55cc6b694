"""`migrate`, by the owner of the database and nobody else."""

from contextlib import contextmanager

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from himdept.runtime import grants


class Command(migrate.Command):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        if "owner" not in connections:
            raise CommandError("Migrating takes the owner's role: set DATABASE_OWNER_URL.")
        if options["database"] != "owner":
            raise CommandError("Only the owner's connection may migrate: leave --database away.")
        owner, application = connections["owner"], connections["default"]
        # Data migrations of other people's apps write without naming a connection: give them this one, or they
        # would wait for ever for the locks of the migration that they are part of.
        connections["default"] = owner
        try:
            with _one_at_a_time(owner):
                if not (options["plan"] or options["check_unapplied"]):
                    grants.prepare(owner, application.settings_dict["USER"])
                return super().handle(*args, **options)
        finally:
            connections["default"] = application


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
