"""Facts on their way in, whoever tells them: what is kept, what is refused, what is marked."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from records.exchange import intake as exchange
from records.inventory import intake
from records.inventory.intake import (
    ByIdentifier,
    ByKey,
    Coded,
    DocumentFacts,
    Door,
    EncounterFacts,
    EpisodeFacts,
    Item,
    Named,
    Number,
    Outcome,
    PatientFacts,
    take_in,
)
from records.models import Document, Due, Encounter, Patient, PatientKey, Source
from staff.models import Facility

HP = Coded("34117-2", "http://loinc.org", "History and physical")


@pytest.fixture
def door(db) -> Door:
    return exchange.door(Source.objects.create(name="ehr"))


def take(kind: str, door: Door, *told, **by_id) -> list[Item]:
    items = [*told, *(Item(facts, name) for name, facts in by_id.items())]
    take_in(kind, items, door)
    return items


def stay(**more) -> EncounterFacts:
    told = {
        "patient": ByKey("p"),
        "encounter_class": "inpatient",
        "status": "in_progress",
        "start": "2026-03-01T08:00:00Z",
    }
    return EncounterFacts(**told | more)


def note(**more) -> DocumentFacts:
    return DocumentFacts(**{"encounter": ByKey("e"), "document_type": HP, "status": "final"} | more)


@pytest.fixture
def admitted(door) -> Door:
    take("patient", door, p=PatientFacts(family_name="Lindqvist", birth_date="1961-03-14", sex="female"))
    take("encounter", door, e=stay())
    return door


def test_what_is_not_said_stays_and_what_is_said_to_be_none_goes(admitted):
    take("encounter", admitted, e=EncounterFacts(patient=ByKey("p"), location="4 West", end="2026-03-04"))
    found = Encounter.objects.get()
    assert (found.location, found.encounter_class, found.status) == ("4 West", "inpatient", "in_progress")
    assert found.start_first == datetime(2026, 3, 1, 8, tzinfo=UTC)
    take("encounter", admitted, e=EncounterFacts(patient=ByKey("p"), end=None))
    found.refresh_from_db()
    assert (found.location, found.end_first, found.end_last) == ("4 West", None, None)


def test_an_end_is_held_to_the_start_that_is_known(admitted):
    [item] = take("encounter", admitted, e=EncounterFacts(patient=ByKey("p"), end="2026-02-28"))
    assert (item.outcome, item.problem.field) == (Outcome.REFUSED, "end")
    assert Encounter.objects.get().end_first is None


def test_what_a_new_encounter_needs_is_named(admitted):
    [item] = take("encounter", admitted, x=EncounterFacts(patient=ByKey("p"), status="planned", start="2026-03-01"))
    assert (item.outcome, item.problem.field) == (Outcome.REFUSED, "encounter_class")


def test_two_facts_of_one_row_in_one_batch_are_taken_one_after_the_other(door):
    number = Number("urn:mrn", "7")
    first, second = PatientFacts(numbers=[number], family_name="A"), PatientFacts(family_name="B")
    items = [Item(first, "p"), Item(second, "p"), Item(PatientFacts(numbers=[number], family_name="C"), None)]
    take_in("patient", items, door)
    assert [(item.outcome.value, item.version) for item in items] == [("created", 1), ("changed", 2), ("changed", 3)]
    assert Patient.objects.get().family_name == "C"


def test_a_chain_of_replacements_is_taken_from_its_beginning_whatever_its_length(admitted):
    chain = [Item(note(replaces=ByKey(f"n{n + 1}")), f"n{n}") for n in range(40)]
    take_in("document", [*chain, Item(note(), "n40")], admitted)
    assert [item.outcome for item in chain] == [Outcome.CREATED] * 40
    assert Document.objects.filter(replaces=None).count() == 1


def test_what_is_named_within_the_message_is_found_and_what_is_not_there_waits(admitted):
    later = Item(note(replaces=Named("first")), "n2")
    take_in("document", [later, Item(note(), None, offered="n1", names=("first",))], admitted)
    assert later.outcome == Outcome.CREATED
    [item] = take("document", admitted, x=note(author=ByIdentifier("urn:npi", "1")))
    assert (item.outcome, item.missing) == (
        Outcome.WAITING,
        ("author", "practitioner", ByIdentifier("urn:npi", "1")),
    )
    assert Document.objects.count() == 2


def test_another_source_that_says_the_same_gets_a_name_and_writes_no_row(admitted):
    number = Number("urn:mrn", "7")
    take("patient", admitted, q=PatientFacts(numbers=[number], family_name="A"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid FROM records_patient ORDER BY id")
        before = cursor.fetchall()
        other = exchange.door(Source.objects.create(name="lab"))
        [item] = take("patient", other, z=PatientFacts(numbers=[number], family_name="A"))
        cursor.execute("SELECT ctid FROM records_patient ORDER BY id")
        assert cursor.fetchall() == before
    assert item.outcome == Outcome.UNCHANGED
    assert PatientKey.objects.get(external_id="z").patient_id == item.row


def test_what_one_source_repeats_does_not_undo_what_another_has_said_since(admitted):
    number = Number("urn:mrn", "7")
    take("patient", admitted, q=PatientFacts(numbers=[number], family_name="Maiden"))
    other = exchange.door(Source.objects.create(name="lab"))
    take("patient", other, z=PatientFacts(numbers=[number], family_name="Married"))
    [item] = take("patient", admitted, q=PatientFacts(numbers=[number], family_name="Maiden"))
    assert item.outcome == Outcome.UNCHANGED
    assert Patient.objects.get(identifiers__value="7").family_name == "Married"


def test_a_day_is_resolved_in_the_zone_of_the_facility_that_the_record_is_in(admitted):
    take("document", admitted, n=note(authored="2026-11-01"), m=note(authored="2026-11-01T01:30:00"))
    day, twice = Document.objects.order_by("id")
    # Clocks go back in New York: the day has 25 hours, and half past one happens twice; the first is meant.
    assert (day.authored_first, day.authored_last) == (
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        datetime(2026, 11, 2, 5, tzinfo=UTC),
    )
    assert twice.authored_first == twice.authored_last == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_document_of_another_encounters_procedure_is_refused(admitted):
    take("encounter", admitted, f=stay(start="2026-04-01"))
    take("episode", admitted, s=EpisodeFacts(encounter=ByKey("f"), kind="procedure"))
    [item] = take("document", admitted, n=note(episode=ByKey("s")))
    assert (item.outcome, item.problem.field) == (Outcome.REFUSED, "episode")


def test_a_procedure_that_moves_touches_the_record_that_it_leaves(admitted):
    take("encounter", admitted, f=stay(start="2026-04-01"))
    take("episode", admitted, s=EpisodeFacts(encounter=ByKey("f"), kind="procedure"))
    [item] = take("episode", admitted, s=EpisodeFacts(encounter=ByKey("e"), kind="procedure"))
    assert item.touched == set(Encounter.objects.values_list("pk", flat=True))


def test_a_document_that_replaces_one_of_another_record_touches_both(admitted):
    take("encounter", admitted, f=stay(start="2026-04-01"))
    take("document", admitted, n=note(encounter=ByKey("f")))
    [item] = take("document", admitted, m=note(replaces=ByKey("n")))
    assert item.touched == set(Encounter.objects.values_list("pk", flat=True))
    # And when it no longer does.
    [item] = take("document", admitted, m=note(replaces=None))
    assert item.touched == set(Encounter.objects.values_list("pk", flat=True))


def test_a_document_touches_the_records_in_which_it_is_filed(admitted):
    [f] = take("encounter", admitted, f=stay(start="2026-04-01"))
    take("document", admitted, n=note())
    Document.objects.get().filings.create(record_id=f.row)
    [item] = take("document", admitted, n=note(signed=True))
    assert f.row in item.touched


def test_sections_of_any_number_are_kept_in_their_order(admitted):
    take("document", admitted, n=note(sections=["findings", "technique"]), m=note(sections=[]), o=note())
    assert [document.sections for document in Document.objects.order_by("id")] == [["findings", "technique"], [], []]
    take("document", admitted, n=note(sections=['a "b"', "c, {d}"]))
    assert Document.objects.order_by("id").first().sections == ['a "b"', "c, {d}"]


def test_a_door_to_some_facilities_lets_nothing_into_others(admitted):
    main = Facility.objects.get()
    admitted.facilities = frozenset([main.pk + 1])
    refused = [
        *take("encounter", admitted, e=EncounterFacts(patient=ByKey("p"), location="x"), f=stay()),
        *take("document", admitted, n=note()),
        *take("episode", admitted, s=EpisodeFacts(encounter=ByKey("e"), kind="procedure")),
    ]
    assert [(item.outcome, item.problem.status) for item in refused] == [(Outcome.REFUSED, 403)] * 4


@pytest.mark.django_db(transaction=True)
class TestWhatTheDatabaseRefuses:
    """Nothing that gets past our own checks can take others with it."""

    @pytest.fixture
    def committed(self):
        door = exchange.door(Source.objects.create(name="ehr"))
        exchange.take_each("patient", [Item(PatientFacts(), "p")], door, lambda items: None)
        # Somebody who is not there: the foreign key says so, and only at the commit.
        door.named["practitioner", "nobody"] = 10**12
        return door

    def test_it_is_found_by_halving_and_the_rest_is_taken_in(self, committed):
        items = [Item(stay(), f"e{n}") for n in range(7)]
        items[4].facts.attending = Named("nobody")
        logged = []
        exchange.take_each("encounter", items, committed, lambda some: logged.extend(some))
        assert [item.outcome.value for item in items] == ["created"] * 4 + ["refused"] + ["created"] * 2
        assert "foreign key" not in items[4].problem.message.lower()
        assert "records_encounter_attending_id" in items[4].problem.message
        assert Encounter.objects.count() == 6
        assert {id(item) for item in logged} == {id(item) for item in items}
        assert set(Due.objects.values_list("record", flat=True)) == set(Encounter.objects.values_list("pk", flat=True))

    def test_it_is_named_among_those_that_stand_or_fall_together(self, committed):
        items = [Item(stay(), f"e{n}") for n in range(3)]
        items[1].facts.confidentiality = 40_000
        with exchange.transaction.atomic():
            exchange.take_all("encounter", items, committed)
        assert [item.outcome.value for item in items] == ["created", "refused", "created"]
        assert "22003" in items[1].problem.message


@pytest.mark.django_db(transaction=True)
def test_what_was_replaced_is_kept_with_the_span_in_which_it_was_known():
    door = exchange.door(Source.objects.create(name="ehr"))
    for kind, name, facts in [
        ("patient", "p", PatientFacts()),
        ("encounter", "e", stay()),
        ("encounter", "e", stay(location="4 West")),
        ("encounter", "e", stay(location="4 West")),
    ]:
        exchange.take_each(kind, [Item(facts, name)], door, lambda items: None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT known, location FROM records_encounter_version")
        [(known, location)] = cursor.fetchall()
    assert location == ""
    assert known.lower < known.upper == Encounter.objects.get().known_from


def test_the_zone_of_a_death_is_that_of_the_only_facility(door):
    assert door.zone == ZoneInfo("America/New_York")
    assert intake.KINDS.keys() == {"patient", "practitioner", "encounter", "episode", "document"}
    take("patient", door, p=PatientFacts(deceased=True, died="2026-03-01"))
    assert Patient.objects.get().deceased_first == datetime(2026, 3, 1, 5, tzinfo=UTC)
