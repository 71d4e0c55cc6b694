import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from himdept.runtime.places import Trouble
from himdept.runtime.readiness import see_that_database_is_prepared
from himdept.runtime.routers import OwnerMigrates

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_only_the_owner_migrates_and_the_other_connection_is_itself_again_afterwards():
    application = connections["default"]
    said = io.StringIO()
    call_command("migrate", stdout=said)
    assert "No migrations to apply" in said.getvalue()
    assert connections["default"] is application
    assert not OwnerMigrates().allow_migrate("default", "staff")


def test_the_applications_connection_is_refused_for_migrating():
    with pytest.raises(CommandError, match="Only the owner's connection may migrate"):
        call_command("migrate", database="default")


def test_without_an_owners_address_migrating_says_what_is_missing(monkeypatch):
    monkeypatch.delitem(connections.settings, "owner")
    with pytest.raises(CommandError, match="set DATABASE_OWNER_URL"):
        call_command("migrate")


def test_a_command_on_a_database_of_an_older_version_says_what_to_do_first():
    see_that_database_is_prepared(["manage.py", "audit"])
    last = MigrationRecorder(connections["default"]).migration_qs.filter(app="records").latest("name")
    last.delete()
    with pytest.raises(Trouble, match=r"lacks 1 of this version's migrations: run `manage.py migrate` first"):
        see_that_database_is_prepared(["manage.py", "audit"])
    see_that_database_is_prepared(["manage.py", "migrate"])
