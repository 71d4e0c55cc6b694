"""The database's order of candidates is that of the check, for people with whatever past and whatever the job asks."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone

from staff.models import Employee
from staff.qualifications import keeping, ranking
from staff.qualifications.check import Terms
from tests import factories as make
from tests.staff.qualifications import orders

CODES = ("RHIA", "RHIT", "CCS", "CHPS")


@pytest.fixture
def people(him):
    """Eighty people whose schools, credentials, work and seats are drawn by chance, some on the limits."""
    draw, keeper, today = Random(7), him.okafor.user, timezone.localdate()  # noqa: S311
    numbers = []
    for n in range(80):
        day = today - timedelta(days=draw.choice([0, 1, 182, 183, 365, 366, 730, 731, 2000]))
        during = make.span(datetime.combine(day, time(), timezone.get_current_timezone()))
        seat = make.position(make.unit(f"Unit {n}"), heads=draw.random() < 0.3)
        person = make.employee(draw.choice("ABC"), sits_in=seat, during=during)
        numbers.append(person.pk)
        if n == 3:
            make.supervision(him.holt, person, during=during)
        for _ in range(draw.randrange(3)):
            make.schooling(person, by=keeper, level=draw.randint(1, 6))
        for code in draw.sample(CODES, draw.randrange(3)):
            last = draw.choice([None, -1, 0, 1, 90, 91, 400])
            held = make.credential(
                *(person, code), by=keeper, last_day=None if last is None else today + timedelta(days=last)
            )
            for found in draw.sample(["confirmed", "differs", "no_answer"], draw.randrange(3)):
                make.verification(held, by=keeper, found=found)
        for _ in range(draw.randrange(3)):
            first = today - timedelta(days=draw.choice([100, 365, 1461, 4000]))
            said = {"in_field": draw.random() < 0.7, "supervising": draw.random() < 0.5}
            last = first + timedelta(days=draw.choice([0, 99, 365]))
            make.experience(person, by=keeper, first_day=first, last_day=last, **said)
    return Employee.objects.filter(pk__in=numbers)


TERMS = [
    Terms(),
    Terms(education=4, certifications=frozenset({"RHIA", "RHIT"}), preferred=frozenset({"CHPS"})),
    Terms(certifications=frozenset({"CCS"}), years_in_field=Decimal(2), preferred=frozenset({"RHIA", "CCS"})),
    Terms(education=2, years_in_field=Decimal("1.0"), years_supervising=Decimal("0.5")),
    Terms(education=6, certifications=frozenset(CODES), years_in_field=Decimal(10), years_supervising=Decimal(3)),
]


@pytest.mark.parametrize("kept", [False, True], ids=["found out", "written down"])
@pytest.mark.django_db
def test_the_order_is_that_of_the_check_for_whatever_is_asked(people, kept):
    if kept:
        assert keeping.keep() == Employee.objects.count()
    for terms in TERMS:
        ranks = orders.see(people, terms)
        assert len(set(ranks)) > 5


def test_of_nobody_nobody_is_first(db):
    assert ranking.order(Employee.objects.none(), TERMS[1], timezone.localdate(), most=50) == ranking.Order([])
