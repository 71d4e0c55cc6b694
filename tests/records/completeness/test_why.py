from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import FETCH_RAISE
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from records.completeness import asking, why
from records.completeness.models import Deficiency, Expected, Profile, Requirement
from records.inventory.models import Document, DocumentType, Encounter, Episode, Practitioner, Record
from staff.models import Facility, User
from tests import factories
from tests.records.completeness import why_cases

FILE = Path(__file__).with_name("why.txt")


def test_the_sentences_are_those_that_were_reviewed():
    assert "".join(why_cases.told()) == FILE.read_text()


def test_every_kind_and_every_trigger_was_reviewed():
    kinds = {row.kind for row in why_cases.CASES.values()}
    triggers = {row.requirement.trigger for row in why_cases.CASES.values() if row.requirement}
    assert kinds == set(Deficiency.Kind)
    assert triggers == set(Requirement.Trigger)


def test_times_are_those_of_the_facility_not_of_the_reader():
    row = why_cases.CASES["missing, admission, with a window"]
    with translation.override("de"):
        assert "14:10" in why.sentence(row)
    row.record.encounter.facility.time_zone_id, was = "Pacific/Honolulu", row.record.encounter.facility.time_zone_id
    try:
        assert "by 9 Oct 2026 08:10" in why.sentence(row)
    finally:
        row.record.encounter.facility.time_zone_id = was


# -- Whatever the row: words, and no query. The database is closed to these tests. -----------------------------------

texts = st.text(max_size=20)
instants = st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.none() | st.decimals(Decimal("-999999.99"), Decimal("999999.99"), places=2)


@st.composite
def bounds(draw, *names):
    """Each moment exact, known to the day, or unknown."""
    found = {}
    for name in names:
        first = draw(st.none() | instants)
        length = draw(st.sampled_from([timedelta(0), timedelta(hours=23), timedelta(hours=24)]))
        found |= {f"{name}_first": first, f"{name}_last": first and first + length}
    return found


practitioners = st.none() | st.builds(lambda name: Practitioner(pk=7, family_name=name), texts)
documents = st.none() | st.builds(
    lambda moments, signed, verbal: Document(signed=signed, verbal=verbal, **moments),
    bounds("authored", "signed"),
    st.booleans(),
    st.booleans(),
)
episodes = st.none() | st.builds(
    lambda kind, moments: Episode(kind=kind, **moments), st.sampled_from(Episode.Kind.values), bounds("start", "end")
)
requirements = st.none() | st.builds(
    lambda kind, **fields: Requirement(
        profile=Profile(title="Bylaws", kind=kind), effective=(date.min, None), **fields
    ),
    st.sampled_from(Profile.Kind.values),
    trigger=st.sampled_from(Requirement.Trigger.values),
    basis=texts,
    tag=texts,
    only_if_met=texts,
    not_before_hours=lengths,
    due_after_hours=lengths,
    due_after_days=st.none() | st.integers(0, 400),
    authentication_required=st.booleans(),
    entry_must_have=st.lists(st.sampled_from(Requirement.ENTRY_ELEMENTS) | texts, max_size=4),
    sections_required=st.lists(texts, max_size=3),
    document_types=st.lists(texts, min_size=1, max_size=3),
)
records = st.builds(
    lambda zone, moments: Record(encounter=Encounter(facility=Facility(time_zone_id=zone), **moments)),
    st.sampled_from(["America/New_York", "Asia/Kolkata", "America/Havana", "UTC"]),
    bounds("start", "end"),
)
owed = {
    "record": records,
    "requirement": requirements,
    "document_type": st.builds(lambda title: DocumentType(title=title), texts),
    "document": documents,
    "episode": episodes,
    "owed_by": practitioners,
    "due_at": st.none() | instants,
}
deficiencies = st.builds(
    Deficiency,
    **owed,
    kind=st.sampled_from(Deficiency.Kind.values),
    slot=st.sampled_from(["verdict", "undated", "element:x"]),
    element=st.sampled_from([*Requirement.ENTRY_ELEMENTS, "follow_up", "history_of_present_illness"]) | texts,
    status=st.sampled_from(Deficiency.Status.values),
    cause=st.sampled_from(Deficiency.Cause.values),
    served_by=documents,
    mendable=st.booleans(),
    resolved_at=st.none() | instants,
    waived_at=st.none() | instants,
    waived_by=st.none() | st.builds(lambda name: User(username=name), texts),
    waived_because=texts,
)


@given(deficiency=deficiencies)
def test_every_deficiency_can_be_explained_without_asking_the_database(deficiency):
    assert why.headline(deficiency)
    assert why.sentence(deficiency)
    assert bool(why.would_satisfy(deficiency)) == (deficiency.status == "open" and deficiency.kind != "late")


@given(expected=st.builds(Expected, **owed | {"due_at": instants}))
def test_everything_expected_can_be_explained_without_asking_the_database(expected):
    assert asking.awaited(expected).startswith(("Due", "Added by hand"))


@pytest.mark.django_db
def test_a_list_with_names_has_all_that_the_sentences_read_and_none_names_the_patient(django_assert_num_queries):
    stay = factories.record(attending=factories.practitioner())
    entry = factories.document(stay, verbal=True)
    rule = factories.requirement("ORDER", topic="order", trigger="order", due_after_hours=48)
    factories.deficiency(stay, kind="unsigned", requirement=rule, document=entry, served_by=entry)
    waiver = {"waived_at": why_cases.local(20), "waived_by": factories.manager(), "waived_because": "left the staff"}
    factories.deficiency(stay, status="waived", **waiver)
    factories.deficiency(stay, requirement=factories.requirement("OP", topic="op", trigger="procedure_end"))
    factories.expected(stay)
    with django_assert_num_queries(2):
        told = [
            why.headline(row) + why.sentence(row) + why.would_satisfy(row)
            for row in Deficiency.objects.with_names().fetch_mode(FETCH_RAISE)
        ]
        told += [asking.awaited(row) for row in Expected.objects.with_names().fetch_mode(FETCH_RAISE)]
    assert len(told) == 4
    assert "Lindqvist" not in "".join(told)
