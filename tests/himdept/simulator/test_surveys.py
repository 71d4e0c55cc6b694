"""The demonstration's survey cycle."""

import pytest
from django.utils import timezone

from compliance.cycles.models import Cycle, State
from compliance.cycles.standing import standing
from compliance.standards import library
from himdept.simulator import people, surveys
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility():
    people.employ(make.facility())
    return make.facility()


def test_it_is_in_progress_with_parts_in_several_states_and_findings_in_the_matrix(facility):
    library.load_all()
    stands = standing(surveys.begin(facility, until=timezone.localdate()))
    states = {one.part.state for one in stands.parts}
    assert states == {State.DRAFT, State.IN_PROGRESS, State.SUBMITTED, State.CLOSED}
    assert {one.part.assignee.username for one in stands.parts} == set(surveys.SCORERS)
    assert stands.findings
    assert not stands.ungraded
    assert not stands.can_close


def test_a_second_one_is_not_begun_and_none_without_standards(facility):
    assert surveys.begin(facility, until=timezone.localdate()) is None
    library.load_all()
    surveys.begin(facility, until=timezone.localdate())
    assert surveys.begin(facility, until=timezone.localdate()) is None
    assert Cycle.objects.count() == 1
