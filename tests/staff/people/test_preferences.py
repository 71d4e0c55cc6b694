import pytest
from auditlog.models import LogEntry

from tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_keys_of_lists_are_switched_off_for_the_account_and_it_is_in_the_trail(client):
    user = make.person("mpeters", role="Records clerk")
    client.force_login(user)
    assert client.post("/account/keys/", {"list_keys": "off", "next": "/records/"})["Location"] == "/records/"
    user.refresh_from_db()
    assert user.list_keys is False
    assert 'data-list-keys="off"' in client.get("/records/").content.decode()
    entry = LogEntry.objects.get_for_object(user).first()
    assert (entry.actor, list(entry.changes)) == (user, ["list_keys"])
    client.post("/account/keys/", {"list_keys": "on"})
    assert "data-list-keys" not in client.get("/records/").content.decode()


def test_another_word_is_refused(client):
    client.force_login(make.person())
    assert client.post("/account/keys/", {"list_keys": "sometimes"}).status_code == 400
