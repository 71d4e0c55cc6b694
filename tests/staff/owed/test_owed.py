"""The lists of what everybody owes say what is said of anybody as of one moment, however much of it was written down
and whatever has changed since."""

import os
import re
from datetime import timedelta
from random import Random

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from staff.employment import lines
from staff.models import (
    Assignment,
    Attendance,
    Competence,
    Competency,
    Course,
    Employment,
    Facility,
    Job,
    OwedChange,
    OwedCourse,
    Training,
    Unit,
)
from staff.owed import keeping, tasks
from staff.people.facilities import open_facility
from tests import factories as make

pytestmark = pytest.mark.django_db

VIEWS = {"staff_training": "training_due", "staff_competence": "competence_due"}


def rows(words: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return sorted(cursor.fetchall(), key=repr)


def anew() -> set[int]:
    """Of whom nothing that was written holds."""
    return {number for (number,) in rows("SELECT staff_owed_anew()")}


def every_list_is_right() -> bool:
    return all(rows(f"TABLE {view}") == rows(f"SELECT * FROM {function}(now())") for view, function in VIEWS.items())


class Department:
    """A department in which something happens, as drawn."""

    def __init__(self, him, seed: int):
        self.him, self.draw = him, Random(seed)  # noqa: S311 - nothing here is a secret
        self.people = [him.okafor, him.marsh, him.brandt, him.petrov, him.holt]
        self.jobs = [*Job.objects.order_by("pk")[:3], make.job()]
        for n in range(3):
            make.course(f"course-{n}", every_months=self.months())
            make.competency(f"skill-{n}", every_months=self.months())
        make.course("not-yet", from_day=None)
        make.competency("not-yet", from_day=None)
        self.elsewhere = open_facility("WEST", name="West", time_zone="America/Los_Angeles")
        open_facility("PLAINS", name="Plains", time_zone="America/Chicago")

    def months(self) -> int | None:
        return self.draw.choice((1, 12, 24, None))

    def day(self):
        """What was done on it was done before what is `write_it_down_as_of_before`."""
        return timezone.localdate() - timedelta(days=2 + self.draw.randrange(900))

    def from_day(self, horizon: int):
        """Of something that came into force today, or longer ago, or is not in force."""
        return self.draw.choice((None, self.day(), timezone.localdate() + timedelta(days=horizon)))

    def one(self, rows):
        return self.draw.choice(list(rows.order_by("pk")))

    def attend(self):
        who, course, day = self.draw.choice(self.people), self.one(Course.objects), self.day()
        if not Attendance.objects.filter(employee=who, course=course, done_on=day).exists():
            make.attendance(who, course, by=self.him.ruiz.user, done_on=day)

    def be_assessed(self):
        who, what, day = self.draw.choice(self.people), self.one(Competency.objects), self.day()
        if not who.assessments.filter(competency=what, assessed_on=day).exists():
            passed = self.draw.random() < 0.7
            make.assessment(who, what, assessor=self.him.ruiz, by=self.him.ruiz.user, assessed_on=day, passed=passed)

    def strike(self):
        for kind in (Attendance.objects, self.him.brandt.assessments):
            for row in kind.filter(struck_because="").order_by("pk")[:1]:
                row.struck_by, row.struck_because = self.him.ruiz.user, "Was ill."
                row.save()

    def change_a_course(self):
        course = self.one(Course.objects)
        course.every_months, course.from_day = self.months(), self.from_day(366)
        course.save()

    def change_a_competency(self):
        what = self.one(Competency.objects)
        what.every_months, what.from_day = self.months(), self.from_day(0)
        what.save()

    def ask_other_jobs(self):
        for what in (self.one(Course.objects), self.one(Competency.objects)):
            what.jobs.set(self.draw.sample(self.jobs, self.draw.randrange(3)))

    def drop_a_course(self):
        Course.objects.create(code=f"c{Course.objects.count()}", title="Short", from_day=self.day()).delete()

    def move_a_unit(self):
        Unit.objects.filter(pk=self.him.coding.pk).update(facility=self.one(Facility.objects))

    def move_a_clock(self):
        zone = self.draw.choice(("America/Los_Angeles", "America/Chicago"))
        Facility.objects.filter(pk=self.elsewhere.pk).update(time_zone=zone)

    def sit_elsewhere(self):
        who = self.draw.choice(self.people[2:])
        Assignment.objects.filter(employee=who).delete()
        if self.draw.random() < 0.7:
            seat = make.position(self.one(Unit.objects), job=self.draw.choice(self.jobs))
            since = self.draw.choice((make.OPENED, timezone.now() - timedelta(hours=self.draw.randrange(20))))
            Assignment.objects.create(employee=who, position=seat, during=make.span(since))

    def be_hired_on_another_day(self):
        hired = make.OPENED - timedelta(hours=self.draw.randrange(2_000))
        Employment.objects.filter(employee=self.draw.choice(self.people)).update(during=make.span(hired))

    def write_it_down(self):
        keeping.keep()

    def write_it_down_as_of_before(self):
        moment = timezone.now() - timedelta(hours=self.draw.randrange(20))
        rows("SELECT keep_owed(%s)", moment)


HAPPENS = [
    name for name in vars(Department) if not name.startswith("_") and name not in {"months", "day", "from_day", "one"}
]


@pytest.mark.parametrize("seed", range(12))
def test_a_list_of_everybody_says_what_is_said_as_of_now_whatever_happened(him, seed):
    department = Department(him, seed)
    for name in department.draw.choices([*HAPPENS, "attend", "be_assessed", "write_it_down"], k=60):
        getattr(department, name)()
        assert every_list_is_right(), name
    make.attendance(him.okafor, make.course("last"), by=him.ruiz.user)
    keeping.keep()
    assert anew() == set()
    assert every_list_is_right()
    assert {row[4] is None for row in rows("TABLE staff_training")} == {True, False}  # some who did, some who never did


def test_each_minute_it_is_written_down_of_whom_something_changed_and_of_nobody_else(him):
    course = make.course()
    tasks.tick()
    assert anew() == set()
    make.attendance(him.brandt, course, by=him.ruiz.user)
    assert anew() == {him.brandt.pk}
    assert keeping.keep() == 1
    assert anew() == set()
    assert keeping.keep() == 0
    assert OwedCourse.objects.get(employee_id=him.brandt.pk, course_id=course.pk).done_on == timezone.localdate()


def test_what_was_written_holds_until_somebody_sits_elsewhere_or_a_course_comes_into_force(him):
    now = timezone.now()
    make.employee("Novak", sits_in=make.position(him.coding), during=make.span(now - timedelta(hours=1)))
    soon = make.course("soon", from_day=timezone.localdate() + timedelta(days=366))
    skill = make.competency("skill", from_day=timezone.localdate())
    for before in (timedelta(hours=2), timedelta(days=2)):
        rows("SELECT keep_owed(%s)", now - before)
        assert anew()  # of some of them it holds no longer
        assert every_list_is_right()
    assert Training.objects.filter(course=soon).exists()
    assert {row[2] for row in rows("TABLE staff_competence")} == {skill.pk}


@pytest.mark.parametrize(("of", "index"), [(Training, "owed_course_by_day"), (Competence, "owed_competency_by_day")])
def test_a_page_of_a_list_walks_the_days_in_order_and_looks_no_further(him, monkeypatch, of, index):
    """Of thousands: of few people their rows are found."""
    monkeypatch.setattr(lines, "FEW", 0)
    make.course()
    make.competency()
    keeping.keep()
    with lines.asked_once(), connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        rows_of_page = of.objects.visible_to(him.okafor.user).exclude(due=None).order_by("due", "pk")[:2]
        assert len(rows_of_page) == 2
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_nestloop = off"
        )
        cursor.execute("EXPLAIN " + asked.captured_queries[-1]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.splitlines()[0].startswith("Limit"), plan
    assert "Merge Append" in plan, plan
    assert "Join" not in plan, plan
    assert f"Index Scan using {index}" in plan, plan


def test_of_one_person_that_one_alone_is_found_out(him):
    """While nothing is written, and thousands are asked for one by one."""
    make.course()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) SELECT * FROM staff_training WHERE employee_id = {him.brandt.pk}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert len(anew()) > 1
    assert re.search(r"Function Scan on training_due_of .*rows=1.00 loops=1\)", plan), plan


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_not_seen_when_it_was_written_down_is_seen_when_it_is_there(him):
    course, today = make.course(), timezone.localdate()
    late = make.course("late", from_day=None)
    with psycopg.connect(os.environ["DATABASE_URL"]) as another:
        another.execute(
            """INSERT INTO staff_attendance (employee_id, course_id, done_on, proof, written_by_id, struck_because)
            VALUES (%s, %s, %s, 'list', %s, '')""",
            [him.brandt.pk, course.pk, today, him.ruiz.user_id],
        )
        another.execute("UPDATE staff_course SET from_day = %s WHERE id = %s", [today, late.pk])
        keeping.keep()
        assert not Training.objects.filter(done_on=today).exists()
        another.commit()
        assert Training.objects.get(done_on=today).employee_id == him.brandt.pk
        assert Training.objects.filter(course=late).exists()
    assert every_list_is_right()
    keeping.keep()
    assert anew() == set()
    assert every_list_is_right()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_write_it_down_at_once_one_does(him):
    make.course()
    with psycopg.connect(os.environ["DATABASE_URL"]) as another:
        assert another.execute("SELECT keep_owed(now())").fetchone()[0]
        with transaction.atomic():
            assert keeping.keep() == 0
            assert OwedChange.objects.exists()
        another.commit()
    assert not OwedChange.objects.exists()
    assert every_list_is_right()
