"""What is measured of charts: by the engine, as of any moment; each number names what fell short."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himdept.common import metrics
from himdept.common.errors import DomainError
from himdept.common.metrics import Measured, Metric, Scope
from records.completeness.measures import METRICS
from records.models import Document
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LONG_AFTER = make.DISCHARGED + 40 * DAY


@pytest.fixture
def facility():
    rule = make.requirement()
    rule.profile.facilities.set([make.facility()])
    return make.facility()


def read(facility, code="discharge-summary", as_of=LONG_AFTER, known_at=None) -> Measured:
    return metrics.read(Scope(facility, as_of, known_at), [code])[code]


def test_a_summary_in_time_is_as_it_should_be_and_one_that_is_late_or_missing_is_named(facility):
    in_time, late, missing = make.record(), make.record(), make.record()
    make.document(in_time, signed=make.DISCHARGED)
    make.document(late, authored=make.DISCHARGED + 35 * DAY, signed=make.DISCHARGED + 35 * DAY)
    assert read(facility) == Measured(3, (late.pk, missing.pk))


def test_what_is_not_due_yet_or_fell_due_before_the_window_is_not_counted(facility):
    make.record()
    due = make.DISCHARGED + 30 * DAY
    assert read(facility, as_of=due - DAY).denominator == 0
    assert read(facility, as_of=due + DAY).denominator == 1
    assert read(facility, as_of=due + 80 * DAY).denominator == 1
    assert read(facility, as_of=due + 92 * DAY).denominator == 0


def test_what_was_written_early_counts_once_it_is_due(facility):
    make.document(make.record(), signed=make.DISCHARGED)
    assert read(facility, as_of=make.DISCHARGED + 10 * DAY) == Measured(0)
    assert read(facility) == Measured(1)


def test_records_of_other_facilities_are_not_measured(facility):
    make.record(at=make.facility("OTHER"))
    assert read(facility).denominator == 0


def test_a_waiver_does_not_make_a_document_of_what_is_not_there(facility):
    record = make.record()
    make.deficiency(
        record, status="waived", waived_at=timezone.now(), waived_by=make.manager(), waived_because="Left the staff."
    )
    assert read(facility) == Measured(1, (record.pk,))


def test_a_record_is_whole_when_all_that_counts_was_there_before_its_day(facility):
    whole, late, lacking = make.record(), make.record(), make.record()
    make.document(whole, signed=make.DISCHARGED)
    make.document(late, authored=make.DISCHARGED + 32 * DAY, signed=make.DISCHARGED + 32 * DAY)
    assert read(facility, "records-complete") == Measured(3, (late.pk, lacking.pk))
    assert read(facility, "records-complete", as_of=make.DISCHARGED + 30 * DAY).denominator == 0


def test_of_restraint_the_order_and_seeing_the_patient_are_measured_apart_and_together(facility):
    for topic, code in (("restraint-order", "64295-2"), ("restraint-face-to-face", "34109-9")):
        kind = make.document_type(code, topic)
        make.requirement(topic, topic=topic, document_types=[kind.code])
    record = make.record()
    make.document(record, document_type=make.document_type("64295-2"), signed=make.DISCHARGED)
    assert read(facility, "restraint-ordered") == Measured(1)
    assert read(facility, "restraint-seen") == Measured(1, (record.pk,))
    assert read(facility, "restraint-orders") == Measured(2, (record.pk,))


def test_measuring_gives_every_metric_and_keeps_nothing(facility):
    make.record()
    found = metrics.read(Scope(facility, LONG_AFTER))
    assert set(found) == set(metrics.every())
    assert not facility.readings.exists()


def test_what_nobody_measures_is_refused(facility):
    with pytest.raises(DomainError, match="Nobody measures luck"):
        metrics.read(Scope(facility, LONG_AFTER), ["luck"])


def test_a_metric_needs_an_aim_and_a_reading_cannot_have_more_offenders_than_there_are():
    with pytest.raises(ValueError, match="no share"):
        Metric("x", "X", "xs", 90, target=0, name=lambda user, numbers: [])
    with pytest.raises(ValueError, match="more that were not"):
        Measured(1, (1, 2))


def test_a_code_is_measured_by_one_source_alone():
    other = metrics.Source("another", METRICS, lambda scope, codes: {})
    with pytest.raises(ValueError, match="Measured twice"):
        metrics.register(other)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    charts=st.lists(
        st.tuples(st.integers(0, 60), st.none() | st.integers(-3, 70), st.sampled_from(["MAIN", "OTHER"])), max_size=6
    ),
    after=st.integers(0, 140),
)
def test_offenders_are_what_the_denominator_has_more_and_the_parts_sum_to_the_whole(facility, charts, after):
    """Over every metric: and the facilities' numbers are those of the charts, added up by hand."""
    other = make.facility("OTHER")
    make.requirement().profile.facilities.add(other)
    as_of = make.DISCHARGED + after * DAY
    known = {at: metrics.read(Scope(at, as_of)) for at in (facility, other)}
    expected = {
        at.code: [known[at]["discharge-summary"].denominator, len(known[at]["discharge-summary"].offenders)]
        for at in (facility, other)
    }
    for ended, written, code in charts:
        end = make.DISCHARGED + ended * DAY
        record = make.record(at=make.facility(code), start=end - 2 * DAY, end=end)
        if written is not None:
            at = end + written * DAY
            make.document(record, authored=at, signed=at)
        due = end + 30 * DAY
        if due + DAY < as_of < due + 89 * DAY:
            expected[code][0] += 1
            expected[code][1] += written is None or written > 30
        elif not (as_of < due - DAY or as_of > due + 91 * DAY):
            return  # on the edge of the window midnight decides, which is not by hand
    for at in (facility, other):
        for code, measured in metrics.read(Scope(at, as_of)).items():
            assert measured.numerator + len(measured.offenders) == measured.denominator, code
        found = metrics.read(Scope(at, as_of), ["discharge-summary"])["discharge-summary"]
        assert [found.denominator, len(found.offenders)] == expected[at.code]


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_a_frozen_night_gives_the_same_numbers_whatever_came_since():
    make.requirement().profile.facilities.set([make.facility()])
    record, facility = make.record(), make.facility()
    known_at = timezone.now()
    before = read(facility)
    make.document(record, signed=make.DISCHARGED)
    assert read(facility) == Measured(1) != before
    assert read(facility, known_at=known_at) == before == Measured(1, (record.pk,))
    Document.objects.update(status="entered_in_error")
    assert read(facility, known_at=known_at) == before
