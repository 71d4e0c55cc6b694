from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import Error, connection

from staff.models import Facility, Unit, User
from tests import factories as make


def a_clerk() -> SimpleNamespace:
    return SimpleNamespace(user=make.person("holt", role="Records clerk"), unit=make.unit("Release"))


@pytest.fixture(scope="session")
def clerk_kept(cast):
    return cast(a_clerk)


@pytest.fixture(scope="session")
def refused(cast):
    """Tries to build what no cast may be: a facility of the migrations by another name."""
    with pytest.raises(AssertionError, match="staff_facility"):
        cast(lambda: Facility.objects.filter(code="MAIN").update(name="Other"))


@pytest.mark.parametrize("run", ["first", "again"])
def test_a_cast_is_there_in_every_test_as_it_was_built(db, clerk_kept, run):
    assert not User.objects.exists()
    clerk = clerk_kept.lay()
    assert User.objects.get() == clerk.user
    assert clerk.user.has_perm("records.view_record")
    assert Unit.objects.get().name == clerk.unit.name == "Release"
    clerk.unit.name = "changed in this test alone"
    clerk.user.delete()


def test_a_cast_is_laid_in_a_test_that_commits_and_gone_after_it(transactional_db, clerk_kept):
    clerk_kept.lay()
    assert User.objects.count() == 1
    User.objects.create_user("somebody else")  # whose number is none of the cast's
    assert User.objects.count() == 2


def test_what_a_cache_knows_of_the_people_of_the_test_before_is_forgotten(db, clerk_kept):
    cache.set("known", True)
    clerk_kept.lay()
    assert cache.get("known") is None


def test_the_application_still_holds_nobody_to_less_than_the_database_asks(db, clerk_kept):
    clerk_kept.lay()
    with connection.cursor() as cursor, pytest.raises(Error, match="permission denied to set parameter"):
        cursor.execute("SET session_replication_role = replica")


def test_a_build_that_changes_what_the_migrations_laid_is_refused_and_undone(refused, db):
    assert Facility.objects.get(code="MAIN").name != "Other"
