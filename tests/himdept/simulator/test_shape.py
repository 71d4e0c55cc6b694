"""It looks like a hospital: who comes when, how long they stay and how they leave.

Bounds are of American hospitals as HCUP (stays, readmissions, deaths), NHAMCS (emergency departments) and NCHS (births)
count them: orders of magnitude, rounded outwards. How far a sample may lie beside them is reckoned (`sampling`).
"""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from himdept.simulator.calendar import month, weekday
from tests.himdept.simulator.sampling import mean_between, quantile_between, ratio_between, share_between

DAY, HOUR = 1440, 60
IN_BED = {"inpatient", "psychiatric", "observation"}


def of(stays, encounter_class, service=None):
    return [s for s in stays if s.encounter_class == encounter_class and service in {None, s.service}]


def ended(stays):
    return [stay for stay in stays if stay.end]


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
def test_classes_have_their_shares(wide_house, encounter_class, least, most):
    share_between(least, ((s.patient.number, s.encounter_class == encounter_class) for s in wide_house), most)


def test_an_encounter_has_about_eight_documents_and_an_inpatient_more(wide_house):
    mean_between(8.0, (len(stay.documents) for stay in wide_house), 9.0)
    mean_between(11, (len(stay.documents) for stay in ended(of(wide_house, "inpatient"))), 18)
    mean_between(4, (len(stay.documents) for stay in of(wide_house, "emergency")), 7)


@pytest.mark.parametrize(
    ("service", "median", "ninth_tenth"),
    [
        (None, (2.5, 3.7), (6.0, 9.5)),
        ("hospital-medicine", (3.0, 4.4), (7.0, 11.0)),
        ("surgery", (3.0, 4.8), (7.0, 11.0)),
        ("orthopedics", (1.8, 3.5), (4.0, 7.0)),
        ("cardiology", (2.4, 3.8), (5.5, 9.0)),
        ("neurology", (3.0, 5.2), (8.0, 14.0)),
        ("pediatrics", (1.5, 2.6), (3.5, 6.5)),
    ],
)
def test_inpatients_stay_as_long_as_their_service_keeps_them(wide_house, service, median, ninth_tenth):
    days = [(s.end - s.start) / DAY for s in ended(of(wide_house, "inpatient", service))]
    quantile_between(median[0], days, median[1])
    quantile_between(ninth_tenth[0], days, ninth_tenth[1], at=0.9)


@pytest.mark.parametrize(
    ("encounter_class", "median", "ninth_tenth"),
    [
        ("psychiatric", (5 * 24, 9 * 24), (12 * 24, 22 * 24)),
        ("emergency", (2.3, 4.2), (5, 8)),
        ("observation", (15, 30), (30, 48)),
        ("ambulatory", (3, 6), (4.5, 8)),
        ("newborn", (1.6 * 24, 2.7 * 24), (2.8 * 24, 4.5 * 24)),
    ],
)
def test_other_stays_are_as_long_as_their_kind(wide_house, encounter_class, median, ninth_tenth):
    hours = [(s.end - s.start) / HOUR for s in ended(of(wide_house, encounter_class))]
    quantile_between(median[0], hours, median[1])
    quantile_between(ninth_tenth[0], hours, ninth_tenth[1], at=0.9)


def test_all_inpatients_together_stay_four_or_five_days_and_a_few_very_long(wide_house):
    days = [(s.end - s.start) / DAY for s in ended(of(wide_house, "inpatient"))]
    mean_between(3.8, days, 5.5)
    quantile_between(11, days, 25, at=0.99)


def test_a_cesarean_section_keeps_a_mother_a_day_longer(wide_house):
    after = defaultdict(list)
    for stay in ended(of(wide_house, "inpatient", "obstetrics")):
        for episode in stay.episodes:
            after[episode.code].append((stay.end - episode.end) / DAY)
    quantile_between(1.3, after["vaginal-delivery"], 2.4)
    quantile_between(2.4, after["cesarean-section"], 3.6)
    share_between(
        0.30, enumerate([True] * len(after["cesarean-section"]) + [False] * len(after["vaginal-delivery"])), 0.34
    )


def test_emergencies_come_by_day_and_evening_and_seldom_before_dawn(large_house, wide_house):
    hours = [
        (s.start - large_house.calendar.midnight(large_house.calendar.day_of(s.start))) // HOUR
        for s in of(wide_house, "emergency")
    ]
    by_day = [1 for hour in hours if 10 <= hour < 22]
    before_dawn = [1 for hour in hours if 2 <= hour < 6]
    ratio_between(3.5, (by_day, 12), (before_dawn, 4), 7)
    share_between(0.60, enumerate(10 <= hour < 22 for hour in hours), 0.75)


def come_on(house, stays, weekdays):
    """Those who come on some days of the week, one by one, and how many such days there were."""
    on = [1 for stay in stays if weekday(house.calendar.day_of(stay.start)) in weekdays]
    return on, sum(weekday(day) in weekdays for day in house.calendar.days())


@pytest.mark.parametrize(
    ("encounter_class", "some", "others", "least", "most"),
    [
        ("emergency", {0}, {1, 2, 3, 4, 5, 6}, 1.04, 1.2),  # Monday is the busiest day
        ("emergency", {5, 6}, {1, 2, 3, 4}, 0.85, 1.05),  # and weekends are nearly as busy as any other
        ("inpatient", {5, 6}, {0, 1, 2, 3, 4}, 0.5, 0.8),
        ("ambulatory", {5, 6}, {0, 1, 2, 3, 4}, 0.02, 0.12),
        ("newborn", {5, 6}, {1, 2, 3}, 0.55, 0.8),
    ],
)
def test_the_week_has_its_shape(large_house, wide_house, encounter_class, some, others, least, most):
    some, others = (come_on(large_house, of(wide_house, encounter_class), days) for days in (some, others))
    ratio_between(least, some, others, most)


def test_planned_operations_are_on_workdays_and_spread_over_them(large_house, wide_house):
    days = [
        weekday(large_house.calendar.day_of(episode.start))
        for stay in of(wide_house, "inpatient")
        if stay.filed
        for episode in stay.episodes
        if episode.start
    ]
    share_between(0.97, enumerate(day < 5 for day in days), 1)
    for workday in range(5):
        share_between(0.15, enumerate(day == workday for day in days), 0.25)
    visits = Counter(weekday(large_house.calendar.day_of(s.start)) for s in of(wide_house, "pre_admission"))
    assert visits[5] == visits[6] == 0


def test_fewer_are_sent_home_on_weekends(large_house, wide_house):
    left = [weekday(large_house.calendar.day_of(s.end)) for s in ended(of(wide_house, "inpatient"))]
    weekend, workdays = [1 for day in left if day > 4], [1 for day in left if day <= 4]
    ratio_between(0.6, (weekend, 2), (workdays, 5), 0.9)


def test_winter_is_busier_than_summer_and_beds_are_fuller(large_house, wide_house):
    days = Counter(month(day) for day in large_house.calendar.days())

    def by_season(stays, amount):
        seasons = []
        for months in ((0, 1), (5, 6, 7)):
            amounts = [amount(s) for s in stays if month(large_house.calendar.day_of(s.start)) in months]
            seasons.append((amounts, sum(days[m] for m in months)))
        return seasons

    medical = [s for s in wide_house if s.encounter_class in {"emergency", "observation"}]
    ratio_between(1.12, *by_season(medical, lambda stay: 1), 1.4)
    in_bed = [s for s in wide_house if s.encounter_class in IN_BED]
    ratio_between(1.05, *by_season(in_bed, lambda stay: stay.planned_end - stay.start), 1.35)


LEFT = {
    ("inpatient", "home"): (0.6, 0.78),
    ("inpatient", "home_health"): (0.08, 0.15),
    ("inpatient", "facility"): (0.07, 0.15),
    ("inpatient", "expired"): (0.015, 0.025),
    ("inpatient", "ama"): (0.01, 0.02),
    ("inpatient", "transfer"): (0.015, 0.035),
    ("inpatient", "hospice"): (0.005, 0.025),
    ("psychiatric", "ama"): (0.02, 0.06),
    ("emergency", "ama"): (0.015, 0.035),
    ("emergency", "expired"): (0.001, 0.004),
}


@pytest.mark.parametrize(("encounter_class", "way"), LEFT)
def test_people_leave_in_every_way(wide_house, encounter_class, way):
    least, most = LEFT[encounter_class, way]
    share_between(
        least, ((s.patient.number, s.disposition == way) for s in ended(of(wide_house, encounter_class))), most
    )


def test_one_in_eight_comes_back_within_a_month(large_house, wide_house):
    of_patient = defaultdict(list)
    for stay in of(wide_house, "inpatient"):
        of_patient[stay.patient.number].append(stay)
    seen = []
    for number, stays in of_patient.items():
        stays.sort(key=lambda stay: stay.start)
        seen += [
            (number, following is not None and following.start - stay.end <= 30 * DAY)
            for stay, following in pairwise([*stays, None])
            if stay.end
            and stay.end < large_house.now - 30 * DAY
            and stay.disposition not in {"expired", "transfer"}
            and stay.service != "obstetrics"
        ]
    share_between(0.10, seen, 0.15)


def test_there_are_patients_in_the_house_now_as_on_any_other_day(large_house, wide_house):
    inside = [stay for stay in wide_house if stay.end is None]
    assert any(stay.encounter_class == "inpatient" and stay.documents for stay in inside)
    for day in (100, 200, 300):
        at = large_house.calendar.midnight(large_house.calendar.first_day + day)
        assert 0.5 < sum(stay.start <= at < stay.planned_end for stay in wide_house) / len(inside) < 2


def test_newborns_come_with_their_mothers(wide_house):
    mothers = {stay.patient.number: stay for stay in wide_house if stay.service == "obstetrics"}
    newborns = of(wide_house, "newborn")
    for child in newborns:
        mother = mothers[child.patient.mother.number]
        assert child.patient.family_name == mother.patient.family_name
        assert mother.start <= child.start < mother.planned_end
    share_between(0.505, ((child.number, child.patient.sex == "male") for child in newborns), 0.52)


@pytest.mark.parametrize(
    ("encounter_class", "least", "most"),
    [("inpatient", 0.004, 0.015), ("psychiatric", 0.04, 0.10), ("emergency", 0.003, 0.012)],
)
def test_some_have_to_be_restrained_and_most_of_them_in_psychiatry(wide_house, encounter_class, least, most):
    stays = of(wide_house, encounter_class)
    share_between(least, ((s.patient.number, any(e.kind == "restraint" for e in s.episodes)) for s in stays), most)
