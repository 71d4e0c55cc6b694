"""What happened in the demonstration's department: no screen is an empty room, and nobody is kept from work."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from himdept.simulator import department, people
from staff.fitness.check import may_work
from staff.fitness.facts import competences_of, facts_of
from staff.models import (
    Assessment,
    Attendance,
    CaseFile,
    Competence,
    Employee,
    ExclusionMatch,
    Home,
    Learning,
    PersonnelAction,
    PersonnelNotice,
    SavedView,
    Training,
    User,
)
from tests import factories as make

pytestmark = pytest.mark.django_db
LISTS = {  # each with words that stand there only if it has something to show
    "/staff/credentials/": "Quillfeather",
    "/staff/training/": "Snowdrift",
    "/staff/competencies/": "Redfernly",
    "/staff/learning/": "sepsis",
    "/staff/exclusions/": "Yarrowby",
    "/staff/exclusions/checks/": "no match",
    "/staff/exclusions/matches/": "Yarrowby",
    "/staff/exclusions/loads/": "OIG",
    "/due/": "Ottermill",
    "/staff/told/": "Pennymoor",
    "/staff/candidates/": "HIM-013",
}


@pytest.fixture(autouse=True)
def facility(db):
    people.employ(make.facility())
    department.bring_to_life(make.facility())
    return make.facility()


def test_no_screen_of_staff_is_an_empty_room(client):
    sees = {"manager": LISTS, "clerk": {"/staff/corrective/": "Coaching", "/staff/home/": "Larch Lane"}}
    for username, rooms in sees.items():
        client.force_login(User.objects.get(username=username))
        for address, words in rooms.items():
            page = client.get(address, follow=True)
            assert page.status_code == 200, address
            assert words in page.content.decode(), address


def test_cases_competencies_and_training_stand_in_every_state():
    assert Counter(CaseFile.objects.values_list("state", flat=True)) == dict.fromkeys(
        ("draft", "submitted", "given", "closed"), 1
    )
    manager = User.objects.get(username="manager")
    today, rows = timezone.localdate(), list(Competence.objects.visible_to(manager))
    assert sorted((row.passed, row.due < today + timedelta(days=90)) for row in rows if row.passed is not None) == [
        (False, True),
        (True, False),
        (True, True),
    ]
    assert [row.due < today for row in rows if row.passed is None] == [True]
    assert [row.employee.number for row in Training.objects.filter(due__lt=today)] == ["HIM-012"]


def test_a_leave_waits_for_the_manager_who_is_told_of_it():
    action = PersonnelAction.objects.get(state="submitted")
    assert (action.kind, action.written_by.username) == ("leave", "supervisor")
    assert [notice.person.username for notice in PersonnelNotice.objects.filter(step__action=action)] == ["manager"]


def test_whoever_waives_in_the_demonstration_may():
    for username in ("manager", "supervisor", "clerk"):
        person = Employee.objects.get(user__username=username)
        assert may_work(facts_of(person, competences_of(person)), timezone.localdate()) == [], username


def test_what_happened_is_made_once(facility):
    models = (CaseFile, Assessment, Attendance, Learning, PersonnelAction, ExclusionMatch, Home, SavedView)
    there = [model.objects.count() for model in models]
    people.employ(facility)
    department.bring_to_life(facility)
    assert [model.objects.count() for model in models] == there
