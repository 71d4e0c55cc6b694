from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from compliance.digests.models import Digest
from compliance.nightly.nights import plan
from himdept.simulator import loading, nights
from records.completeness import requirements
from records.inventory import catalogue
from records.models import AuditRun, Deficiency, KeptFigures, Record
from staff.models import Facility
from tests import factories as make
from tests.records.completeness import pictures
from tests.records.completeness.loading import audit

UNTIL = date(2025, 11, 12)


def test_a_quarter_of_weeks_and_a_fortnight_of_days_each_once_and_in_order():
    days = nights.days(UNTIL)
    assert days[0] == date(2025, 8, 13)
    assert days[-15:-13] == [date(2025, 10, 29), date(2025, 10, 30)]
    assert days[-1] == UNTIL
    assert days == sorted(set(days))


def test_a_night_is_at_the_hour_of_its_facility():
    hospital = Facility(night_begins_at=time(2), time_zone_id="America/New_York")
    assert nights.night_of(hospital, UNTIL) == datetime(2025, 11, 12, 7, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_past_is_written_night_by_night_and_ends_where_one_audit_would():
    catalogue.load()
    make.facility("ONE"), make.facility("TWO")
    first, second = Facility.objects.filter(code__in=["ONE", "TWO"]).order_by("pk")
    for facility in (first, second):
        loading.fill(loading.Wish(facility, 300, 5, UNTIL))
    requirements.load_profiles()

    done = nights.judge_the_past(first, until=UNTIL)
    runs = list(AuditRun.objects.order_by("pk"))
    assert len(runs) == done == len(nights.days(UNTIL))
    assert all(run.written and run.state == "finished" for run in runs)
    assert [run.as_of for run in runs] == sorted({run.as_of for run in runs})
    assert KeptFigures.objects.values("day").distinct().count() == done
    assert Deficiency.objects.filter(record__facility=first).values("opened_at").distinct().count() > 3

    audit(second, runs[-1].as_of)
    one, other = (pictures.of(facility) for facility in (first, second))
    assert (one["records"], one["expected"]) == (other["records"], other["expected"])
    assert Record.objects.filter(facility=first, open_deficiencies__gt=0).exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_night_has_told_its_digest_to_whom_it_concerns_once():
    catalogue.load()
    facility = make.facility("ONE")
    facility.refresh_from_db()
    until = loading.today_in(facility)
    loading.fill(loading.Wish(facility, 300, 5, until))
    requirements.load_profiles()
    manager = make.manager(facilities=[facility])
    nights.judge_the_past(facility, until=until)
    night = nights.tell_of_the_last(facility)
    digest = Digest.objects.get(person=manager)
    assert (digest.facility, digest.day, digest.mailed_at) == (facility, night.business_date, None)
    assert digest.numbers["past-due"] > 0
    assert nights.tell_of_the_last(facility) is None
    assert plan(facility, at=timezone.now())[:-1] == []  # no night was missed


def test_of_a_past_that_is_long_over_nothing_is_told(db):
    facility = make.facility()
    make.audit_run(as_of=timezone.now() - timedelta(days=3), facility=facility, state="finished", written=True)
    assert nights.tell_of_the_last(facility) is None
