"""A published rule is one due row, and a night judges anew only the records that it makes a difference to."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from himdept.common.errors import DomainError
from records.completeness import audits, requirements
from records.completeness.models import AuditRun, AuditShard, Due, Requirement
from records.inventory.models import DocumentType, Record
from staff.people.facilities import open_facility
from tests.records.completeness import loading
from tests.records.completeness.test_engine import can_be_published, everything, undone, zones  # noqa: F401
from tests.records.completeness.test_engine import open_facility as facility_of
from tests.reference.by_hand import chart, instant, note, rule
from tests.reference.charts import cases

pytestmark = pytest.mark.django_db

AS_OF = "2023-09-01 06:00"
FIELDS = (
    *("code", "topic", "title", "basis", "trigger", "document_types", "encounter_classes", "dispositions"),
    *("anesthesia_only", "not_before_hours", "due_after_hours", "due_after_days", "only_if_met"),
    *(
        "authentication_required",
        "cosignature",
        "entry_must_have",
        "sections_required",
        "responsible",
        "counts_toward_delinquency",
    ),
)


def fields_of(version: Requirement) -> dict:
    return {name: getattr(version, name) for name in FIELDS}


@given(data=st.data(), case=cases())
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
def test_a_night_after_rules_were_published_ends_where_a_full_audit_does(zones, data, case):  # noqa: F811
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone():
        facility = facility_of(case)
        loading.load(case.chart, facility=facility)
        earlier = case.as_of - data.draw(st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=3)]))
        loading.audit(facility, earlier, full=True)
        for _ in range(data.draw(st.integers(1, 2))):
            publish_another(data, case)
        night = loading.audit(facility, case.as_of)
        assert night.full is False
        after = everything()
        again = loading.audit(facility, case.as_of, full=True)
        assert (again.opened, again.closed) == (0, 0)
        assert everything() == after
        assert not Due.objects.filter(facility=facility).exists()


def publish_another(data, case):
    """A further version of a rule that is in force without an end, with other terms."""
    lasting = sorted(Requirement.objects.filter(effective__upper_inf=True), key=str)
    assume(lasting)
    last = data.draw(st.sampled_from(lasting))
    chart_day = case.chart.start.day(ZoneInfo(case.chart.zone))
    days = [None, *(chart_day + timedelta(days=n) for n in (-400, -1, 0, 1, 2))]
    fields = fields_of(last) | data.draw(other_terms(last))
    try:
        requirements.publish(last.profile, effective_from=data.draw(st.sampled_from(days)), because="Drawn.", **fields)
    except DomainError:
        assume(False)


def other_terms(last: Requirement):
    types = list(DocumentType.objects.values_list("code", flat=True).order_by("code"))
    terms = {
        "topic": st.sampled_from(sorted({last.topic, "T1", "T2"})),
        "document_types": st.lists(st.sampled_from(types), min_size=1, max_size=2, unique=True),
        "counts_toward_delinquency": st.booleans(),
        "responsible": st.sampled_from(Requirement.Responsible.values),
        "encounter_classes": st.sampled_from([[], ["inpatient", "newborn"], ["swing_bed"]]),
        "authentication_required": st.booleans(),
        "cosignature": st.sampled_from(["", "", "named", "in_training", "always"]),
        "sections_required": st.sampled_from([[], ["findings"]]),
    }
    if last.due_after_hours is not None or last.due_after_days is not None:
        limits = [(0, None), (1, None), (48, None), (None, 0), (None, 30)]
        terms["limit"] = st.sampled_from(limits)
    return st.fixed_dictionaries({}, optional=terms).map(with_limit)


def with_limit(terms: dict) -> dict:
    hours, days = terms.pop("limit", (None, None))
    return terms | ({"due_after_hours": hours, "due_after_days": days} if (hours, days) != (None, None) else {})


@pytest.fixture
def house():
    """Two stays without a history and physical, one of them an emergency; a rule for inpatients, audited."""
    facility = open_facility("HOUSE", name="House", time_zone="America/New_York")
    loading.bind((rule("admission", code="H", document_types=("history",), classes=("inpatient",)),), facility)
    stays = [loading.load(chart(klass=klass), facility=facility) for klass in ("inpatient", "emergency")]
    loading.audit(facility, instant(AS_OF), full=True)
    return facility, stays


def publish(facility, *, since=date(2023, 1, 1), **terms):
    last = Requirement.objects.filter(profile__facilities=facility).latest("version")
    return requirements.publish(last.profile, effective_from=since, because="Bylaws.", **(fields_of(last) | terms))


def test_only_the_records_that_a_rule_makes_a_difference_to_are_judged(house):
    facility, (inpatient, emergency) = house
    publish(facility, due_after_hours=30)
    night = loading.audit(facility, instant(AS_OF))
    assert (night.full, sum(shard.counts["judged"] for shard in night.shards.all())) == (False, 1)
    assert inpatient.record.deficiency_set.get().requirement.version == 1
    assert not emergency.record.deficiency_set.exists()
    for_all = publish(facility, since=date(2023, 1, 2), encounter_classes=[])
    loading.audit(facility, instant(AS_OF))
    assert emergency.record.deficiency_set.get().requirement == for_all


def test_a_rule_that_says_the_same_as_before_touches_the_records_that_it_now_stands_against_alone(house):
    facility, (_, emergency) = house
    loading.add(note("2023-06-02 20:00", id="H1", type="history"), emergency)
    publish(facility)
    night = loading.audit(facility, instant(AS_OF))
    assert sum(shard.counts["judged"] for shard in night.shards.all()) == 1
    assert (night.opened, night.closed) == (0, 0)


def test_a_profile_that_is_adopted_asks_for_every_record(house):
    facility, _ = house
    profile = Requirement.objects.get().profile
    profile.facilities.clear()
    requirements.adopt(profile, facility)
    assert loading.audit(facility, instant(AS_OF)).full is True


def test_after_an_audit_that_failed_changed_rules_ask_for_every_record(house):
    facility, _ = house
    publish(facility)
    failed = audits.start(as_of=instant(AS_OF), facility=facility)
    assert audits.begin(failed)
    AuditShard.objects.filter(run=failed).update(state="failed", error="A disk was full.")
    audits.finish_if_done(failed)
    assert AuditRun.objects.get(pk=failed.pk).state == "failed"
    assert loading.audit(facility, instant(AS_OF)).full is True
    assert Record.objects.filter(facility=facility, open_deficiencies=1).count() == 1
