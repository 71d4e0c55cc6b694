from datetime import timedelta

import pytest

from staff.models import Position
from tests import factories as make
from tests.factories import OPENED, span

pytestmark = pytest.mark.django_db

A_YEAR_ON = OPENED + timedelta(days=365)


@pytest.mark.parametrize(
    ("standing", "sits", "at", "state"),
    [
        ("proposed", False, A_YEAR_ON, "proposed"),
        ("approved", False, OPENED - timedelta(minutes=1), "approved"),
        ("approved", False, OPENED, "vacant"),
        ("approved", True, OPENED, "filled"),
        ("on_hold", False, OPENED, "on_hold"),
        ("on_hold", True, OPENED, "filled"),
        ("approved", False, A_YEAR_ON, "abolished"),
    ],
)
def test_the_state_of_a_seat_is_what_was_decided_and_whether_somebody_sits_in_it(standing, sits, at, state):
    until = A_YEAR_ON if state == "abolished" else None
    seat = make.position(standing=standing, valid=span(OPENED, until))
    if sits:
        make.employee(sits_in=seat)
    assert Position.objects.with_state(at).get(pk=seat.pk).state == state


def test_a_vacant_seat_is_approved_exists_and_is_empty():
    vacant = make.position()
    make.employee(sits_in=make.position())
    for not_to_be_filled in ({"standing": "proposed"}, {"standing": "on_hold"}, {"valid": span(OPENED, A_YEAR_ON)}):
        make.position(**not_to_be_filled)
    assert Position.objects.vacant().get() == vacant
