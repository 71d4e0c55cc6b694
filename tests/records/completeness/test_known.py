"""What was found on a night is found again by what was known that night, whatever has arrived or changed since."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from himdept.common.errors import DomainError
from records.completeness import requirements
from records.completeness.engine import binding, charts, rules, settle
from records.completeness.engine.charts import Scope
from records.completeness.models import Deficiency, Due, Requirement
from records.inventory.models import Document, Encounter, Episode, Patient
from staff.people import facilities
from tests.records.completeness import loading
from tests.records.completeness.test_changed import drawn_version, fields_of
from tests.records.completeness.test_engine import can_be_published, everything, open_facility
from tests.reference.by_hand import chart, instant, rule
from tests.reference.charts import cases
from tests.reference.drawing import TYPES

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)

ABOUT = ("record_id", "topic", "requirement_id", "episode_id", "document_id", "block", "slot", "due_at", "element")


def stands(loaded) -> set[tuple]:
    """What the last night wrote, in the columns of a finding."""
    rows = Deficiency.objects.filter(record=loaded.record).exclude(status="void")
    names = (*ABOUT, "owed_by_id", "served_by_id", "resolved_at", "kind", "mendable")
    return {(*row[:-2], row[-2] if row[-1] else "gap") for row in rows.values_list(*names) if is_held(*row[-3:])}


def is_held(resolved_at, kind: str, mendable: bool) -> bool:
    return resolved_at is None or kind == "late" or not mendable


def found(facility, as_of, known_at) -> set[tuple]:
    """What the engine finds as of a moment by what was known at another."""
    scope = Scope(facility, as_of, known_at, 0, 2**63 - 1, full=True, written=False)
    at = "CASE WHEN kind IN ('late', 'gap') THEN at END"
    with transaction.atomic(), connection.cursor() as cursor:
        charts.lay_out(cursor, scope)
        rules.judge(cursor, scope, binding.in_force(facility, known_at))
        settle.collapse(cursor, scope)
        cursor.execute(f"SELECT {', '.join(ABOUT)}, owed_by, served_by, {at}, kind FROM finding")
        return set(cursor.fetchall())


def happen(data, case, loaded):
    """A few things that happen to a chart after a night, each in a transaction of its own."""
    record = loaded.record
    what = data.draw(st.sampled_from(["retract", "sign", "end", "birth", "episode", "rule"]))
    documents = Document.objects.filter(record=record)
    match what:
        case "retract":
            status = data.draw(st.sampled_from(["retracted", "final", "superseded"]))
            documents.filter(pk__in=list(documents.values_list("pk", flat=True)[:2])).update(status=status)
        case "sign":
            documents.update(signed=True, signed_first=case.as_of, signed_last=case.as_of)
        case "end":
            end = case.as_of - data.draw(st.sampled_from([timedelta(0), timedelta(days=1), timedelta(days=40)]))
            if end >= record.encounter.start_first:
                Encounter.objects.filter(pk=record.pk).update(end_first=end, end_last=end)
        case "birth":
            Patient.objects.filter(encounters=record.pk).update(birth_date="2015-02-28")
        case "episode":
            Episode.objects.filter(record=record).update(status="not_done")
        case "rule":
            wish = drawn_version(data, case, loaded.facility)
            try:
                requirements.publish(wish.pop("profile"), because="Drawn.", **wish)
            except DomainError:
                return
    Due.objects.create(record=record)


@given(data=st.data(), case=cases())
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)
def test_a_night_is_found_again_by_what_was_known_then(data, case):
    assume(all(can_be_published(rule) for rule in case.rules))
    facilities.lay_out(case.chart.zone)
    loading.catalogue(TYPES)
    facility = open_facility(case)
    later = data.draw(st.integers(0, len(case.chart.documents)))
    documents = list(case.chart.documents)
    loaded = loading.load(case.chart, facility=facility)
    hidden = [loaded.documents[one.id].pk for one in documents[:later]]
    Document.objects.filter(pk__in=hidden).update(status="entered_in_error")
    first = loading.audit(facility, case.as_of, full=True)
    then, known_at = stands(loaded), timezone.now()
    Document.objects.filter(pk__in=hidden).update(status="final")
    for _ in range(data.draw(st.integers(1, 3))):
        happen(data, case, loaded)
    loading.audit(facility, case.as_of)
    before = everything()
    with loading.gathering(always=data.draw(st.booleans())):
        again = loading.audit(facility, case.as_of, known_at=known_at)
    assert again.written is False
    assert everything() == before
    assert found(facility, case.as_of, known_at) == then
    told = ("records", "occasions", "open", "late", "delinquent", "by_kind")
    assert [getattr(again, name) for name in told] == [getattr(first, name) for name in told]


def test_a_version_that_was_published_since_neither_judges_nor_ends_the_one_before_it():
    facility = facilities.open_facility("HOUSE", name="House", time_zone="America/New_York")
    loading.bind((rule("admission", code="H", document_types=("history",)),), facility)
    stay = loading.load(chart(), facility=facility)
    as_of = instant("2023-09-01 06:00")
    loading.audit(facility, as_of, full=True)
    then, known_at = stands(stay), timezone.now()
    last = Requirement.objects.get(profile__facilities=facility)
    terms = fields_of(last) | {"due_after_hours": 48}
    requirements.publish(last.profile, effective_from=date(2023, 1, 1), because="Bylaws.", **terms)
    loading.audit(facility, as_of)
    assert stands(stay) != then
    assert found(facility, as_of, known_at) == then
    assert found(facility, as_of, None) == stands(stay)
