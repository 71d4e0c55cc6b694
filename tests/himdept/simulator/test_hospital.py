"""One seed, one hospital: as many encounters as asked for, and nothing in them that cannot be."""

import os
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise

import pytest

from himdept.runtime import places
from himdept.simulator import demand
from himdept.simulator.hospital import span


def told(stay):
    """All that a stay says, without the objects' own identity."""
    place = {id(document): number for number, document in enumerate(stay.documents)}
    documents = [
        (
            *(d.code, d.author.number, d.authored, d.day_only, d.status, d.dictated, d.transcribed, d.signed),
            *(d.signed_at, d.cosigner and d.cosigner.number, d.cosigned_at, d.sections, d.verbal),
            *(place.get(id(d.replaces)), place.get(id(d.addendum_to))),
        )
        for d in stay.documents
    ]
    episodes = [(e.kind, e.code, e.status, e.start, e.end, e.performer and e.performer.number) for e in stay.episodes]
    patient = stay.patient
    return (
        *(stay.number, stay.encounter_class, stay.service, stay.start, stay.end, stay.disposition),
        *(stay.confidentiality, stay.sensitivities, documents, episodes),
        *(patient.number, patient.family_name, patient.given_name, patient.born, patient.sex),
    )


def test_the_same_numbers_give_the_same_hospital(hospital):
    assert [told(stay) for stay in hospital().stays()] == [told(stay) for stay in hospital().stays()]


def test_another_seed_gives_another_hospital(hospital):
    assert [told(stay) for stay in hospital(seed=5).stays()] != [told(stay) for stay in hospital(seed=6).stays()]


def test_the_order_of_sets_and_dictionaries_does_not_matter():
    words = (
        "import hashlib, sys; from datetime import date; from zoneinfo import ZoneInfo\n"
        "from himdept.simulator.hospital import Hospital\n"
        "from tests.himdept.simulator.test_hospital import told\n"
        "made = Hospital(encounters=300, seed=5, zone=ZoneInfo('Europe/London'), until=date(2025, 11, 12))\n"
        "print(hashlib.sha256(repr([told(stay) for stay in made.stays()]).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", words],
            check=True,
            capture_output=True,
            text=True,
            cwd=places.CHECKOUT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("encounters", [1, 2, 3, 10, 101, 1999])
def test_there_are_as_many_encounters_as_asked_for(hospital, encounters):
    numbers = [stay.number for stay in hospital(encounters).stays()]
    assert numbers == list(range(1, encounters + 1))


@pytest.mark.parametrize("left", [1, 2, 3, 4])
def test_a_child_comes_in_the_place_of_somebody_else(hospital, left):
    made = hospital()
    women_in_labor = [(60, demand.DELIVERY)] * left
    come = list(made._come(made.calendar.first_day, [], women_in_labor, left))
    assert len(come) == left
    assert sum(stay.encounter_class == "newborn" for stay in come) == left // 2


def test_small_hospitals_span_more_than_a_year_and_large_ones_five():
    assert span(1) == span(5000) == 400
    assert 700 < span(40_000) < 760
    assert span(1_000_000) == span(9_000_000) == 1826


def test_nobody_lies_in_two_beds_at_once(stays):
    of_patient = defaultdict(list)
    for stay in stays:
        of_patient[stay.patient.number].append((stay.start, stay.planned_end))
    for periods in of_patient.values():
        assert all(end < start for (_, end), (start, _) in pairwise(sorted(periods)))


def test_nobody_comes_back_from_the_dead(stays):
    dead = set()
    for stay in sorted(stays, key=lambda stay: stay.start):
        assert stay.patient.number not in dead
        if stay.disposition == "expired":
            dead.add(stay.patient.number)
    assert dead


def test_nothing_is_known_of_the_time_to_come(house, stays):
    for stay in stays:
        assert stay.start < house.now
        assert stay.end is None or stay.start < stay.end < house.now
        assert (stay.end is None) == (stay.planned_end >= house.now) == (not stay.disposition)
        for d in stay.documents:
            moments = [d.authored, d.dictated, d.transcribed, d.signed_at, d.cosigned_at]
            assert all(moment <= house.now for moment in moments if moment is not None)
        for episode in stay.episodes:
            assert episode.start is None or stay.start <= episode.start <= house.now
            assert episode.end is None or episode.start <= episode.end <= house.now


def test_documents_are_written_before_they_are_signed_and_signed_before_they_are_co_signed(stays):
    for document in (document for stay in stays for document in stay.documents):
        steps = [document.authored, document.transcribed, document.signed_at, document.cosigned_at]
        known = [step for step in steps if step is not None]
        assert known == sorted(known)
        assert document.signed or document.signed_at is None
        assert document.cosigner or document.cosigned_at is None


def test_patients_have_the_age_and_sex_of_their_ward(house, stays):
    for stay in stays:
        age = stay.patient.age_on(house.calendar.day_of(stay.start))
        if stay.service == "pediatrics":
            assert age < 18
        if stay.service == "obstetrics":
            assert stay.patient.sex == "female"
            assert 17 <= age <= 45
        if stay.service == "cardiology":
            assert age >= 18


@pytest.mark.parametrize("zone", ["America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_any_time_zone_has_its_days(hospital, zone):
    made = hospital(400, zone=zone)
    for stay in made.stays():
        midnights = made.calendar.bounds_of_day(stay.start)
        assert midnights[0] <= stay.start < midnights[1]
        assert 23 * 60 <= midnights[1] - midnights[0] <= 25 * 60
