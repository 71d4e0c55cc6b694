"""Where somebody lives and whom to call: theirs, and for who keeps it in the line above; forgotten of who has left."""

from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction
from django.utils import timezone

from himdept.common.errors import Conflict, DomainError
from staff.exclusions import actions as exclusions
from staff.home import actions
from staff.home.models import Home, may_see
from staff.models import User
from tests.queries import counted
from tests.staff.home.acting import SAID, kept
from tests.staff.personnel.acting import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def him(db, two_lines):
    return two_lines.lay()


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("brandt", True),  # their own, without any role
        ("okafor", True),  # keeps homes, and is above
        ("chief", True),
        ("marsh", False),  # above, and keeps credentials, but no homes
        ("ruiz", False),  # another line
        ("petrov", False),  # a colleague
    ],
)
def test_who_knows_of_a_home(him, client, who, sees):
    home, person = kept(him.brandt), getattr(him, who)
    assert may_see(person.user, him.brandt) is sees
    assert (home in Home.objects.visible_to(person.user)) is sees
    client.force_login(person.user)
    for page in ("", "change/"):
        answer = client.get(f"/staff/people/{him.brandt.pk}/home/{page}")
        assert answer.status_code == (200 if sees else 404)
        assert ("Larch Lane" in answer.content.decode()) is sees
    said = SAID | {"telephone": "555 0222", "as_read": home.as_read}
    assert client.post(f"/staff/people/{him.brandt.pk}/home/change/", said).status_code == (302 if sees else 404)
    assert (Home.objects.get().telephone == "555 0222") is sees


def test_a_role_alone_or_being_administrator_opens_no_home(him, client):
    kept(him.okafor)
    root = User.objects.create_superuser("root", password="x")
    for user in (root, User.objects.get(pk=him.marsh.user_id), him.ruiz.user):
        user.groups.add(*him.okafor.user.groups.all())  # keeps homes: of those below, of whom Okafor is none
        fresh = User.objects.get(pk=user.pk)
        assert not may_see(fresh, him.okafor)
        assert not Home.objects.visible_to(fresh).filter(employee=him.okafor).exists()


def test_who_has_left_knows_nothing_any_more(him):
    home = kept(him.brandt)
    approved(him.brandt, "separation", by=him.okafor, reason="resignation")
    brandt = User.objects.get(pk=him.brandt.user_id)
    assert not may_see(brandt, him.brandt)
    assert home not in Home.objects.visible_to(brandt)
    assert home in Home.objects.visible_to(him.okafor.user)


def test_what_was_changed_meanwhile_is_not_overwritten(him, client):
    as_read = kept(him.brandt).as_read
    kept(him.brandt, by=him.okafor, telephone="555 0333")
    with pytest.raises(Conflict):
        actions.keep(him.brandt, by=him.brandt.user, as_read=as_read, **SAID)
    with pytest.raises(Conflict):
        actions.keep(him.brandt, by=him.brandt.user, as_read="", **SAID)
    client.force_login(him.brandt.user)
    late = client.post(f"/staff/people/{him.brandt.pk}/home/change/", SAID | {"as_read": as_read})
    assert late.status_code == 409
    assert "Look at it again" in late.content.decode()
    assert Home.objects.get().telephone == "555 0333"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"telephone": "call me"}, "telephone"),
        ({"contact_telephone": "1"}, "contact_telephone"),
        ({"email": "quinn"}, "email"),
        ({"address": "x" * 401}, "address"),
        ({"contact": ""}, ""),  # a relation and a telephone of nobody
        ({"contact_telephone": ""}, ""),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(him, client, said, field):
    with pytest.raises(DomainError) as refusal:
        kept(him.brandt, **said)
    assert refusal.value.field == field
    client.force_login(him.brandt.user)
    answer = client.post(f"/staff/people/{him.brandt.pk}/home/change/", SAID | said)
    assert answer.status_code == 422
    assert not Home.objects.exists()


def test_the_database_keeps_no_contact_without_a_telephone(him):
    with pytest.raises(IntegrityError), transaction.atomic():
        Home.objects.create(employee=him.brandt, contact="Robin")


def test_nothing_has_to_be_told(him):
    assert actions.keep(him.brandt, by=him.brandt.user, as_read="", **dict.fromkeys(SAID, "")).address == ""


def test_the_trail_says_who_wrote_and_who_looked_and_no_word_of_it(him, client):
    kept(him.brandt)
    kept(him.brandt, by=him.okafor, address="4 Rowan Row")
    for person in (him.okafor, him.brandt):
        client.force_login(person.user)
        client.get(f"/staff/people/{him.brandt.pk}/home/")
    told = LogEntry.objects.filter(content_type__model="home").order_by("pk")
    acts = [(entry.get_action_display(), entry.actor.username) for entry in told]
    assert acts == [
        ("create", "brandt"),
        ("update", "okafor"),
        ("access", "okafor"),
    ]  # one's own look is nobody's matter
    words = str([(entry.object_repr, entry.changes, entry.additional_data) for entry in told])
    assert "***" in words
    for value in (*SAID.values(), "17 Larch", "4 Rowan Row"):
        assert value not in words


def test_the_birth_date_of_an_exclusion_check_is_of_the_same_tier(him, client):
    exclusions.tell(him.brandt, born_on=date(1980, 5, 17), npi="1234567893", by=him.okafor.user)
    client.force_login(him.brandt.user)
    assert "17 May 1980" in client.get(f"/staff/people/{him.brandt.pk}/home/").content.decode()
    address = f"/staff/people/{him.brandt.pk}/particulars/"
    client.force_login(him.okafor.user)
    assert "1980-05-17" in client.get(address).content.decode()
    him.okafor.user.groups.first().permissions.remove(
        *him.okafor.user.groups.first().permissions.filter(codename="keep_home")
    )
    assert "1980" not in client.get(address).content.decode()
    assert client.post(address, {"npi": "", "born_on": "1999-01-01"}).status_code == 302
    him.brandt.particulars.refresh_from_db()
    assert (him.brandt.particulars.born_on, him.brandt.particulars.npi) == (date(1980, 5, 17), "")


def test_of_who_has_left_the_contact_is_forgotten_after_a_month_and_the_rest_after_the_years_papers(him):
    now = timezone.now()
    for person, days in ((him.brandt, 20), (him.petrov, 31), (him.holt, 401)):
        kept(person)
        approved(person, "separation", by=him.okafor, reason="resignation", effective=now - timedelta(days=days))
    kept(him.marsh)
    assert actions.forget_tonight(None) == {"forgotten": 2}
    left = {home.employee: (home.address != "", home.contact != "") for home in Home.objects.all()}
    assert left == {him.brandt: (True, True), him.petrov: (True, False), him.marsh: (True, True)}
    assert actions.forget_tonight(None) == {"forgotten": 0}
    entry = LogEntry.objects.filter(content_type__model="home", action=LogEntry.Action.DELETE).get()
    assert "Larch" not in str(entry.changes)


def test_who_comes_back_is_not_forgotten(him):
    now = timezone.now()
    kept(him.brandt)
    approved(him.brandt, "separation", by=him.okafor, reason="resignation", effective=now - timedelta(days=500))
    seat = him.vacant["coding"]
    approved(him.brandt, "rehire", by=him.okafor, position=seat, fte=1, pay=50_000, effective=now - timedelta(days=450))
    assert actions.forget_tonight(None) == {"forgotten": 0}


def test_ones_own_page_is_found_by_everybody_who_is_employed(him, client):
    client.force_login(him.brandt.user)
    assert client.get("/staff/home/").headers["Location"] == f"/staff/people/{him.brandt.pk}/home/"
    client.force_login(User.objects.create_user("guest"))
    assert "of nobody in the department" in client.get("/staff/home/").content.decode()


def test_it_needs_few_queries(him, client):
    kept(him.brandt)
    client.force_login(him.okafor.user)
    with counted("person_home"):
        client.get(f"/staff/people/{him.brandt.pk}/home/")
