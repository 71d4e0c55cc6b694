"""It looks like a hospital: who comes when, how long they stay, and how the paper gets done.

Bounds are those that a records manager would find natural; the shares are of one hospital of 4,000 encounters.
"""

from collections import Counter
from statistics import mean, median

import pytest

from himdept.simulator.calendar import month, weekday

DAY, HOUR = 1440, 60


def shares(things):
    counted = Counter(things)
    return {thing: number / counted.total() for thing, number in counted.items()}


def documents(stays, code):
    return [document for stay in stays for document in stay.documents if document.code == code]


@pytest.mark.parametrize(
    ("encounter_class", "least", "most"),
    [
        ("emergency", 0.40, 0.50),
        ("inpatient", 0.20, 0.28),
        ("ambulatory", 0.09, 0.15),
        ("observation", 0.06, 0.10),
        ("newborn", 0.025, 0.05),
        ("psychiatric", 0.015, 0.035),
        ("pre_admission", 0.02, 0.045),
    ],
)
def test_classes_have_their_shares(stays, encounter_class, least, most):
    assert least < shares(stay.encounter_class for stay in stays)[encounter_class] < most


def test_an_encounter_has_about_eight_documents(stays):
    assert 7.5 < mean(len(stay.documents) for stay in stays) < 9.3


@pytest.mark.parametrize(
    ("service", "least", "most"),
    [
        ("hospital-medicine", 3.0, 4.4),
        ("surgery", 3.2, 4.8),
        ("orthopedics", 2.4, 3.5),
        ("cardiology", 2.5, 3.8),
        ("obstetrics", 2.1, 3.2),
        ("pediatrics", 1.5, 2.6),
    ],
)
def test_inpatients_stay_as_long_as_their_service_keeps_them(stays, service, least, most):
    days = [
        (s.end - s.start) / DAY for s in stays if s.encounter_class == "inpatient" and s.service == service and s.end
    ]
    assert least < median(days) < most
    assert mean(days) > median(days)  # some stay very long


def test_psychiatric_stays_are_longer_and_emergencies_take_hours(stays):
    length = {
        name: median(stay.end - stay.start for stay in stays if stay.encounter_class == name and stay.end)
        for name in ("psychiatric", "emergency", "observation", "ambulatory")
    }
    assert 5 * DAY < length["psychiatric"] < 10 * DAY
    assert 2.5 * HOUR < length["emergency"] < 5 * HOUR
    assert 15 * HOUR < length["observation"] < 30 * HOUR
    assert 5 * HOUR < length["ambulatory"] < 12 * HOUR


def test_surgery_keeps_to_workdays_and_emergencies_do_not(house, stays):
    on = {
        name: Counter(weekday(house.calendar.day_of(s.start)) for s in stays if s.encounter_class == name)
        for name in ("ambulatory", "emergency", "pre_admission")
    }
    assert on["ambulatory"][6] < 0.1 * on["ambulatory"][1]
    assert on["pre_admission"][5] == on["pre_admission"][6] == 0
    assert min(on["emergency"].values()) > 0.7 * max(on["emergency"].values())
    assert max(on["emergency"], key=on["emergency"].get) in {0, 1}


def test_winter_is_busier_than_summer(house, stays):
    coming = Counter(
        month(house.calendar.day_of(s.start)) for s in stays if s.encounter_class in {"emergency", "observation"}
    )
    days = Counter(month(day) for day in house.calendar.days())
    winter, summer = ({m: coming[m] / days[m] for m in months} for months in ((0, 1), (5, 6, 7)))
    assert mean(winter.values()) > 1.1 * mean(summer.values())


def test_people_leave_in_every_way(stays):
    left = shares(stay.disposition for stay in stays if stay.encounter_class == "inpatient" and stay.end)
    assert 0.5 < left["home"] < 0.8
    assert 0.01 < left["expired"] < 0.05
    assert 0.005 < left["ama"] < 0.03
    assert 0.01 < left["transfer"] < 0.05
    assert {"home_health", "facility", "hospice"} <= set(left)


def test_some_come_back_within_a_month(stays):
    inpatients = sorted((s for s in stays if s.encounter_class == "inpatient"), key=lambda s: s.start)
    ends, back = {}, 0
    for stay in inpatients:
        before = ends.get(stay.patient.number)
        back += before is not None and stay.start - before < 30 * DAY
        ends[stay.patient.number] = stay.planned_end
    assert 0.06 < back / len(inpatients) < 0.2


def test_there_are_patients_in_the_house_now(house, stays):
    inside = [stay for stay in stays if stay.end is None]
    assert 4 <= len(inside) <= 40
    assert any(stay.encounter_class == "inpatient" and stay.documents for stay in inside)
    # And there were as many on any other day.
    for day in (100, 200, 300):
        at = house.calendar.midnight(house.calendar.first_day + day)
        assert 4 <= sum(stay.start <= at < stay.planned_end for stay in stays) <= 60


def test_newborns_come_with_their_mothers(stays):
    mothers = {stay.patient.number: stay for stay in stays if stay.service == "obstetrics"}
    newborns = [stay for stay in stays if stay.encounter_class == "newborn"]
    for child in newborns:
        mother = mothers[child.patient.mother.number]
        assert child.patient.family_name == mother.patient.family_name
        assert mother.start <= child.start < mother.planned_end
    assert len(newborns) > 100


def test_most_histories_and_physicals_are_in_time(stays):
    waits = []
    for stay in stays:
        if stay.encounter_class == "inpatient" and not stay.filed:
            waits += [d.authored - stay.start for d in stay.documents if d.code == "34117-2" and d.authored]
    late = sum(wait > DAY for wait in waits) / len(waits)
    assert 0.005 < late < 0.10


def test_most_discharge_summaries_are_written_within_30_days(house, stays):
    discharged = [s for s in stays if s.encounter_class == "inpatient" and s.end and s.end < house.now - 90 * DAY]
    written = [
        min((d.authored - s.end for d in s.documents if d.code == "18842-5" and d.authored), default=None)
        for s in discharged
    ]
    late = sum(wait is not None and wait > 30 * DAY for wait in written) / len(written)
    assert 0.01 < late < 0.15
    assert 0.001 < written.count(None) / len(written) < 0.03


def test_late_physicians_are_later_than_punctual_ones(stays):
    waits = {"late": [], "ordinary": [], "punctual": []}
    for stay in stays:
        for d in stay.documents:
            if d.code == "18842-5" and stay.end and d.authored and not d.replaces and d.author.habits.name in waits:
                waits[d.author.habits.name].append(d.authored - stay.end)
    assert median(waits["late"]) > 1.5 * median(waits["ordinary"]) > 1.5 * median(waits["punctual"])


def test_who_never_works_on_weekends_dictates_no_summary_then(house, stays):
    days = Counter(
        weekday(house.calendar.day_of(d.authored))
        for d in documents(stays, "18842-5")
        if d.author.habits.name == "never on weekends" and d.authored and not d.replaces and not d.addendum_to
    )
    assert days[0] > 0
    assert days[5] == days[6] == 0


def test_old_records_were_completed_and_a_few_stay_open(house, stays):
    def unsigned(youngest, oldest):
        """The share of discharge summaries, of stays that ended so many days ago, that still lack a signature."""
        found = [
            d.signed
            for s in stays
            if s.end and youngest * DAY < house.now - s.end <= oldest * DAY
            for d in s.documents
            if d.code == "18842-5" and d.status != "superseded"
        ]
        return found.count(False) / len(found)

    assert unsigned(0, 30) > 3 * unsigned(120, 400) > 0


SITUATIONS = {
    "unsigned": lambda s, d: not d.signed and d.status == "preliminary",
    "dictated, not yet transcribed": lambda s, d: d.status == "dictated",
    "transcribed": lambda s, d: d.transcribed,
    "signature without a time": lambda s, d: d.signed and d.signed_at is None,
    "known to the day": lambda s, d: d.day_only,
    "nothing on the form": lambda s, d: d.authored is None,
    "a section left out": lambda s, d: d.code == "18842-5" and len(d.sections) < 3,
    "superseded": lambda s, d: d.replaces and d.replaces.status == "superseded",
    "addendum": lambda s, d: d.addendum_to,
    "entered in error": lambda s, d: d.status == "entered_in_error",
    "retracted": lambda s, d: d.status == "retracted",
    "amended": lambda s, d: d.status == "amended",
    "verbal order, authenticated late": lambda s, d: d.verbal and d.signed_at and d.signed_at - d.authored > 2 * DAY,
    "verbal order, not authenticated": lambda s, d: d.verbal and not d.signed,
    "resident, co-signed": lambda s, d: d.cosigner and d.cosigned_at,
    "resident, not co-signed": lambda s, d: d.cosigner and d.signed and not d.cosigned_at,
    "operative report on the next day": lambda s, d: (
        d.code == "11504-8" and d.authored and d.authored - d.episode.end > DAY
    ),
    "consent after the start": lambda s, d: (
        d.code == "64293-4" and d.episode.start and d.authored and d.authored > d.episode.start
    ),
    "face to face after the hour": lambda s, d: (
        d.code == "restraint-face-to-face" and d.authored and d.authored - d.episode.start > HOUR
    ),
    "history and physical from before": lambda s, d: d.code == "34117-2" and d.authored and d.authored < s.start,
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_situation_occurs(wide_house, situation):
    holds = SITUATIONS[situation]
    found = next((document for stay in wide_house for document in stay.documents if holds(stay, document)), None)
    assert found, f"no document: {situation}"


def test_every_kind_of_gap_and_stay_occurs(wide_house):
    def lacks(stay, code):
        return stay.end and all(document.code != code for document in stay.documents)

    inpatients = [stay for stay in wide_house if stay.encounter_class == "inpatient"]
    operated = [s for s in wide_house if any(e.anesthesia and e.status == "done" for e in s.episodes)]
    assert any(lacks(stay, "34117-2") and not stay.filed for stay in inpatients)
    assert any(lacks(stay, "18842-5") for stay in inpatients)
    assert any(lacks(stay, "11504-8") for stay in operated)
    assert any(stay.filed and stay.start - stay.filed.authored > 30 * DAY for stay in inpatients)
    assert any(stay.disposition == "transfer" and not lacks(stay, "18761-7") for stay in inpatients)
    assert {"done", "not_done"} <= {e.status for s in wide_house for e in s.episodes}
    assert {e.kind for s in wide_house for e in s.episodes} == {"procedure", "restraint"}
    assert {sensitivity for s in wide_house for sensitivity in s.sensitivities} == {
        *("PSY", "SUD", "HIV", "SDV", "CEL", "EMP"),
    }
