from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import TransactionTestCase

from staff.models import Facility
from tests.brokers import OwnBroker, asked
from tests.brokers import no_worker as no_worker
from tests.nights import hospitals
from tests.nights.department import Department
from tests.nights.hospitals import LAST_WEEK, Plan

NOBODY = OwnBroker(Path("/nowhere"))


@pytest.fixture(scope="session")
def open_department(django_db_setup, tmp_path_factory) -> Iterator[Department]:
    """The session's department: to start a worker takes seconds."""
    department = Department(tmp_path_factory.mktemp("night"))
    yield department
    department.close()


@pytest.fixture
def department(transactional_db, open_department) -> Iterator[Department]:
    """A broker and a worker that this test may do anything to. This process publishes there."""
    open_department.open()
    with asked(open_department.broker):
        yield open_department
    open_department.beat.kill()


@pytest.fixture(scope="session")
def go_through_undisturbed(open_department, django_db_blocker):
    """Lets a hospital go through its next night with nobody disturbing it, and gives the picture of it."""

    def go_through(plan: Plan) -> dict[str, list[str]]:
        with django_db_blocker.unblock(), asked(NOBODY):
            try:
                facility = plan.build("QUIET")
                plan.add(facility)
                night = hospitals.go_through(hospitals.begin(facility))
                assert (night.state, night.error) == ("finished", "")
                hospitals.is_worth_comparing(facility)
                return hospitals.picture(facility)
            finally:
                TransactionTestCase._fixture_teardown(None)
                connections.close_all()

    return go_through


@pytest.fixture(scope="session")
def undisturbed(go_through_undisturbed) -> dict[str, list[str]]:
    """What a night of LAST_WEEK leaves behind where nothing happens to it: the picture that all others must equal."""
    return go_through_undisturbed(LAST_WEEK)


@pytest.fixture(scope="session")
def tonight() -> Plan:
    return hospitals.tonight()


@pytest.fixture(scope="session")
def undisturbed_tonight(go_through_undisturbed, tonight) -> dict[str, list[str]]:
    return go_through_undisturbed(tonight)


@pytest.fixture
def in_parts(settings):
    """Audits that are begun here are cut as small as those that the worker begins."""
    settings.AUDIT_SHARD_SIZE = hospitals.PART


@pytest.fixture(scope="session")
def charts_of_last_week(cast):
    return cast(lambda: LAST_WEEK.build("DISTURBED"))


@pytest.fixture
def hospital(transactional_db, in_parts, charts_of_last_week) -> Facility:
    """A hospital of the same charts, whose night of LAST_WEEK is the next one."""
    facility = charts_of_last_week.lay()
    LAST_WEEK.add(facility)
    return facility


@pytest.fixture
def hospital_tonight(transactional_db, in_parts, tonight) -> Facility:
    """A hospital whose night is due now."""
    facility = tonight.build("DISTURBED")
    tonight.add(facility)
    return facility
