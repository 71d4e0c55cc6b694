"""Whether people were assessed in time and passed, as of any moment and by what was known at another."""

from datetime import timedelta

import pytest
from django.utils import timezone

from himdept.common import metrics
from himdept.common.metrics import Measured, Scope
from staff.employment.measured import number_of
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def read(as_of=None, known_at=None) -> Measured:
    scope = Scope(make.facility(), as_of or timezone.now(), known_at)
    return metrics.read(scope, ["competencies-current"])["competencies-current"]


def test_who_passed_in_time_is_as_it_should_be_and_who_failed_or_is_past_the_day_is_named(him):
    assert read() == Measured(0)
    asked, today, by = make.competency(), timezone.localdate(), him.okafor
    for person in (him.marsh, him.ruiz, him.holt):
        make.assessment(person, asked, assessor=by, by=by.user)
    make.assessment(him.brandt, asked, assessor=by, by=by.user, passed=False)
    make.assessment(him.petrov, asked, assessor=by, by=by.user, assessed_on=today - 400 * DAY)
    short = sorted(number_of(person.pk, asked.pk) for person in (him.okafor, him.brandt, him.petrov))
    assert read() == Measured(6, tuple(short))


def test_an_earlier_day_and_what_was_known_then_are_read_again_as_they_were(him):
    asked, by, known_at = make.competency(), him.okafor, timezone.now()
    passed = {"assessor": by, "by": by.user}
    make.assessment(him.brandt, asked, assessed_on=timezone.localdate() - 20 * DAY, **passed)
    make.assessment(him.brandt, asked, assessed_on=timezone.localdate() - 5 * DAY, passed=False, **passed)
    number = number_of(him.brandt.pk, asked.pk)
    assert number in read().offenders
    assert number not in read(as_of=timezone.now() - 10 * DAY).offenders
    assert number in read(as_of=timezone.now() - 10 * DAY, known_at=known_at).offenders


def test_only_who_may_see_the_person_reads_whose_it_is(him):
    make.competency()
    metric, short = metrics.named("competencies-current"), read().offenders
    assert len(metric.name(him.okafor.user, short)) == 6
    assert len(metric.name(him.brandt.user, short)) == 1
    assert metric.name(make.person(role="Surveyor"), short) == []
