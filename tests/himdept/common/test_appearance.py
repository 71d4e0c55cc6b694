import pytest
from django.urls import reverse

from staff.models import User


@pytest.fixture
def signed_in(client, db):
    client.force_login(User.objects.create_user("mpeters"))
    return client


def test_without_a_choice_the_machine_decides(signed_in):
    page = signed_in.get("/").content.decode()
    assert '<html lang="en-us">' in page
    assert 'content="light dark"' in page


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_a_choice_is_kept_in_this_browser(signed_in, choice):
    response = signed_in.post(reverse("appearance"), {"appearance": choice, "next": "/?x=1"})
    assert response.url == "/?x=1"
    assert f'data-appearance="{choice}"' in signed_in.get("/").content.decode()


def test_auto_gives_the_choice_back_to_the_machine(signed_in):
    signed_in.post(reverse("appearance"), {"appearance": "dark"})
    signed_in.post(reverse("appearance"), {"appearance": "auto"})
    assert "data-appearance" not in signed_in.get("/").content.decode()


def test_a_word_that_is_no_choice_is_refused(signed_in):
    response = signed_in.post(reverse("appearance"), {"appearance": '"><script>'})
    assert response.status_code == 400
    assert "one of: auto, light, dark" in response.content.decode()


def test_the_way_back_stays_in_the_house(signed_in):
    response = signed_in.post(reverse("appearance"), {"appearance": "dark", "next": "//elsewhere.example/"})
    assert response.url == "/"


def test_a_cookie_that_is_no_choice_counts_as_none(signed_in):
    signed_in.cookies["appearance"] = '"><script>'
    assert "data-appearance" not in signed_in.get("/").content.decode()
