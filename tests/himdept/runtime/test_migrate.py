import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from himdept.runtime.places import Trouble
from himdept.runtime.readiness import see_that_database_is_prepared
from himdept.runtime.routers import OwnerMigrates

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
APPS = ("staff", "records", "compliance")
# By whom and when each part of the schema was written last.
SCHEMA = """
    SELECT 'pg_class', oid, xmin::text, 0 FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'pg_proc', oid, xmin::text, 0 FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'pg_constraint', oid, xmin::text, 0 FROM pg_constraint
    UNION ALL SELECT 'pg_trigger', oid, xmin::text, 0 FROM pg_trigger
    UNION ALL SELECT 'pg_attribute', attrelid, xmin::text, attnum FROM pg_attribute
"""


def replacing(app):
    """The migrations of an app that stand for older ones, the first of them first."""
    found = MigrationLoader(None).disk_migrations.items()
    return [migration for key, migration in sorted(found) if key[0] == app and migration.replaces]


def forget(app, *names, by):
    """As if these had never been applied: as one connection sees it, which `by` names."""
    assert MigrationRecorder(connections[by]).migration_qs.filter(app=app, name__in=names).delete()[0] == len(names)


def as_before(app, *, by, until=None):
    """As if the database had come by the older migrations of an app, to the last of them or until one of them."""
    forget(app, *(migration.name for migration in replacing(app)), by=by)
    older = sorted(name for migration in replacing(app) for _app, name in migration.replaces)
    forget(app, *older[len(older) if until is None else until :], by=by)


def schema():
    with connections["owner"].cursor() as cursor:
        cursor.execute(SCHEMA)
        return set(cursor.fetchall())


def recorded():
    return MigrationRecorder(connections["owner"]).applied_migrations().keys()


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
    [(_app, last)] = MigrationLoader(None).graph.leaf_nodes("records")
    forget(
        "records",
        last,
        *(old for one in replacing("records") if one.name == last for _app, old in one.replaces),
        by="default",
    )
    with pytest.raises(Trouble, match=r"lacks 1 of this version's migrations: run `manage.py migrate` first"):
        see_that_database_is_prepared(["manage.py", "audit"])
    see_that_database_is_prepared(["manage.py", "migrate"])


def test_a_database_of_the_last_version_before_goes_on_as_it_is():
    for app in APPS:
        as_before(app, by="owner")
    before, said = schema(), io.StringIO()
    call_command("migrate", stdout=said)
    assert "No migrations to apply" in said.getvalue()
    assert schema() == before
    assert {(app, migration.name) for app in APPS for migration in replacing(app)} <= recorded()


def test_a_command_on_a_database_of_the_last_version_before_needs_nothing_first():
    for app in APPS:
        as_before(app, by="default")
    see_that_database_is_prepared(["manage.py", "audit"])


older_by_any_number = pytest.mark.parametrize(("app", "until"), [(app, until) for app in APPS for until in (1, 9, -1)])


@older_by_any_number
def test_an_older_database_is_not_migrated(app, until):
    as_before(app, by="owner", until=until)
    before = recorded()
    with pytest.raises(CommandError, match="older than this version can take over"):
        call_command("migrate")
    assert recorded() == before


@older_by_any_number
def test_a_command_on_an_older_database_says_which_version_it_needs_first(app, until):
    as_before(app, by="default", until=until)
    with pytest.raises(Trouble, match="older than this version can take over"):
        see_that_database_is_prepared(["manage.py", "audit"])


@pytest.mark.parametrize("app", APPS)
def test_wherever_between_a_database_stands_the_first_of_an_app_tells(app):
    first, *others = ([name for _app, name in migration.replaces] for migration in replacing(app))
    older = sorted([*first, *(name for names in others for name in names)])
    assert len(set(older)) == len(older)
    assert not set(older) & {name for of, name in MigrationLoader(None).disk_migrations if of == app}
    assert {older[0], older[-1]} <= set(first)
    assert all(others)
