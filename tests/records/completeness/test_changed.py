"""A published rule is one due row, and a night judges anew only the records that it makes a difference to."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from himdept.common.errors import DomainError
from records.completeness import audits, deficiencies, requirements
from records.completeness.models import AuditRun, AuditShard, Due, Requirement
from records.inventory.models import DocumentType, Record
from staff.people.facilities import open_facility
from tests import factories as make
from tests.records.completeness import loading
from tests.records.completeness.test_engine import can_be_published, everything, undone, zones  # noqa: F401
from tests.records.completeness.test_engine import open_facility as facility_of
from tests.reference.by_hand import at, chart, instant, note, rule
from tests.reference.charts import cases

pytestmark = pytest.mark.django_db

AS_OF = "2023-09-01 06:00"
FIELDS = (
    *("code", "topic", "title", "basis", "trigger", "document_types", "encounter_classes", "dispositions"),
    *("services", "dispositions_excepted", "stay_at_least_hours", "stay_less_than_hours"),
    *("age_from_years", "age_below_years", "procedure_codes", "exempts"),
    *("anesthesia_only", "not_before_hours", "due_after_hours", "due_after_days", "only_if_met"),
    *("every_hours", "every_days", "at_least", "begins_after_days", "ends_after_days"),
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
            publish_another(data, case, facility)
        night = loading.audit(facility, case.as_of)
        assert night.full is False
        after = everything()
        again = loading.audit(facility, case.as_of, full=True)
        assert (again.opened, again.closed) == (0, 0)
        assert everything() == after
        assert not Due.objects.filter(facility=facility).exists()


def publish_another(data, case, facility):
    """Publish a further version of a rule that is in force without an end, with other terms."""
    wish = drawn_version(data, case, facility)
    try:
        requirements.publish(wish.pop("profile"), because="Drawn.", **wish)
    except DomainError:
        assume(False)


def drawn_version(data, case, facility) -> dict:
    lasting = Requirement.objects.filter(effective__upper_inf=True, profile__facilities=facility)
    lasting = sorted(lasting, key=str)
    assume(lasting)
    last = data.draw(st.sampled_from(lasting))
    chart_day = case.chart.start.day(ZoneInfo(case.chart.zone))
    days = [None, *(chart_day + timedelta(days=n) for n in (-400, -1, 0, 1, 2))]
    wish = {"profile": last.profile, "effective_from": data.draw(st.sampled_from(days))}
    return wish | fields_of(last) | data.draw(other_terms(last))


def other_terms(last: Requirement):
    types = list(DocumentType.objects.values_list("code", flat=True).order_by("code"))
    terms = {
        "topic": st.sampled_from(sorted({last.topic, "T1", "T2"})),
        "document_types": st.lists(st.sampled_from(types), min_size=1, max_size=2, unique=True),
        "counts_toward_delinquency": st.booleans(),
        "responsible": st.sampled_from(Requirement.Responsible.values),
        "encounter_classes": st.sampled_from([[], ["inpatient", "newborn"], ["swing_bed"]]),
        "authentication_required": st.booleans(),
        "exempts": st.sampled_from([last.exempts, [], ["T1"], ["T2"]]),
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
    stays = [
        loading.load(chart(klass=klass, end=at("2023-06-05 10:00")), facility=facility)
        for klass in ("inpatient", "emergency")
    ]
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


def tried(facility, *, since=date(2023, 1, 1), **terms):
    last = Requirement.objects.filter(profile__facilities=facility).latest("version")
    return requirements.dry_run(last.profile, facility, effective_from=since, **(fields_of(last) | terms))


def test_a_dry_run_says_what_would_open_and_become_delinquent_and_writes_nothing(house):
    facility, (_, emergency) = house
    before = everything(), list(Requirement.objects.values()), Due.objects.count()
    outcome = tried(facility, encounter_classes=["emergency", "inpatient"])
    assert (outcome.opened, outcome.closed, outcome.delinquent, outcome.delinquent_no_more) == (1, 0, 1, 0)
    assert outcome.examples["opened"] == outcome.examples["delinquent"] == [emergency.record.pk]
    assert (everything(), list(Requirement.objects.values()), Due.objects.count()) == before


def test_a_dry_run_says_what_would_close(house):
    facility, (inpatient, _) = house
    outcome = tried(facility, encounter_classes=["newborn"])
    assert (outcome.opened, outcome.closed, outcome.delinquent, outcome.delinquent_no_more) == (0, 1, 0, 1)
    assert outcome.examples["closed"] == [inpatient.record.pk]


def test_what_is_waived_neither_opens_nor_closes_in_a_dry_run(house):
    facility, (inpatient, _) = house
    deficiencies.waive(inpatient.record.deficiency_set.get(), by=make.manager(), because="Its physician has died.")
    stricter = tried(facility, due_after_hours=1)
    assert (stricter.opened, stricter.closed, stricter.delinquent) == (0, 0, 0)


def test_a_dry_run_of_a_rule_from_tomorrow_on_touches_nothing(house):
    facility, _ = house
    assert tried(facility, since=date(2023, 9, 2), due_after_hours=1).records == 0


def test_before_the_first_audit_there_is_nothing_to_try_a_rule_on(house):
    facility, _ = house
    AuditRun.objects.update(state="queued", finished_at=None)
    with pytest.raises(DomainError, match="Nothing was audited yet"):
        tried(facility, due_after_hours=1)


@given(data=st.data(), case=cases())
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)
def test_a_dry_run_counts_what_the_night_after_publishing_does(zones, data, case):  # noqa: F811
    assume(all(can_be_published(rule) for rule in case.rules))
    with undone():
        facility = facility_of(case)
        loaded = loading.load(case.chart, facility=facility)
        loading.audit(facility, case.as_of, full=True)
        was = Record.objects.get(pk=loaded.record.pk).status == "delinquent"
        wish = drawn_version(data, case, facility)
        try:
            with transaction.atomic():
                outcome = requirements.dry_run(wish.pop("profile"), facility, **wish)
        except DomainError:
            assume(False)
        profile = Requirement.objects.filter(code=wish["code"]).latest("version").profile
        requirements.publish(profile, because="Drawn.", **wish)
        night = loading.audit(facility, case.as_of)
        assert (outcome.opened, outcome.closed) == (night.opened, night.closed)
        now = Record.objects.get(pk=loaded.record.pk).status == "delinquent"
        assert (outcome.delinquent, outcome.delinquent_no_more) == (int(now and not was), int(was and not now))
