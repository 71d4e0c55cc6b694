"""Whether everybody was held against the lists of last month."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from himdept.common import metrics
from himdept.common.metrics import Measured, Scope
from staff.employment.measured import number_of
from staff.models import ExclusionCheck, ExclusionList, ExclusionLoad
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def read(as_of=None, known_at=None, at="MAIN") -> Measured:
    scope = Scope(make.facility(at), as_of or timezone.now(), known_at)
    return metrics.read(scope, ["exclusion-checks"])["exclusion-checks"]


def month(back: int) -> date:
    day = timezone.localdate().replace(day=1)
    for _ in range(back):
        day = (day - DAY).replace(day=1)
    return day


def checked(*people, back: int) -> ExclusionList:
    listed = ExclusionList.objects.get(code="oig")
    load = ExclusionLoad.objects.create(list=listed, month=month(back), digest="0" * 64, entries=1)
    for person in people:
        ExclusionCheck.objects.create(employee=person, load=load, found=0)
    return listed


@pytest.fixture
def everybody(him):
    ExclusionList.objects.filter(code="oig").update(from_day=month(3))
    return [him.okafor, him.marsh, him.ruiz, him.brandt, him.petrov, him.holt]


def test_who_was_held_against_last_months_list_or_a_later_one_is_as_it_should_be(him, everybody):
    listed = checked(*everybody, back=2)
    assert len(read().offenders) == 6
    checked(*everybody[:4], back=1)
    checked(everybody[4], back=0)
    assert read() == Measured(6, (number_of(him.holt.pk, listed.pk),))


def test_a_list_that_is_not_in_use_yet_and_somebody_who_came_yesterday_ask_for_nothing(him, everybody):
    ExclusionList.objects.filter(code="oig").update(from_day=month(0))
    assert read() == Measured(0)
    ExclusionList.objects.filter(code="oig").update(from_day=month(3))
    make.employee("Newcomer", sits_in=make.position(him.coding), during=make.span(timezone.now() - DAY))
    assert read().denominator == 6
    assert read(at="OTHER") == Measured(0)


def test_a_check_that_was_not_made_then_is_not_in_what_was_known_then(everybody):
    known_at = timezone.now()
    checked(*everybody, back=1)
    assert read().offenders == ()
    assert len(read(known_at=known_at).offenders) == 6


def test_only_who_may_see_the_person_reads_whose_it_is(him, everybody):
    metric, short = metrics.named("exclusion-checks"), read().offenders
    assert len(metric.name(him.okafor.user, short)) == 6
    assert metric.name(make.person(role="Surveyor"), short) == []
