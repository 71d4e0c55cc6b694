"""Whether people took what they owe, as of any moment and by what was known at another."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from himdept.common import metrics
from himdept.common.metrics import Measured, Scope
from staff.employment.measured import number_of
from staff.models import Attendance
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def read(at="MAIN", as_of=None, known_at=None) -> Measured:
    scope = Scope(make.facility(at), as_of or timezone.now(), known_at)
    return metrics.read(scope, ["training-current"])["training-current"]


def test_who_took_it_in_time_is_as_it_should_be_and_who_is_past_the_day_is_named(him):
    assert read() == Measured(0)
    course, today = make.course(), timezone.localdate()
    for person in (him.okafor, him.marsh, him.ruiz, him.holt):
        make.attendance(person, course, by=make.manager(f"by-{person.pk}"))
    make.attendance(him.brandt, course, by=him.marsh.user, done_on=today - 400 * DAY)
    late = sorted(number_of(person.pk, course.pk) for person in (him.brandt, him.petrov))
    assert read() == Measured(6, tuple(late))


def test_what_is_not_due_yet_and_was_never_taken_is_not_counted(him):
    course = make.course(from_day=timezone.localdate() - DAY)
    assert read() == Measured(0)
    make.attendance(him.brandt, course, by=him.marsh.user)
    assert read() == Measured(1)


def test_what_was_done_later_is_not_in_the_reading_of_an_earlier_day_nor_what_was_written_later(him):
    course, today = make.course(), timezone.localdate()
    before, known_at = timezone.now() - 10 * DAY, timezone.now()
    make.attendance(him.brandt, course, by=him.marsh.user, done_on=today - 5 * DAY)
    make.attendance(him.holt, course, by=him.ruiz.user, done_on=today - 20 * DAY)
    assert len(read().offenders) == 4
    assert number_of(him.brandt.pk, course.pk) in read(as_of=before).offenders
    assert number_of(him.holt.pk, course.pk) not in read(as_of=before).offenders
    assert len(read(known_at=known_at).offenders) == 6


def test_what_was_struck_counts_as_not_taken_and_others_facilities_are_not_measured(him):
    course = make.course()
    make.attendance(him.brandt, course, by=him.marsh.user, struck_by=him.okafor.user, struck_because="Was ill.")
    assert Attendance.objects.count() == 1
    assert read() == Measured(6, read().offenders)
    assert read("OTHER") == Measured(0)


def test_only_who_may_see_the_person_reads_whose_it_is(him):
    make.course()
    metric, late = metrics.named("training-current"), read().offenders
    assert {one.number for one in metric.name(him.okafor.user, late)} == set(late)
    (own,) = metric.name(him.brandt.user, late)
    assert (own.name, own.address) == (f"{him.brandt} · Privacy", reverse("person_training", args=[him.brandt.pk]))
    assert metric.name(make.person(role="Surveyor"), late) == []
