"""What is owed of courses, when, by whom; writing down who took one."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localdate as today

from compliance.clocks import reminders
from himdept.common.errors import DomainError
from staff.models import Attendance, Course, Job, Training
from staff.training import actions
from tests import factories as make
from tests.queries import counted

pytestmark = pytest.mark.django_db

HIRED = timezone.localdate(make.OPENED)


def due(of, course) -> date | None:
    return Training.objects.get(employee=of, course=course).due


def test_no_course_is_owed_before_the_hospital_brings_it_into_force(him):
    shipped = Course.objects.get(code="hipaa-privacy")
    assert shipped.to_confirm
    assert not Training.objects.exists()
    Course.objects.filter(pk=shipped.pk).update(from_day=today())
    assert due(him.brandt, shipped) == today() + timedelta(days=30)


def test_the_first_is_due_after_the_hire_or_after_the_course_came_into_force(him):
    assert due(him.brandt, make.course()) == HIRED + timedelta(days=30)
    assert due(him.brandt, make.course("late", from_day=HIRED + timedelta(days=9))) == HIRED + timedelta(days=39)


@pytest.mark.parametrize(
    ("done", "months", "next_day"),
    [
        (date(2026, 3, 1), 12, date(2027, 3, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 1), None, None),
    ],
)
def test_the_next_is_due_after_the_last_one_has_lasted(him, done, months, next_day):
    course = make.course(every_months=months)
    make.attendance(him.brandt, course, by=him.marsh.user, done_on=done - timedelta(days=400))
    make.attendance(him.brandt, course, by=him.marsh.user, done_on=done)
    assert due(him.brandt, course) == next_day


def test_what_is_struck_was_not_taken(him):
    course = make.course()
    make.attendance(him.brandt, course, by=him.marsh.user, struck_by=him.marsh.user, struck_because="Was ill.")
    assert due(him.brandt, course) == HIRED + timedelta(days=30)


def test_a_course_of_some_jobs_is_owed_by_whoever_sits_in_one_of_them(him):
    course = make.course()
    course.jobs.add(Job.objects.get(code="transcriptionist"))
    typist = make.employee(sits_in=make.position(him.coding, job=Job.objects.get(code="transcriptionist")))
    assert [training.employee for training in Training.objects.all()] == [typist]


def test_nobody_without_a_seat_owes_a_course(db):
    make.course()
    make.employee()
    make.somebody()
    assert not Training.objects.exists()


def test_it_is_one_row_for_each_person_and_course(him):
    for code in ("a", "b", "c"):
        make.course(code)
    keys = list(Training.objects.values_list("pk", flat=True))
    assert len(keys) == len(set(keys)) == 3 * 6


def test_many_are_written_down_at_once_and_one_refusal_leaves_none(him):
    course = make.course()
    made = actions.attend(course, [him.brandt, him.petrov], done_on=today(), proof="list", by=him.marsh.user)
    assert {row.employee for row in made} == {him.brandt, him.petrov}
    with pytest.raises(DomainError, match="Brandt") as refusal:
        actions.attend(course, [him.holt, him.brandt], done_on=today(), proof="list", by=him.okafor.user)
    assert refusal.value.field == "people"
    with pytest.raises(DomainError, match="above you"):
        actions.attend(course, [him.holt, him.marsh], done_on=today(), proof="list", by=him.marsh.user)
    with pytest.raises(DomainError, match="still to come"):
        actions.attend(course, [him.holt], done_on=today() + timedelta(days=1), proof="list", by=him.okafor.user)
    assert Attendance.objects.count() == 2


def test_an_attendance_is_not_rewritten_whoever_writes(him):
    row = make.attendance(him.brandt, make.course(), by=him.marsh.user)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Attendance.objects.filter(pk=row.pk).update(done_on=HIRED)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError, match="one_attendance_of_a_day"), transaction.atomic():
        make.attendance(him.brandt, row.course, by=him.marsh.user)


def test_the_night_tells_of_training_that_comes_due(him):
    course = make.course(every_months=1)
    for person in (him.okafor, him.marsh, him.ruiz, him.petrov, him.holt):
        make.attendance(person, course, by=make.person(), done_on=today())
    make.attendance(him.brandt, course, by=him.marsh.user, done_on=today() - timedelta(days=40))
    assert reminders.write(make.facility(), on=today())["training"] == 11  # each and who is above; nobody above Okafor
    assert reminders.write(make.facility(), on=today())["training"] == 0


# -- The screens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("okafor", {"Okafor", "Marsh", "Ruiz", "Brandt", "Petrov", "Holt"}),
        ("marsh", {"Marsh", "Brandt", "Petrov"}),
        ("brandt", {"Brandt"}),
    ],
)
def test_a_person_sees_what_they_owe_and_a_head_what_those_below_do(client, him, who, sees):
    make.course()
    client.force_login(getattr(him, who).user)
    assert {row.employee.family_name for row in client.get("/staff/training/").context["page"]} == sees
    wanted = 200 if "Brandt" in sees else 404
    assert client.get(f"/staff/people/{him.brandt.pk}/training/").status_code == wanted
    assert client.get(f"/staff/people/{him.holt.pk}/training/").status_code == (200 if "Holt" in sees else 404)


@pytest.mark.parametrize(
    ("who", "of", "status"), [("marsh", "brandt", 200), ("marsh", "holt", 404), ("brandt", "brandt", 403)]
)
def test_only_the_line_above_strikes_an_attendance(client, him, who, of, status):
    row = make.attendance(getattr(him, of), make.course(), by=make.person())
    client.force_login(getattr(him, who).user)
    assert client.get(f"/staff/training/{row.pk}/strike/").status_code == status
    assert client.get("/staff/training/attend/").status_code == (403 if who == "brandt" else 200)


def test_a_course_is_written_down_for_those_who_took_it_and_struck_for_one(client, him):
    course = make.course()
    client.force_login(him.marsh.user)
    offered = client.get("/staff/training/attend/").context["form"].fields["people"].queryset
    assert set(offered) == {him.brandt, him.petrov}
    said = {"course": course.pk, "done_on": today().isoformat(), "proof": "list of 3 March", "people": [him.holt.pk]}
    assert client.post("/staff/training/attend/", said).status_code == 422  # of another line
    assert client.post("/staff/training/attend/", said | {"people": [him.brandt.pk, him.petrov.pk]}).status_code == 302
    assert due(him.brandt, course) > today()
    row = Attendance.objects.get(employee=him.brandt)
    assert client.post(f"/staff/training/{row.pk}/strike/", {"because": "Was ill."}).status_code == 302
    assert "Was ill." in client.get(f"/staff/people/{him.brandt.pk}/training/").content.decode()


@pytest.mark.parametrize(("query", "names"), [("overdue", {"Brandt"}), ("soon", {"Petrov"}), ("done", {"Marsh"})])
def test_the_list_is_narrowed_by_how_it_stands(client, him, query, names):
    course = make.course(every_months=12)
    for person, days in ((him.petrov, 300), (him.marsh, 10)):
        make.attendance(person, course, by=him.okafor.user, done_on=today() - timedelta(days=days))
    client.force_login(him.marsh.user)
    page = client.get(f"/staff/training/?state={query}").context["page"]
    assert {row.employee.family_name for row in page} == names


def test_the_pages_of_training_cost_a_bounded_number_of_queries(client, him):
    make.attendance(him.brandt, make.course(), by=him.marsh.user)
    client.force_login(him.okafor.user)
    client.get("/staff/training/")
    with counted("training_list"):
        client.get("/staff/training/")
    with counted("person_training"):
        client.get(f"/staff/people/{him.brandt.pk}/training/")
    with counted("training_attend"):
        client.get("/staff/training/attend/")
