import pytest
from django.db import connection, connections
from django.db.utils import ProgrammingError

from himdept.runtime import checks
from staff.models import Facility

pytestmark = pytest.mark.django_db


def one(words, *parameters, using="default"):
    with connections[using].cursor() as cursor:
        cursor.execute(words, parameters)
        return cursor.fetchone()


def test_the_application_is_neither_superuser_nor_owner():
    assert one(
        "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ) == (
        "himdept_app",
        False,
        False,
        False,
    )
    assert checks.application_role_is_ordinary(databases=["default"]) == []


@pytest.mark.parametrize(
    "words",
    [
        "TRUNCATE staff_facility CASCADE",
        "CREATE TABLE public.mine (id int)",
        "ALTER TABLE staff_facility DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET ROLE himdept_owner",
        "CREATE ROLE mine",
    ],
)
def test_the_application_is_refused(words):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be (owner|superuser)"),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_check_names_a_role_that_owns_the_tables(monkeypatch):
    monkeypatch.setattr(checks, "connections", {"default": connections["owner"]})
    (error,) = checks.application_role_is_ordinary(databases=["default"])
    assert "himdept_owner, which owns" in error.msg


def test_text_is_collated_alike_on_every_machine():
    assert one("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()") == (
        "b",
        "C.UTF-8",
    )
    assert one("SELECT 'Zoë' < 'abc', upper('é')") == (True, "É")


def test_extensions_are_there_without_a_superuser():
    assert one(
        "SELECT similarity('Smith', 'Smyth') > 0.3, EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')"
    ) == (
        True,
        True,
    )


@pytest.mark.django_db(transaction=True)
class TestFlush:
    """Two tests in this order: the second sees what the first left."""

    def test_what_is_committed_here(self):
        Facility.objects.filter(code="MAIN").update(name="Changed")
        Facility.objects.create(code="EAST", name="East", time_zone_id="America/New_York")

    def test_is_gone_here_and_what_migrations_laid_is_back(self):
        assert list(Facility.objects.values_list("code", flat=True)) == ["MAIN"]
        assert Facility.objects.get().name != "Changed"
