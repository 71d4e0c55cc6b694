"""The demonstration's people can sign in, each in a role of their own."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils import timezone

from himdept.common import metrics
from himdept.common.confidentiality import Confidentiality
from himdept.common.errors import Conflict
from himdept.common.metrics import Scope
from himdept.simulator import people
from staff.models import Credential, Employee, Facility, PersonnelAction, Position, Requisition, Unit, User
from staff.people.roles import ROLES
from staff.personnel import actions, requisitions
from staff.personnel.kinds import Basis, Kind
from staff.personnel.models import State
from tests import factories

pytestmark = pytest.mark.django_db


def test_there_is_somebody_for_every_role_the_records_manager_first():
    made = people.make(factories.facility())
    assert [role for *_, role in made] == [
        *("Records manager", "Records supervisor", "Records clerk", "Privacy officer", "Surveyor"),
        *("Interface engineer", "Administrator", "Records manager"),
    ]
    assert {role.name for role in ROLES} <= {role for *_, role in made}


def test_everybody_can_sign_in_with_the_password_that_was_told():
    for name, username, password, role in people.make(factories.facility()):
        user = User.objects.get(username=username)
        assert user.check_password(password)
        assert str(user) == name
        assert not user.must_change_password
        assert (user.role or "Administrator") == role


def test_only_the_administrator_is_superuser_and_sees_no_chart_by_that():
    people.make(factories.facility())
    (admin,) = User.objects.filter(is_superuser=True)
    assert admin.username == "admin"
    assert not admin.has_perm("records.view_record")


def test_whoever_lets_programs_in_may_let_them_read_ordinary_records():
    people.make(factories.facility())
    assert User.objects.get(username="interfaces").clearance >= Confidentiality.NORMAL


def test_passwords_are_new_each_time_and_differ():
    first, second = people.make(factories.facility()), people.make(factories.facility())
    passwords = [password for _, _, password, _ in first + second]
    assert len(set(passwords)) == len(passwords)
    manager = User.objects.get(username="manager")
    assert manager.check_password(second[0][2])
    assert not manager.check_password(first[0][2])


def test_making_them_again_adds_nobody_and_takes_nothing_back():
    people.make(factories.facility())
    there = (User.objects.count(), Employee.objects.count(), Position.objects.count(), Unit.objects.count())
    clerk = User.objects.get(username="clerk")
    clerk.groups.set([Group.objects.get(name="Records supervisor")])
    people.make(factories.facility())
    assert (User.objects.count(), Employee.objects.count(), Position.objects.count(), Unit.objects.count()) == there
    assert clerk.role == "Records supervisor"


def test_the_nights_before_know_which_credentials_were_confirmed():
    facility = factories.facility()
    people.employ(facility)
    (measured,) = metrics.read(Scope(facility, timezone.now() - timedelta(days=1)), ["credentials-verified"]).values()
    assert (measured.denominator, len(measured.offenders)) == (4, 1)


def test_the_list_of_credentials_has_something_in_every_state_and_nothing_twice():
    for _ in range(2):
        people.employ(factories.facility())
    credentials = Credential.objects.visible_to(User.objects.get(username="manager")).with_proof()
    assert sorted((row.state(), row.found or "") for row in credentials) == [
        ("ending", "confirmed"),
        ("ending", "confirmed"),
        ("in_force", ""),
        ("in_force", "confirmed"),
        ("lapsed", "confirmed"),
    ]


def test_employing_leaves_passwords_alone():
    _, _, password, _ = people.make(factories.facility())[0]
    people.employ(factories.facility())
    assert User.objects.get(username="manager").check_password(password)


def test_before_a_password_was_told_nobody_can_sign_in():
    people.employ(factories.facility())
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_the_department_has_a_head_and_seats():
    people.make(factories.facility())
    unit = Unit.objects.get(name="Health Information Management")
    seat = unit.places.get().head
    assert seat.job.title == "Medical records manager"
    assert seat.assignments.get().employee.user.username == "manager"
    assert Employee.objects.filter(assignments__position__unit=unit).count() == 10
    assert not Employee.objects.filter(user__username="surveyor").exists()


def test_a_raise_by_more_than_a_tenth_is_approved_by_the_manager_and_then_by_the_director():
    users = {username: User.objects.get(username=username) for _, username, *_ in people.make(factories.facility())}
    action = PersonnelAction(
        employee=Employee.objects.get(number="HIM-010"),
        kind=Kind.PAY,
        effective=timezone.now() + timedelta(days=10),
        pay=90_000,
        basis=Basis.YEAR,
        because="Leads the coding of inpatient stays.",
    )
    action = actions.submit(actions.write(action, by=users["manager"]), by=users["manager"])
    for username, state in (("manager", State.AGREED), ("director", State.APPROVED)):
        action = actions.approve(action, by=users[username], digest=actions.look_ahead(action).digest)
        assert action.state == state


def test_the_requisition_of_the_manager_is_decided_by_the_director():
    people.make(factories.facility())
    requisition = Requisition.objects.undecided().get()
    director = User.objects.get(username="director")
    requisitions.decide(requisition, by=director, granted=True)
    assert Position.objects.vacant().filter(pk=requisition.position_id).exists()


def test_the_hospital_is_named_unless_it_has_a_name_of_its_own():
    people.make(factories.facility())
    assert Facility.objects.get(code="MAIN").name == "St. Brendan Hospital"
    Facility.objects.filter(code="MAIN").update(name="Our own hospital")
    people.make(factories.facility())
    assert Facility.objects.get(code="MAIN").name == "Our own hospital"


def test_an_installation_with_people_of_its_own_is_left_alone():
    somebody = factories.person("manager")
    with pytest.raises(Conflict, match="people of its own"):
        people.make(factories.facility())
    with pytest.raises(CommandError, match="people of its own"):
        call_command("demonstration_people")
    somebody.refresh_from_db()
    assert somebody.check_password(factories.PASSWORD)
    assert User.objects.count() == 1


def test_the_command_tells_one_line_for_each(capsys):
    call_command("demonstration_people")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    username, password, role = lines[0].split("  ")
    assert User.objects.get(username=username).check_password(password)
    assert role == "Records manager (Rosa Amberlin)"
