import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_catalogue_shows_nobodys_record(client):
    make.record(of=make.patient("Secretson"))
    client.force_login(make.person())
    page = client.get("/catalogue/").content.decode()
    assert "SECRETSON" not in page
    assert page.count("LINDQVIST, Amara") == 6  # the banner and two rows, in two themes


def test_an_unknown_theme_is_refused_in_a_sentence(client):
    client.force_login(make.person())
    answer = client.get("/catalogue/?theme=pink")
    assert answer.status_code == 400
    assert "one of: light, dark" in answer.content.decode()


@pytest.mark.parametrize(("is_staff", "is_listed"), [(True, True), (False, False)])
def test_it_is_listed_for_those_who_run_the_software(client, is_staff, is_listed):
    client.force_login(make.person(is_staff=is_staff))
    assert ("Catalogue of parts" in client.get("/glossary/").content.decode()) is is_listed
