"""What an audit leaves behind for comparing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from records.completeness import past
from records.models import KeptFigures, KeptOwing
from tests import factories as make
from tests.records.completeness.conftest import poison
from tests.records.completeness.loading import audit

pytestmark = pytest.mark.django_db

AS_OF = datetime(2026, 11, 12, 7, tzinfo=UTC)  # 02:00 in New York
TONIGHT = datetime(2026, 11, 13, 5, tzinfo=UTC)


def kept(of, run, **fields):
    return KeptFigures.objects.get(facility=of, run=run, **fields)


def test_a_run_keeps_how_each_rank_of_confidentiality_stood():
    main, vance = make.facility(), make.practitioner("Vance")
    for status, rank in (("delinquent", 3), ("delinquent", 4), ("incomplete", 3), ("complete", 3)):
        of = make.record(status=status, confidentiality=rank)
        if status != "complete":
            make.deficiency(of, owed_by=vance, due_at=AS_OF - timedelta(days=2))
        if status == "incomplete":
            make.deficiency(of, kind="undated", element="time", due_at=None)
    make.deficiency(make.record(at=make.facility("EAST"), status="delinquent"), due_at=AS_OF - timedelta(days=1))
    make.expected(due_at=TONIGHT)
    make.expected(due_at=TONIGHT + timedelta(seconds=1))
    run = make.audit_run(as_of=AS_OF, facility=main)
    past.keep(run)

    ordinary = kept(main, run, confidentiality=3)
    assert ordinary.day == date(2026, 11, 12)
    assert (ordinary.delinquent, ordinary.incomplete) == (1, 2)
    assert (ordinary.open, ordinary.past_due, ordinary.undated, ordinary.due_today) == (3, 2, 1, 1)
    assert kept(main, run, confidentiality=4).delinquent == 1
    assert kept(main, run, confidentiality=0).open == 0  # nothing is a fact too
    assert not KeptFigures.objects.exclude(facility=main).exists()
    owing = KeptOwing.objects.filter(practitioner=vance).values_list("confidentiality", "open", "past_due")
    assert sorted(owing) == [(3, 2, 2), (4, 1, 1)]
    assert KeptOwing.objects.get(practitioner=None).open == 1


def test_a_run_of_all_facilities_keeps_each_ones_own():
    make.record(status="delinquent")
    make.record(at=make.facility("EAST"), status="incomplete")
    run = make.audit_run(as_of=AS_OF)
    past.keep(run)
    sums = KeptFigures.objects.filter(run=run).values_list("facility__code").annotate(Sum("delinquent"))
    assert dict(sums) == {"MAIN": 1, "EAST": 0}


def test_discharges_are_those_of_the_year_before_of_stays_that_are_judged():
    for days, fields in (
        (1, {}),
        (364, {}),
        (366, {}),
        (5, {"encounter_class": "virtual"}),
        (5, {"status": "complete", "encounter_class": "emergency"}),
        (-1, {}),
    ):
        end = AS_OF - timedelta(days=days)
        make.record(start=end - timedelta(days=2), end=end, **fields)
    make.record(start=AS_OF - timedelta(days=1), end=None)
    run = make.audit_run(as_of=AS_OF, facility=make.facility())
    past.keep(run)
    assert kept(make.facility(), run, confidentiality=3).discharges == 3
    assert kept(make.facility(), run, confidentiality=3).months == 12


@pytest.mark.parametrize(("days", "months"), [(3, 1), (73, 2.4), (400, 12)])
def test_a_young_hospital_has_fewer_months_but_never_less_than_one(days, months):
    make.record(start=AS_OF - timedelta(days=days), end=AS_OF)
    run = make.audit_run(as_of=AS_OF, facility=make.facility())
    past.keep(run)
    assert kept(make.facility(), run, confidentiality=3).months == pytest.approx(months)


def test_what_was_kept_is_never_changed():
    past.keep(make.audit_run(as_of=AS_OF, facility=make.facility()))
    for table in (KeptFigures, KeptOwing):
        make.deficiency()
        past.keep(make.audit_run(as_of=AS_OF, facility=make.facility()))
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            table.objects.update(open=7)


def test_a_person_is_shown_what_their_role_reaches():
    past.keep(make.audit_run(as_of=AS_OF))
    make.facility("EAST")
    past.keep(make.audit_run(as_of=AS_OF))
    seen = KeptFigures.objects.visible_to(make.manager(clearance=3))
    assert {(row.facility.code, row.confidentiality) for row in seen} == {("MAIN", rank) for rank in range(4)}
    assert not KeptFigures.objects.visible_to(make.person(role="Interface engineer")).exists()
    assert not KeptOwing.objects.visible_to(make.manager("gone", is_active=False)).exists()


@pytest.mark.django_db(transaction=True)
def test_only_an_audit_that_wrote_and_did_not_fail_leaves_anything(twins):
    (facility,) = twins("ONE")
    inpatient = facility.records.filter(encounter__encounter_class="inpatient").first()
    with poison(inpatient), pytest.raises(AssertionError, match="parts"):
        audit(facility, AS_OF)
    assert not KeptFigures.objects.exists()
    audit(facility, AS_OF + timedelta(days=1))
    assert not audit(facility, AS_OF - timedelta(days=3)).written
    assert KeptFigures.objects.values("run").distinct().count() == 1
    assert KeptOwing.objects.values("run").distinct().count() == 1
