"""Access ends when employment does: a separation that is approved late is named, to who may know of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from himdept.common import metrics
from himdept.common.metrics import Measured, Scope
from staff.personnel import tasks
from tests import factories as make
from tests.staff.personnel.acting import approved

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def read(as_of=None) -> Measured:
    scope = Scope(make.facility(), as_of or timezone.now() + timedelta(minutes=1))
    return metrics.read(scope, ["access-ended"])["access-ended"]


def separated(him, who, effective):
    return approved(getattr(him, who), "separation", by=him.okafor, reason="resignation", effective=effective)


def test_a_separation_in_time_is_as_it_should_be_and_one_whose_papers_came_late_is_named(him):
    assert read() == Measured(0)
    in_time = separated(him, "brandt", timezone.now() + timedelta(minutes=2))
    assert read().denominator == 0  # still to come
    assert read(in_time.effective + HOUR / 2) == Measured(1, (in_time.pk,))  # nobody has ticked
    late = separated(him, "petrov", timezone.now() - 3 * HOUR)
    tasks.tick()
    assert read() == Measured(1, (late.pk,))
    assert read(as_of=timezone.now() + timedelta(days=91)).denominator == 0


def test_only_who_is_above_reads_whose_it_was(him):
    late = separated(him, "petrov", timezone.now() - 3 * HOUR)
    metric = metrics.named("access-ended")
    assert [one.number for one in metric.name(him.okafor.user, [late.pk])] == [late.pk]
    assert metric.name(him.brandt.user, [late.pk]) == []
    assert metric.name(make.person(role="Privacy officer"), [late.pk]) == []


def test_a_separation_is_of_the_facility_in_which_the_person_sat(him):
    separated(him, "petrov", timezone.now() - 3 * HOUR)
    other = Scope(make.facility("OTHER"), timezone.now())
    assert metrics.read(other, ["access-ended"])["access-ended"] == Measured(0)
