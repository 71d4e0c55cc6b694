"""The daily digest: who gets which lines, once, without names; who switched it off; what is seen where it fails."""

import smtplib

import pytest
from django.utils import timezone
from django.utils.timezone import localdate as today

from compliance.digests import actions, sending
from compliance.models import Digest, DigestChoice, Night
from compliance.nightly.models import NightStep
from compliance.nightly.queries import of_last_night
from compliance.standards import library
from himdept.common import digests
from himdept.common import night as program
from records.models import KeptFigures
from staff.models import User
from tests import factories as make
from tests.mailbox import mailbox
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def night():
    """A night that is over but for its digests: one step failed; three records are delinquent, five things past due."""
    facility, at = make.facility(), timezone.now()
    made = Night.objects.create(
        facility=facility, business_date=today(), due_at=at, as_of=at, started_at=at, state=Night.State.RUNNING
    )
    over = {"started_at": at, "finished_at": at}
    run = make.audit_run(facility=facility, state="finished", finished_at=at)
    NightStep.objects.create(night=made, ordinal=20, name="audit", state="finished", audit=run, **over)
    NightStep.objects.create(night=made, ordinal=90, name="reports", state="failed", error="The disk is full.", **over)
    stood = {"confidentiality": 2, "delinquent": 3, "incomplete": 3, "past_due": 5, "open": 5}
    KeptFigures.objects.create(run=run, facility=facility, day=today(), **stood)
    return made


@pytest.fixture
def people():
    """One of each role, with an address; the clerk of another facility; somebody without an address."""
    roles = ("Records manager", "Records clerk", "Interface engineer", "Surveyor")
    found = {
        role: make.person(role.split()[-1], role=role, email=f"{role.split()[-1]}@hospital.example") for role in roles
    }
    make.person("afar", role="Records clerk", email="afar@hospital.example", facilities=[make.facility("OTHER")])
    make.person("mute", role="Records manager")
    User.objects.create_superuser("root", email="root@hospital.example")
    return found


@pytest.fixture
def by_mail(settings):
    def use(server):
        options = {"host": "127.0.0.1", "port": server.port, "timeout": 10}
        settings.MAILERS = {"default": {"OPTIONS": options}}
        settings.SENDS_MAIL, settings.PUBLIC_URL = True, "https://him.example.org"

    return use


def test_each_role_is_told_what_concerns_it_with_numbers_and_addresses_and_no_name(night, people, by_mail):
    library.load_all()
    record = make.record(status="delinquent")
    with mailbox() as server:
        by_mail(server)
        assert sending.send(night) == {"mails": 4, "refused": 0}
        said = {name: server.to(f"{name}@hospital.example")[0] for name in ("manager", "clerk", "engineer", "Surveyor")}
        assert len(server.letters) == 4
    manager, clerk, engineer = (said[name].get_payload() for name in ("manager", "clerk", "engineer"))
    for words in ("1 step of the night failed.", "3 records are delinquent.", "5 deficiencies are past due."):
        assert words in manager, words
    assert "elements wait for a judgement." in manager
    for address in ("/night/", "/records/?status=delinquent", "/readiness/at/MAIN/", "/digest/"):
        assert f"https://him.example.org{address}" in manager, address
    assert "past due" in clerk
    assert "delinquent" not in clerk
    assert "night failed" in engineer
    assert "past due" not in engineer
    whole = said["manager"].as_string()
    for name in (record.encounter.patient.family_name, record.encounter.patient.given_name, "The disk is full"):
        assert name not in whole, name


def test_a_step_that_is_repeated_sends_nothing_twice(night, people, by_mail):
    with mailbox() as server:
        by_mail(server)
        assert sending.send(night)["mails"] == 4
        assert sending.send(night) == {"mails": 0, "refused": 0}
        assert len(server.letters) == 4


def test_who_switched_it_off_gets_none_until_they_switch_it_on(night, people, by_mail):
    actions.choose(False, by=people["Records clerk"])
    with mailbox() as server:
        by_mail(server)
        assert sending.send(night)["mails"] == 3
        actions.choose(True, by=people["Records clerk"])
        assert sending.send(night)["mails"] == 1
        assert len(server.to("clerk@hospital.example")) == 1


def test_a_night_without_anything_to_tell_sends_nothing(people, by_mail):
    at = timezone.now()
    quiet = Night.objects.create(
        facility=make.facility(), business_date=today(), due_at=at, as_of=at, started_at=at, state=Night.State.RUNNING
    )
    with mailbox() as server:
        by_mail(server)
        assert sending.send(quiet) == {"mails": 0, "refused": 0}


def test_nothing_is_sent_where_the_server_or_our_own_address_is_not_known(night, people, by_mail, settings):
    with mailbox() as server:
        by_mail(server)
        settings.SENDS_MAIL = False
        assert sending.send(night) == {"mails": 0, "refused": 0}
        assert server.letters == []
    assert not Digest.objects.exclude(mailed_at=None).exists()


def test_one_address_that_is_refused_hinders_nobody_and_is_told_on_the_page_of_the_night(night, people, by_mail):
    with mailbox("clerk@hospital.example") as server:
        by_mail(server)
        counts = sending.send(night)
    assert counts == {"mails": 3, "refused": 1}
    left = Digest.objects.filter(mailed_at=None).exclude(person__email="")
    assert left.get().person == people["Records clerk"]
    at = timezone.now()
    NightStep.objects.create(
        night=night, ordinal=99, name="digests", state="finished", counts=counts, started_at=at, finished_at=at
    )
    assert any("the mail server refused 1 mail (Digests by mail)" in words for words in of_last_night(night))


def test_without_its_server_nothing_is_marked_as_sent_and_the_step_is_tried_again(night, people, by_mail):
    with mailbox() as server:
        by_mail(server)
    with pytest.raises((OSError, smtplib.SMTPException)):
        sending.send(night)
    assert not Digest.objects.exclude(mailed_at=None).exists()
    with mailbox() as server:
        by_mail(server)
        assert sending.send(night)["mails"] == 4


def test_the_night_sends_them_last_and_outside_of_a_transaction():
    assert program.steps()[-1].name == "digests"
    assert not program.step_named("digests").in_transaction


def test_two_sources_cannot_tell_the_same_line():
    (line,) = [one for one in digests.lines() if one.name == "past-due"]
    with pytest.raises(ValueError, match="Told twice: past-due"):
        digests.register(digests.Source((line,), lambda night: {}))


def test_the_page_shows_what_ones_role_was_told_and_switches_the_mail(client, night, people):
    sending.send(night)
    clerk = people["Records clerk"]
    client.force_login(clerk)
    client.get("/digest/")
    with counted("digest"):
        page = client.get("/digest/").content.decode()
    assert "5 deficiencies are past due." in page
    assert "delinquent" not in page
    assert "sends no mail" in page
    assert client.post("/digest/", {"digest": "off"}).status_code == 302
    assert not DigestChoice.objects.get(person=clerk).wanted
    assert "Switch the mail on" in client.get("/digest/").content.decode()
    assert client.post("/digest/", {"digest": "perhaps"}).status_code == 400
    client.logout()
    assert client.get("/digest/").status_code == 302


def test_what_a_role_may_no_longer_see_is_not_shown_nor_what_another_was_told(client, night, people):
    sending.send(night)
    clerk = people["Records clerk"]
    clerk.groups.clear()
    client.force_login(clerk)
    assert "past due" not in client.get("/digest/").content.decode()
    client.force_login(make.person("newcomer", role="Records clerk"))
    assert "Nothing was told yet" in client.get("/digest/").content.decode()
