"""The demonstration's evidence and controls: of every kind and in every state that a screen can show."""

import pytest
from django.utils import timezone

from compliance.controls.models import ControlOccurrence
from compliance.evidence.models import EvidenceRevision, Kind
from compliance.evidence.standing import State, state_of
from compliance.scoring import readings
from compliance.scoring.standing import standing
from compliance.selfcheck.faults import faults
from compliance.standards import library
from himdept.common.metrics import Scope
from himdept.simulator import evidence, people
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    library.load_all()
    facility = make.facility()
    people.employ(facility)
    readings.take(Scope(facility, timezone.now()))
    return facility


def test_there_is_evidence_of_every_kind_and_controls_in_every_state(facility):
    today = timezone.localdate(timezone=facility.zone)
    assert evidence.lay_down(facility, today=today) == 11
    latest = EvidenceRevision.objects.latest().with_withdrawn()
    assert {one.kind for one in latest} == set(Kind.values)
    assert {State.WITHDRAWN, State.EXPIRING, State.IN_FORCE} <= {state_of(one, today) for one in latest}
    states = set(ControlOccurrence.objects.values_list("state", flat=True))
    assert states == {"open", "done", "missed"}
    exclusions = ControlOccurrence.objects.filter(control__title__contains="exclusion").earliest("due_on")
    assert exclusions.state == "done"  # as the month's list was read, in `department`
    found = {fault.kind for fault in faults(standing(facility, today, now=timezone.now()))}
    assert {"no_evidence", "no_reason", "own_evidence"} <= found


def test_it_is_laid_down_once(facility):
    today = timezone.localdate(timezone=facility.zone)
    evidence.lay_down(facility, today=today)
    assert evidence.lay_down(facility, today=today) == 0
