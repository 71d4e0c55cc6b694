import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.urls import get_resolver

from himdept.common import navigation
from himdept.common.navigation import Screen
from staff.models import User


def labels(user):
    return [str(screen.label) for duty in navigation.for_person(user) for screen in duty.screens]


@pytest.fixture(autouse=True)
def listed():
    """Screens are listed where their addresses are made."""
    assert get_resolver().url_patterns


@pytest.fixture
def guarded():
    navigation.register(Screen("night", "Guarded", "mfa_index", "records.view_auditrun"))
    yield
    del navigation._screens["mfa_index"]


def test_a_person_sees_the_screens_that_their_role_opens(db, guarded):
    clerk = User.objects.create_user("clerk")
    manager = User.objects.create_user("manager")
    manager.groups.add(Group.objects.get(name="Records manager"))
    assert "Guarded" not in labels(clerk)
    assert "Guarded" in labels(manager)


def test_the_admin_site_is_listed_for_its_staff_only(db):
    assert "Admin" not in labels(User.objects.create_user("clerk"))
    assert "Admin" in labels(User.objects.create_user("hr", is_staff=True))


def test_a_stranger_sees_no_duties():
    assert navigation.for_person(AnonymousUser()) == []


def test_the_huddle_stands_first_and_has_no_heading(db):
    first = navigation.for_person(User.objects.create_user("clerk"))[0]
    assert (first.title, first.screens[0].url) == ("", "/")


def test_a_page_belongs_to_the_screen_with_the_longest_address(guarded):
    assert navigation.current("/account/second-step/totp/activate/").label == "Guarded"
    assert navigation.current("/").url_name == "huddle"
    assert navigation.current("/nowhere/") is None


def test_a_screen_of_an_unknown_duty_is_refused():
    with pytest.raises(KeyError):
        navigation.register(Screen("gardening", "Roses", "huddle"))


def test_the_page_marks_where_the_person_is(client, db):
    client.force_login(User.objects.create_user("clerk"))
    assert '<a href="/" aria-current="page">Huddle</a>' in client.get("/").content.decode()


def test_each_page_of_each_person_has_their_own_duties_whoever_looked_before(client, db):
    clerk, hr = User.objects.create_user("clerk"), User.objects.create_user("hr", is_staff=True)
    for person, path in [(clerk, "/"), (hr, "/"), (clerk, "/glossary/"), (hr, "/glossary/"), (clerk, "/")]:
        client.force_login(person)
        nav = client.get(path).content.decode().partition('id="duties"')[2].partition("</nav>")[0]
        assert (">Admin</a>" in nav) == person.is_staff
        assert nav.count("aria-current") == nav.count(f'<a href="{path}" aria-current="page">') == 1
