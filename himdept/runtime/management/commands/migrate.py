"""`migrate`, by the owner of the database and nobody else."""

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
        if not (options["plan"] or options["check_unapplied"]):
            grants.prepare(owner, application.settings_dict["USER"])
        # Data migrations of other people's apps write without naming a connection: give them this one, or they
        # would wait for ever for the locks of the migration that they are part of.
        connections["default"] = owner
        try:
            return super().handle(*args, **options)
        finally:
            connections["default"] = application
