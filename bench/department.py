"""A department of thousands: units with heads, seats, people with pay, accounts, credentials, schooling and courses.

Written set-based, for a personnel action each would take an hour; what is kept is what a fold of the actions says, and
that is looked at before anything is measured.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import batched

from django.contrib.auth.models import Group
from django.contrib.postgres.fields.ranges import DateTimeTZRange
from django.db import connection, transaction
from django.utils import timezone

from himdept.runtime import places
from himdept.runtime.places import Trouble
from staff.models import (
    Assessment,
    Assignment,
    Attendance,
    Certification,
    Competency,
    Course,
    Credential,
    Employee,
    Employment,
    Facility,
    Job,
    Pay,
    PersonnelAction,
    PersonnelStep,
    Place,
    Position,
    Schooling,
    Unit,
    User,
)
from staff.owed.tasks import tick as owed
from staff.personnel import timeline
from staff.qualifications.tasks import tick as served

PEOPLE, A_UNIT = 5_000, 100
VACANT = 20  # every so many seats one more that nobody sits in
SINCE = datetime(2020, 1, 1, 5, tzinfo=UTC)
ALWAYS = DateTimeTZRange(SINCE, None)
HEAD = "bench-head"
COURSES = ("privacy", "fire", "infection", "conduct", "devices", "violence")  # each year, of everybody
COMPETENCIES = ("merge", "release", "coding")  # each year, of every third job


def ready(facility: Facility, *, say: Callable[[str], None]) -> tuple[User, str]:
    """Who heads the department, and their password; the department is made if it is not there."""
    if not User.objects.filter(username=HEAD).exists():
        say(f"employing {PEOPLE:,} people")
        with transaction.atomic():
            _employ(facility)
    if not Course.objects.filter(code__startswith="bench-").exists():
        say("sending them to their courses")
        with transaction.atomic():
            _teach(list(Employee.objects.filter(number__startswith="B-").order_by("pk")))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    owed()  # as the sweeper does each minute
    served()
    head = User.objects.get(username=HEAD)
    password = places.secret(HEAD)
    head.set_password(password)
    head.save(update_fields=["password"])
    for person in Employee.objects.filter(number__startswith="B-").order_by("?")[:20]:
        if timeline.stored(person) != timeline.folded(person, timeline.acts_of(person)):
            raise Trouble(f"What is kept of {person.number} is not what their actions come to.")
    return head, password


def _employ(facility: Facility):
    jobs = list(Job.objects.all())
    units = Unit.objects.bulk_create(
        [Unit(facility=facility, name=f"Bench {n:03}") for n in range(PEOPLE // A_UNIT + 1)]
    )
    seats = _seats(units, jobs)
    head_seats = {seat.unit_id: seat for seat in reversed(seats)}  # the first of each
    Place.objects.bulk_create(
        [
            Place(unit=unit, under=units[0] if n else None, head=head_seats[unit.pk], during=ALWAYS)
            for n, unit in enumerate(units)
        ]
    )
    people = _people()
    seated = list(zip(people, [seat for seat in seats if not seat.number.endswith("V")], strict=True))
    _timelines(seated)
    head = people[0].user
    head.groups.add(Group.objects.get(name="Records manager"))
    head.facilities.add(facility)
    _pending(seated, head)
    _qualify(people, people[1].user)


def _seats(units: list[Unit], jobs: list[Job]) -> list[Position]:
    """One over all, then so many in each unit, and here and there one that waits for somebody."""
    rows = [Position(number="B-top", unit=units[0], job=jobs[0], valid=ALWAYS)]
    for n in range(PEOPLE - 1):
        unit, job = units[1 + n // A_UNIT], jobs[n % len(jobs)]
        rows.append(Position(number=f"B-{n:05}", unit=unit, job=job, valid=ALWAYS))
        if n % VACANT == VACANT - 1:
            rows.append(Position(number=f"B-{n:05}V", unit=unit, job=job, valid=ALWAYS))
    return Position.objects.bulk_create(rows)


def _people() -> list[Employee]:
    accounts = [
        User(username=HEAD if not n else f"bench-{n:05}", password="!", first_name="Ben", is_staff=not n)  # noqa: S106
        for n in range(PEOPLE)
    ]
    accounts = User.objects.bulk_create(accounts, batch_size=1000)
    names = ("Adeyemi", "Brandt", "Castro", "Dubois", "Endo", "Fofana", "Garcia", "Haddad", "Ito", "Jensen")
    rows = [
        Employee(number=f"B-{n:05}", user=user, given_name=f"P{n % 97}", family_name=f"{names[n % 10]}-{n % 613}")
        for n, user in enumerate(accounts)
    ]
    return Employee.objects.bulk_create(rows, batch_size=1000)


def _timelines(seated: list[tuple[Employee, Position]]):
    for some in batched(seated, 500, strict=False):
        acts = [
            PersonnelAction(
                employee=person,
                kind="taken_over",
                state="recorded",
                effective=SINCE,
                position=seat,
                fte=1,
                pay=Decimal(50_000),
                basis="year",
                because="Was there.",
            )
            for person, seat in some
        ]
        acts = PersonnelAction.objects.bulk_create(acts)
        PersonnelStep.objects.bulk_create(
            [PersonnelStep(action=act, move="take_over", state="recorded", at=SINCE) for act in acts]
        )
        Employment.objects.bulk_create([Employment(employee=person, during=ALWAYS) for person, _seat in some])
        Assignment.objects.bulk_create([Assignment(employee=p, position=s, fte=1, during=ALWAYS) for p, s in some])
        Pay.objects.bulk_create([Pay(employee=p, amount=50_000, basis="year", during=ALWAYS) for p, _seat in some])


def _pending(seated: list[tuple[Employee, Position]], head: User):
    """Raises that wait for a decision."""
    PersonnelAction.objects.bulk_create(
        [
            PersonnelAction(
                employee=person,
                kind="pay",
                state="submitted",
                pay=52_000,
                basis="year",
                effective=timezone.now() + timedelta(days=30),
                because="A good year.",
                written_by=head,
            )
            for person, _seat in seated[200::40]
        ]
    )


def _qualify(people: list[Employee], by: User):
    certification, today = Certification.objects.get(code="RHIT"), timezone.localdate()
    said = {"certification": certification, "written_by": by, "first_day": today - timedelta(days=400)}
    Credential.objects.bulk_create(
        [
            Credential(**said, employee=one, number=f"{n:07}", last_day=today + timedelta(days=n % 330 + 1))
            for n, one in enumerate(people)
            if n % 2 and n != 1
        ],
        batch_size=1000,
    )
    Schooling.objects.bulk_create(
        [
            Schooling(
                employee=one,
                level=n % 5 + 1,
                subject="Health information",
                proof="diploma",
                finished_on=date(2015, 6, 1),
                written_by=by,
            )
            for n, one in enumerate(people)
            if n != 1
        ],
        batch_size=1000,
    )


def _teach(people: list[Employee]):
    """Each course and competency a year after the last time, on a day of its own; some are late, some never came."""
    today, by = timezone.localdate(), people[1].user
    courses = Course.objects.bulk_create(
        [Course(code=f"bench-{code}", title=code, every_months=12, from_day=SINCE.date()) for code in COURSES]
    )
    Attendance.objects.bulk_create(
        [
            Attendance(
                employee=one,
                course=course,
                done_on=today - timedelta(days=years * 365 + ago),
                proof="signature on the list",
                written_by=by,
            )
            for n, one in enumerate(people)
            for k, course in enumerate(courses)
            if (ago := (n * 7 + k * 61) % 375 + 1) % 25 and n != 1
            for years in range(2)
        ],
        batch_size=1000,
    )
    jobs = list(Job.objects.all())
    competencies = Competency.objects.bulk_create(
        [
            Competency(code=f"bench-{code}", title=code, method="test", every_months=12, from_day=SINCE.date())
            for code in COMPETENCIES
        ]
    )
    for k, one in enumerate(competencies):
        one.jobs.set(jobs[k :: len(competencies)])
    Assessment.objects.bulk_create(
        [
            Assessment(
                employee=one,
                competency=competencies[k],
                assessed_on=today - timedelta(days=(n * 11) % 375 + 1),
                method="test",
                assessor=people[n - 1],
                passed=n % 50 > 0,
                proof="answers of the test",
                written_by=by,
            )
            for n, one in enumerate(people)
            if n > 1
            for k in [(n - 1) % len(jobs) % len(competencies)]  # what the job of their seat asks
        ],
        batch_size=1000,
    )
