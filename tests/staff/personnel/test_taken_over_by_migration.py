"""A department that was there before seats and actions had time: what the migrations make of it is what a fold says."""

import json
import os
import subprocess
import sys

import psycopg
import pytest

from himdept.runtime import places

pytestmark = pytest.mark.first

# By the executor alone: what the command does afterwards, with roles, wants every migration.
UNTIL_BEFORE = """
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from himdept.runtime import grants
grants.prepare(connections["owner"], connections["default"].settings_dict["USER"])
MigrationExecutor(connections["owner"]).migrate([("staff", "0006_kept_reply")])
"""
NAME = f"himdept_before_{os.getpid()}"
PEOPLE = {  # staff number: employed, the seat they sat in or None, when that existed
    "sits": ("[2015-03-01,)", "[2010-01-01,)"),
    "left": ("[2015-03-01,2019-07-01)", "[2010-01-01,)"),
    "leaves": ("[2015-03-01,2099-07-01)", "[2010-01-01,)"),
    "comes": ("[2098-03-01,)", "[2010-01-01,)"),
    "without a seat": ("[2015-03-01,)", None),
    "left without one": ("[2015-03-01,2019-07-01)", None),
    "always": ("(,)", "[2010-01-01,)"),
    "until": ("(,2019-07-01)", "[2010-01-01,)"),
    "until before": ("(,2009-07-01)", "[2010-01-01,)"),
    "always and ever": ("(,)", "(,)"),
    "young seat": ("[2015-03-01,)", "[2018-05-01,)"),
    "old seat": ("[2015-03-01,)", "[2010-01-01,2018-05-01)"),
    "young and old": ("[2015-03-01,2022-01-01)", "[2018-05-01,2020-01-01)"),
    "never": ("empty", None),
}
TWO_IN_ONE = ("first of two", "second of two")
LOOK = """
import json
from django.utils import timezone
from staff.models import Employee, PersonnelAction
from staff.personnel import clock, timeline
from staff.personnel.fold import fold
told, now = {}, timezone.now()
for person in Employee.objects.select_related("user"):
    kept, folded = timeline.stored(person), fold(act.act for act in timeline.acts_of(person))
    timeline.rebuild(person)
    told[person.number] = {
        "agrees": kept == folded == timeline.stored(person),
        "employed": [[str(s.since.date()), s.until and str(s.until.date())] for s in kept.employments],
        "seated": [[str(s.since.date()), s.until and str(s.until.date()), str(s.value[1])] for s in kept.assignments],
        "ends": person.user.access_ends_at and str(person.user.access_ends_at.date()),
        "is over": bool(person.user.access_ends_at and person.user.access_ends_at <= now),
    }
for number in clock.due():
    clock.go_on(number)
for person in Employee.objects.select_related("user"):
    told[person.number]["open"] = person.user.is_active
    told[person.number]["acts"] = [f"{a.kind} {a.state}" for a in person.personnel_actions.order_by("effective")]
print(json.dumps(told))
"""


def manage(*words):
    addresses = {
        "DATABASE_URL": places.database_url(places.APPLICATION, NAME),
        "DATABASE_OWNER_URL": places.database_url(places.OWNER, NAME),
    }
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(
        command, check=False, cwd=places.CHECKOUT, env=os.environ | addresses, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def department(embedded_servers):
    """What is told of each person after all migrations, by staff number."""
    with psycopg.connect(places.database_url("postgres", "postgres"), autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {NAME} OWNER {places.OWNER}")
        try:
            manage("shell", "-v", "0", "-c", UNTIL_BEFORE)
            with psycopg.connect(places.database_url(places.OWNER, NAME)) as owner:
                employ(owner)
            manage("migrate", "-v", "0")
            yield json.loads(manage("shell", "-v", "0", "-c", LOOK))
        finally:
            superuser.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def employ(owner):
    one = lambda words, *values: owner.execute(words + " RETURNING id", values).fetchone()[0]  # noqa: E731
    facility = owner.execute("SELECT id FROM staff_facility").fetchone()[0]
    unit = one("INSERT INTO staff_unit (facility_id, name) VALUES (%s, 'Coding')", facility)
    job = one("INSERT INTO staff_job (code, title) VALUES ('coder', 'Coder')")

    def seat(number, valid):
        said = "INSERT INTO staff_position (number, unit_id, job_id, authorised_fte, valid) VALUES (%s, %s, %s, 1, %s)"
        return one(said, number, unit, job, valid)

    def person(number, employed, position):
        user = one(
            "INSERT INTO staff_user (username, password, first_name, last_name, email, is_staff, is_active,"
            " is_superuser, date_joined, kind, clearance, must_change_password, list_keys)"
            " VALUES (%s, '', '', '', '', false, true, false, '2012-06-01 12:00Z', 'person', 2, false, true)",
            number,
        )
        return one(
            "INSERT INTO staff_employee (number, user_id, given_name, family_name, position_id, employed)"
            " VALUES (%s, %s, '', %s, %s, %s)",
            *(number, user, number, position, employed),
        )

    for number, (employed, valid) in PEOPLE.items():
        person(number, employed, valid and seat(f"of {number}", valid))
    shared = seat("shared", "[2010-01-01,2030-01-01)")
    for number in TWO_IN_ONE:
        head = person(number, "[2015-03-01,)", shared)
    owner.execute("UPDATE staff_unit SET head_id = %s", [head])


@pytest.mark.parametrize("number", [*PEOPLE, *TWO_IN_ONE])
def test_the_timeline_is_what_their_actions_come_to(department, number):
    assert department[number]["agrees"]


@pytest.mark.parametrize(
    ("number", "employed", "seated"),
    [
        ("sits", [["2015-03-01", None]], [["2015-03-01", None, "1.00"]]),
        ("left", [["2015-03-01", "2019-07-01"]], [["2015-03-01", "2019-07-01", "1.00"]]),
        ("without a seat", [["2015-03-01", None]], []),
        ("left without one", [["2015-03-01", "2019-07-01"]], []),
        ("always", [["2010-01-01", None]], [["2010-01-01", None, "1.00"]]),
        ("until", [["2010-01-01", "2019-07-01"]], [["2010-01-01", "2019-07-01", "1.00"]]),
        ("until before", [["2009-06-30", "2009-07-01"]], []),
        ("always and ever", [["2012-06-01", None]], [["2012-06-01", None, "1.00"]]),
        ("young seat", [["2015-03-01", None]], [["2018-05-01", None, "1.00"]]),
        ("old seat", [["2015-03-01", None]], [["2015-03-01", "2018-05-01", "1.00"]]),
        ("young and old", [["2015-03-01", "2022-01-01"]], [["2018-05-01", "2020-01-01", "1.00"]]),
        ("never", [], []),
        ("first of two", [["2015-03-01", None]], [["2015-03-01", "2030-01-01", "0.50"]]),
    ],
)
def test_what_was_so_before_is_so_after(department, number, employed, seated):
    assert (department[number]["employed"], department[number]["seated"]) == (employed, seated)


@pytest.mark.parametrize("number", ["left", "left without one", "until", "until before", "young and old", "never"])
def test_nothing_opens_any_more_to_who_had_left(department, number):
    assert department[number]["is over"]


@pytest.mark.parametrize("number", ["sits", "without a seat", "always", "young seat", "old seat", "first of two"])
def test_who_is_there_signs_in_as_before(department, number):
    assert department[number]["ends"] is None
    assert department[number]["open"]


def test_who_leaves_on_a_day_that_was_said_has_access_until_then(department):
    assert department["leaves"]["ends"] == "2099-07-01"
    assert department["leaves"]["acts"] == ["taken_over recorded", "separation approved"]


def test_who_comes_on_a_day_that_was_said_has_none_before(department):
    assert department["comes"]["is over"]
    assert department["comes"]["acts"] == ["taken_over approved"]


def test_the_clock_closes_the_accounts_of_who_had_left(department):
    assert not department["left"]["open"]
    assert department["left"]["acts"] == ["taken_over recorded", "separation recorded"]
