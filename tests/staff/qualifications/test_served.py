"""The order of candidates is that of the check, however much was written down and whatever has changed since."""

import os
from datetime import timedelta
from decimal import Decimal
from random import Random

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from staff.models import (
    Assignment,
    Employee,
    Experience,
    Place,
    Schooling,
    Served,
    ServedChange,
    Supervision,
)
from staff.qualifications import keeping, tasks
from staff.qualifications.check import Terms
from tests import factories as make
from tests.staff.qualifications import orders

pytestmark = pytest.mark.django_db

A_LOT = Terms(education=5, years_in_field=Decimal(30), years_supervising=Decimal(30))


def kept() -> set[int]:
    """Of whom what was written holds today, as `ranking` sees it."""
    if ServedChange.objects.filter(employee_id=None).exists():
        return set()
    today = timezone.localdate()
    rows = Served.objects.filter(from_day__lte=today, zone=timezone.get_default_timezone_name())
    rows = rows.exclude(until_day__lte=today)
    return {*rows.values_list("employee_id", flat=True)} - {*ServedChange.objects.values_list("employee_id", flat=True)}


def keep_as_of(moment, zone: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT keep_served(%s, %s)", [moment, zone])
        return cursor.fetchone()[0]


class Department:
    """A department in which something happens to people's years, as drawn."""

    def __init__(self, him, seed: int):
        self.him, self.draw, self.keeper = him, Random(seed), him.ruiz.user  # noqa: S311 - nothing here is a secret
        self.people = [him.okafor, him.marsh, him.brandt, him.petrov, him.holt]

    def one(self) -> Employee:
        return self.draw.choice(self.people)

    def some_time(self):
        """A span that is over, goes on, or is still to come; now and then one that began or ended within these days."""
        now = timezone.now()
        first = now + timedelta(hours=self.draw.choice((-30_000, -9_000, -50, -20, -3, 5, 30)))
        return make.span(first, self.draw.choice((None, first + timedelta(hours=self.draw.choice((2, 30, 4_000))))))

    def sit_elsewhere(self):
        who = self.draw.choice(self.people[2:])
        Assignment.objects.filter(employee=who).delete()
        if self.draw.random() < 0.7:
            during = self.some_time()
            Assignment.objects.create(employee=who, position=make.position(self.him.coding), during=during)

    def head_a_unit(self):
        who = self.draw.choice(self.people[2:])
        seat = make.position(make.unit(f"Unit {self.draw.random()}", under=self.him.coding), heads=True)
        Assignment.objects.filter(employee=who).delete()
        Assignment.objects.create(employee=who, position=seat, during=self.some_time())

    def be_headed_by_nobody(self):
        Place.objects.filter(unit__name__startswith="Unit").update(head=None)

    def lead_by_name(self):
        Supervision.objects.filter(employee=self.him.brandt).delete()
        leads = self.draw.choice((self.him.petrov, self.him.holt))
        make.supervision(self.him.brandt, leads, during=self.some_time())

    def finish_a_school(self):
        make.schooling(self.one(), by=self.keeper, level=self.draw.randint(1, 6))

    def have_worked_elsewhere(self):
        first = timezone.localdate() - timedelta(days=self.draw.choice((3, 400, 5_000)))
        last = first + timedelta(days=self.draw.choice((0, 2, 3, 390, 1_000)))
        said = {"in_field": self.draw.random() < 0.7, "supervising": self.draw.random() < 0.5}
        make.experience(self.one(), by=self.keeper, first_day=first, last_day=last, **said)

    def strike(self):
        for of in (Schooling, Experience):
            for row in of.objects.standing().order_by("?")[:1]:
                row.struck_by, row.struck_because = self.keeper, "Somebody else's paper."
                row.save()

    def come_new(self):
        self.people.append(make.employee(f"New {len(self.people)}"))

    def write_it_down(self):
        keeping.keep()

    def write_it_down_as_of_before(self):
        moment = timezone.now() - timedelta(hours=self.draw.randrange(60))
        keep_as_of(moment, timezone.get_default_timezone_name())

    def write_it_down_elsewhere(self):
        keep_as_of(timezone.now(), "Asia/Tokyo")


HAPPENS = [name for name in vars(Department) if not name.startswith("_") and name not in {"one", "some_time"}]


@pytest.mark.parametrize("seed", range(8))
def test_the_order_is_that_of_the_check_whatever_happened(him, seed):
    department = Department(him, seed)
    for name in department.draw.choices([*HAPPENS, "write_it_down"], k=50):
        getattr(department, name)()
        years = Decimal(department.draw.choice((1, 5, 13))) / 10
        for terms in (A_LOT, Terms(education=3, years_in_field=years, years_supervising=years)):
            orders.see(Employee.objects.all(), terms)
    keeping.keep()
    assert kept() == {*Employee.objects.values_list("pk", flat=True)}
    orders.see(Employee.objects.all(), A_LOT)


def test_each_minute_it_is_written_down_of_whom_something_changed_and_of_nobody_else(him):
    tasks.tick()
    everybody = {*Employee.objects.values_list("pk", flat=True)}
    assert kept() == everybody
    make.schooling(him.brandt, by=him.ruiz.user, level=4)
    assert kept() == everybody - {him.brandt.pk}
    assert keeping.keep() == 1
    assert kept() == everybody
    assert keeping.keep() == 0
    assert Served.objects.get(pk=him.brandt.pk).education == 4


def test_what_was_written_holds_until_a_spell_begins_or_ends(him):
    today = timezone.localdate()
    make.experience(him.brandt, by=him.ruiz.user, first_day=today - timedelta(days=9), last_day=today)
    keeping.keep()
    assert Served.objects.get(pk=him.brandt.pk).until_day == today + timedelta(days=1)
    assert Served.objects.get(pk=him.petrov.pk).until_day is None
    assert keep_as_of(timezone.now() + timedelta(days=1), timezone.get_default_timezone_name()) == 1


def test_what_was_written_in_the_days_of_another_zone_is_not_taken(him):
    """Half past midnight of yesterday is the day before on Samoa, and a third day."""
    began = timezone.localtime().replace(hour=0, minute=30) - timedelta(days=1)
    make.employee("Novak", sits_in=make.position(him.coding), during=make.span(began))
    assert keep_as_of(timezone.now(), "Pacific/Pago_Pago")
    orders.see(Employee.objects.all(), Terms(years_in_field=Decimal("0.0083")))


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_not_seen_when_it_was_written_down_is_seen_when_it_is_there(him):
    """Whoever comes to a seat while another makes it the head seat: neither sees the other."""
    seat = make.position(make.unit("Scanning", under=him.coding))
    who, now = make.employee("Novak"), timezone.now()
    with psycopg.connect(os.environ["DATABASE_URL"]) as another:
        another.execute("UPDATE staff_place SET head_id = %s WHERE unit_id = %s", [seat.pk, seat.unit_id])
        Assignment.objects.create(employee=who, position=seat, during=make.span(now - timedelta(days=500)))
        keeping.keep()
        assert not Served.objects.get(pk=who.pk).led_goes_on
        another.commit()
    orders.see(Employee.objects.all(), A_LOT)
    keeping.keep()
    assert Served.objects.get(pk=who.pk).led_goes_on
    orders.see(Employee.objects.all(), A_LOT)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_write_it_down_at_once_one_does(him):
    with psycopg.connect(os.environ["DATABASE_URL"]) as another:
        assert another.execute("SELECT keep_served(now(), 'America/New_York')").fetchone()[0]
        with transaction.atomic():
            assert keeping.keep() == 0
            assert ServedChange.objects.exists()
        another.commit()
    assert not ServedChange.objects.exists()
