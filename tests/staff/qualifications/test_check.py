"""The check of a person against a job, as a pure function: each requirement, its limits, the cheapest way."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from staff.qualifications.check import Facts, Held, Kind, Spell, Standing, Terms, check, days, years

ON = date(2026, 11, 27)
RHIA_OR_CCS = frozenset({"RHIA", "CCS"})


def held(code: str = "RHIA", *, until: int | None = 365, since: int = -365, proved: bool | None = True) -> Held:
    last = None if until is None else ON + timedelta(days=until)
    return Held(code, Spell(ON + timedelta(days=since), last), proved)


def judged(terms: Terms, facts: Facts):
    (one,) = check(terms, facts, ON).judged
    return one


def test_what_a_job_does_not_ask_is_no_requirement():
    assert check(Terms(), Facts(), ON).judged == ()
    assert check(Terms(), Facts(), ON).is_met


@pytest.mark.parametrize(("has", "standing"), [(3, Standing.MISSING), (4, Standing.MET), (5, Standing.MET)])
def test_a_higher_school_satisfies_what_asks_for_a_lower_one(has, standing):
    assert judged(Terms(education=4), Facts(education=has)).standing == standing


@pytest.mark.parametrize(
    ("holds", "standing", "way", "code"),
    [
        ([held(until=91)], Standing.MET, None, ""),
        ([held(until=90)], Standing.EXPIRING, Kind.RENEW, "RHIA"),
        ([held(until=0)], Standing.EXPIRING, Kind.RENEW, "RHIA"),
        ([held(until=None)], Standing.MET, None, ""),
        ([held(until=10), held("CCS")], Standing.MET, None, ""),  # the one that lasts longest counts
        ([held(until=-1)], Standing.MISSING, Kind.RENEW, "RHIA"),
        ([held(proved=None)], Standing.MISSING, Kind.VERIFY, "RHIA"),
        ([held(proved=None), held("CCS", until=-1)], Standing.MISSING, Kind.VERIFY, "RHIA"),
        ([held(proved=False)], Standing.MISSING, Kind.EARN, "CCS"),  # its source denies it: it is not held
        ([held(proved=False, until=-1)], Standing.MISSING, Kind.EARN, "CCS"),
        ([held(since=1)], Standing.MISSING, Kind.EARN, "CCS"),  # still to come
        ([held("CPC")], Standing.MISSING, Kind.EARN, "CCS"),  # not one of those that are asked
        ([], Standing.MISSING, Kind.EARN, "CCS"),
    ],
)
def test_any_one_certification_in_force_and_proved_does_and_the_cheapest_way_leads_there(holds, standing, way, code):
    fees = (("CCS", Decimal(299)), ("RHIA", Decimal(399)))
    one = judged(Terms(certifications=RHIA_OR_CCS, fees=fees), Facts(held=tuple(holds)))
    assert one.standing == standing
    assert (one.way.kind if one.way else None) == way
    assert (one.way.certification if one.way else "") == code


def test_of_several_to_earn_the_lowest_known_fee_comes_first():
    fees = (("RHIA", Decimal(399)),)
    assert judged(Terms(certifications=RHIA_OR_CCS, fees=fees), Facts()).way.certification == "RHIA"
    assert judged(Terms(certifications=RHIA_OR_CCS), Facts()).way.certification == "CCS"


def spell(first: int, last: int | None = None) -> Spell:
    """From so many days ago, today counted, to the day of which so many are left."""
    return Spell(ON - timedelta(days=first - 1), None if last is None else ON - timedelta(days=last - 1))


@pytest.mark.parametrize(
    ("spells", "number"),
    [
        ([spell(10)], 10),
        ([spell(10, 1)], 10),
        ([spell(10, 6), spell(8, 3)], 8),  # what overlaps counts once
        ([spell(10, 1), spell(8, 3)], 10),
        ([spell(10, 9), spell(2, 1)], 4),
        ([spell(0)], 0),  # from tomorrow
        ([spell(3, -5)], 3),  # what is still to come does not count
        ([], 0),
    ],
)
def test_days_are_counted_once_and_only_until_today(spells, number):
    assert days(spells, ON) == number


@pytest.mark.parametrize(
    ("spells", "standing", "way", "on"),
    [
        ([spell(730)], Standing.MET, None, None),  # two years, and what comes to half a day is not asked
        ([spell(729)], Standing.MISSING, Kind.WAIT, ON + timedelta(days=1)),
        ([spell(729, 2)], Standing.MISSING, Kind.SERVE, None),  # nothing goes on by itself
        ([], Standing.MISSING, Kind.SERVE, None),
    ],
)
def test_years_are_met_to_the_day_and_time_alone_closes_them_where_it_goes_on(spells, standing, way, on):
    one = judged(Terms(years_supervising=Decimal(2)), Facts(supervising=tuple(spells)))
    assert one.standing == standing
    assert (one.way.kind if one.way else None) == way
    assert (one.way.on if one.way else None) == on


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0"), (36, "0.1"), (364, "0.9"), (365, "1"), (729, "1.9"), (730, "2"), (1825, "4.9"), (1826, "5")],
)
def test_what_is_told_of_years_agrees_with_what_is_met(number, told):
    assert years([spell(number, 1)] if number else [], ON) == Decimal(told)
    asked = Terms(years_in_field=Decimal(told))
    assert check(asked, Facts(in_field=(spell(number, 1),)), ON).is_met


def test_who_lacks_least_comes_first_then_what_is_cheapest_then_preferred_then_years():
    terms = Terms(education=4, certifications=frozenset({"RHIA"}), preferred=frozenset({"CHPS"}))
    facts = [
        Facts(education=4, held=(held(), held("CHPS"))),
        Facts(education=4, held=(held(),), in_field=(spell(4000),)),
        Facts(education=4, held=(held(),)),
        Facts(education=4, held=(held(until=20),)),
        Facts(education=4, held=(held(proved=None),)),
        Facts(education=4, held=(held(until=-1),)),
        Facts(education=4),
        Facts(education=3, held=(held(),)),
        Facts(),
    ]
    ranks = [check(terms, one, ON).rank for one in facts]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)
