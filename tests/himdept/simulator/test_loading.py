"""What is loaded is what was simulated, by the application's own role, all of it or nothing."""

import os
import re
import signal
import tracemalloc
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, connections
from django.db.models import F, Max, Min, Q

from himdept.common.errors import Conflict, DomainError
from himdept.runtime.places import Trouble
from himdept.simulator import loading
from records.models import (
    Document,
    DocumentKey,
    DocumentType,
    Due,
    Encounter,
    EncounterKey,
    Episode,
    Filing,
    Patient,
    PatientIdentifier,
    Practitioner,
    Record,
)
from staff.people.facilities import open_facility
from tests import factories
from tests.himdept.simulator.conftest import UNTIL

pytestmark = pytest.mark.django_db


@pytest.fixture
def hospital_of():
    """Loads a hospital into a new facility of that code."""

    def load(code, encounters=250, *, seed=5, time_zone="America/New_York"):
        facility = open_facility(code, name=code, time_zone=time_zone)
        loading.fill(loading.Wish(facility, encounters, seed, UNTIL))
        return facility

    return load


MOMENTS = ("authored", "dictated", "transcribed", "signed", "cosigned")


def rows(facility):
    """All that a facility holds, by the names that others know it by and not by our numbers."""
    here = {"record__facility": facility}
    documents = Document.objects.filter(**here).values_list(
        *("identifier", "status", "document_type__code", "signed", "cosigned", "sections", "verbal", "confidentiality"),
        *(f"{moment}_{side}" for moment in MOMENTS for side in ("first", "last")),
        *("author__identifiers__value", "authenticator__identifiers__value", "cosigner__identifiers__value"),
        *("record__encounter__identifiers__value", "replaces__identifier", "addendum_to__identifier"),
    )
    encounters = Encounter.objects.filter(facility=facility).values_list(
        *("identifiers__value", "encounter_class", "status", "service__code", "start_first", "end_last", "disposition"),
        *("attending__identifiers__value", "location", "record__confidentiality", "record__sensitivities"),
        *("patient__identifiers__value", "patient__family_name", "patient__given_name", "patient__birth_date"),
        *("patient__sex", "patient__deceased_first", "patient__mother__identifiers__value"),
    )
    episodes = Episode.objects.filter(**here).values_list(
        *("kind", "status", "code", "title", "anesthesia", "start_first", "start_last", "end_first", "end_last"),
        *("performer__identifiers__value", "record__encounter__identifiers__value"),
    )
    filings = Filing.objects.filter(**here).values_list("document__identifier", "record__encounter__identifiers__value")
    told = repr([sorted(map(repr, query)) for query in (documents, encounters, episodes, filings)])
    return told.replace(f"{facility.code}-", "")


def test_one_seed_gives_equal_rows_and_another_does_not(hospital_of):
    first, second, other = hospital_of("ONE"), hospital_of("TWO"), hospital_of("OTHER", seed=6)
    assert rows(first) == rows(second)
    assert rows(first) != rows(other)


def test_a_second_process_makes_the_same_rows(hospital_of, monkeypatch):
    here = hospital_of("ONE")
    monkeypatch.setattr(loading, "SMALL", 0)
    monkeypatch.setattr(loading, "CHUNK", 60)
    assert rows(hospital_of("TWO")) == rows(here)


def test_no_row_is_left_over_when_the_second_process_is_killed(monkeypatch):
    facility = open_facility("ONE", name="One", time_zone="America/New_York")
    monkeypatch.setattr(loading, "SMALL", 0)
    monkeypatch.setattr(loading, "CHUNK", 50)

    def kill(done):
        for maker in children():
            os.kill(maker, signal.SIGKILL)

    with pytest.raises(Trouble, match="has ended by itself"):
        loading.fill(loading.Wish(facility, 2000, 5, UNTIL), progress=kill)
    assert not Encounter.objects.filter(facility=facility).exists()


def test_the_second_process_ends_when_the_loading_breaks_off(monkeypatch):
    facility = open_facility("ONE", name="One", time_zone="America/New_York")
    monkeypatch.setattr(loading, "SMALL", 0)
    monkeypatch.setattr(loading, "CHUNK", 50)
    seen = []

    def stop(done):
        seen.extend(children())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.fill(loading.Wish(facility, 2000, 5, UNTIL), progress=stop)
    assert seen
    assert not children()


def children():
    """The processes that make stays for this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has gone meanwhile
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"himdept.simulator.making" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def test_what_is_loaded_is_what_was_simulated(hospital_of, hospital):
    facility, made = hospital_of("ONE", 700), list(hospital(700).stays())
    loaded = Encounter.objects.filter(facility=facility)
    assert loaded.count() == len(made) == Record.objects.filter(facility=facility).count()
    counted = Counter(Document.objects.filter(record__facility=facility).values_list("document_type__code", flat=True))
    assert counted == Counter(document.code for stay in made for document in stay.documents)
    assert Practitioner.objects.count() == len(hospital(700).staff.all)
    dead = sorted(stay.patient.number for stay in made if stay.disposition == "expired")
    keys = Patient.objects.filter(deceased=True).values_list("keys__external_id", flat=True)
    assert sorted(int(key.removeprefix("ONE-P")) for key in keys) == dead != []
    assert loaded.filter(status="in_progress", end_first=None, disposition="").count() == sum(
        stay.end is None for stay in made
    )


def test_every_record_has_its_encounters_number_and_service_and_is_due_once(hospital_of):
    facility = hospital_of("ONE")
    numbers = sorted(Record.objects.filter(facility=facility).values_list("pk", flat=True))
    assert numbers == sorted(Encounter.objects.filter(facility=facility).values_list("pk", flat=True))
    assert sorted(Due.objects.filter(record__in=numbers).values_list("record", flat=True)) == numbers
    assert not Record.objects.exclude(
        Q(service=F("encounter__service")) | Q(service=None, encounter__service=None)
    ).exists()
    assert Record.objects.exclude(service=None).exists()


def test_moments_known_to_the_day_are_two_midnights(hospital_of):
    facility = hospital_of("ONE", 700, time_zone="Australia/Lord_Howe")
    whole_days = Document.objects.filter(record__facility=facility, authored_last__gt=F("authored_first"))
    assert whole_days
    for document in whole_days:
        first, last = (moment.astimezone(facility.zone) for moment in (document.authored_first, document.authored_last))
        assert (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0)
        assert (last.date() - first.date()).days == 1


def test_everything_has_a_name_that_a_message_could_use(hospital_of):
    facility = hospital_of("ONE")
    assert EncounterKey.objects.filter(encounter__facility=facility, source__name="simulated").count() == 250
    assert DocumentKey.objects.filter(document__identifier=F("external_id")).count() == Document.objects.count()
    systems = set(PatientIdentifier.objects.values_list("system", "kind").distinct())
    assert systems == {("urn:himdept:simulated:one:mrn", "MR")}
    for number in PatientIdentifier.objects.values_list("value", flat=True):
        assert re.fullmatch(r"\d{8}", number)
        digits = [int(digit) for digit in reversed(number)]
        assert (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def test_an_early_history_and_physical_is_filed_in_the_record_of_the_admission(hospital_of):
    facility = hospital_of("ONE", 700)
    filings = Filing.objects.filter(record__facility=facility).select_related("document__record__encounter")
    assert filings
    for filing in filings:
        assert filing.document.document_type.code == "34117-2"
        assert filing.document.record.encounter.encounter_class == "pre_admission"
        assert filing.document.record.encounter.patient_id == filing.record.encounter.patient_id


def test_the_catalogues_document_types_are_used_and_none_comes_twice(hospital_of):
    mine = DocumentType.objects.get_or_create(code="11504-8", defaults={"title": "Operative report"})[0]
    hospital_of("ONE")
    assert Document.objects.filter(document_type=mine).exists()
    assert DocumentType.objects.filter(code="order").count() == 1


def test_no_row_is_left_over_from_a_hospital_that_broke_off(monkeypatch):
    facility = open_facility("ONE", name="One", time_zone="America/New_York")
    monkeypatch.setattr(loading, "CHUNK", 50)

    def stop(done):
        if done == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.fill(loading.Wish(facility, 400, 5, UNTIL), progress=stop)
    assert not Encounter.objects.filter(facility=facility).exists()
    assert not Practitioner.objects.exists()


def test_a_facility_with_encounters_is_refused(hospital_of):
    of_real_people = factories.record().facility
    with pytest.raises(Conflict, match="MAIN has encounters already"):
        loading.fill(loading.Wish(of_real_people, 10, 5, UNTIL))
    facility = hospital_of("ONE", 10)
    with pytest.raises(Conflict, match="ONE has encounters already"):
        loading.fill(loading.Wish(facility, 10, 6, UNTIL))
    assert Encounter.objects.filter(facility=facility).count() == 10


@pytest.mark.django_db(databases=["default", "owner"])
def test_two_simulations_into_one_facility_do_not_mix():
    facility = factories.facility()
    with connections["owner"].cursor() as elsewhere:
        elsewhere.execute("SELECT pg_advisory_xact_lock(%s, %s)", [loading.LOCK, facility.pk])
        with pytest.raises(Conflict, match="Another simulation is filling MAIN"):
            loading.fill(loading.Wish(facility, 10, 5, UNTIL))


@pytest.mark.parametrize(
    ("encounters", "seed", "until", "sentence"),
    [
        (0, 1, UNTIL, "--encounters must be between 1 and 9,000,000, not 0."),
        (-3, 1, UNTIL, "--encounters must be between 1 and 9,000,000, not -3."),
        (9_000_001, 1, UNTIL, "--encounters must be between 1 and 9,000,000, not 9,000,001."),
        (10, -1, UNTIL, "--seed must not be negative: -1 is."),
        (10, 1, UNTIL.replace(year=1999), "--until must lie between 2000-01-01 and today"),
        (10, 1, UNTIL.replace(year=2099), "--until must lie between 2000-01-01 and today"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(encounters, seed, until, sentence):
    with pytest.raises(DomainError, match=re.escape(sentence)):
        loading.Wish(factories.facility(), encounters, seed, until)


def test_row_numbers_come_from_the_tables_own_sequences(hospital_of):
    hospital_of("ONE")
    highest = Document.objects.aggregate(Min("pk"), Max("pk"))
    later = factories.document(factories.record())
    assert later.pk > highest["pk__max"] > highest["pk__min"]


def test_constraints_are_checked_as_the_rows_come(hospital_of):
    hospital_of("ONE", 10)
    with connection.cursor() as cursor:  # still immediate: nothing waits for the commit, and fills the memory
        cursor.execute("SAVEPOINT here")
        with pytest.raises(IntegrityError):
            cursor.execute("INSERT INTO records_due (record_id) VALUES (NULL)")
        cursor.execute("ROLLBACK TO here")
        with pytest.raises(IntegrityError):
            cursor.execute("INSERT INTO records_filing (document_id, record_id) VALUES (-1, -1)")
        cursor.execute("ROLLBACK TO here")


def test_memory_does_not_grow_with_the_number_of_encounters(monkeypatch):
    monkeypatch.setattr(loading, "CHUNK", 100)

    def peak(code, encounters):
        facility = open_facility(code, name=code, time_zone="America/New_York")
        tracemalloc.start()
        try:
            loading.fill(loading.Wish(facility, encounters, 5, UNTIL))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak("WARM", 10)  # caches that fill once
    small, large = peak("SMALL", 300), peak("LARGE", 1200)
    assert large < 1.6 * small


def test_nothing_is_known_of_after_the_last_day(hospital_of):
    facility = hospital_of("ONE")
    late = Q()
    for moment in MOMENTS:
        late |= Q(**{f"{moment}_first__gt": "2025-11-12T05:00:00Z"})
    assert not Document.objects.filter(late, record__facility=facility).exists()
    assert not Encounter.objects.filter(facility=facility, start_first__gte="2025-11-12T05:00:00Z").exists()
