import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

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
