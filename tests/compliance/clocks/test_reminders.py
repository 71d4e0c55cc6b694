"""Who is told of what comes due, when; once at each rung, whoever writes; and what goes out by mail."""

import smtplib
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError
from django.utils.timezone import localdate as today

from compliance.clocks import reminders
from compliance.models import Reminder
from himdept.common import clocks, night
from staff.models import ChecklistItem, User
from tests import departments
from tests import factories as make
from tests.mailbox import mailbox
from tests.queries import counted
from tests.staff.personnel.acting import approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def coding(db):
    """Marsh over coding, where Brandt is; both sign in, and have an address."""
    unit = make.unit()
    people = {
        name: make.employee(
            name.title(),
            sits_in=make.position(unit, heads=name == "marsh"),
            user=make.person(name, email=f"{name}@hospital.example"),
        )
        for name in ("marsh", "brandt")
    }
    return SimpleNamespace(**people, unit=unit, keeper=make.person("keeper"))


def held(coding, days: int | None, *, of=None, **fields):
    last_day = None if days is None else today() + timedelta(days=days)
    return make.credential(of or coding.brandt, by=coding.keeper, last_day=last_day, **fields)


def write(on: date | None = None) -> int:
    return reminders.write(make.facility(), on=on or today())["credentials"]


def told() -> list[tuple[str, int]]:
    return sorted((one.person.username, one.rung) for one in Reminder.objects.select_related("person"))


@pytest.mark.parametrize(
    ("left", "rung"), [(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (1, 30), (0, 0), (-5, 0)]
)
def test_a_rung_is_reached_on_its_day_and_holds_until_the_next(left, rung):
    assert clocks.named("credentials").rung(today() + timedelta(days=left), today()) == rung


def test_the_holder_and_whoever_is_above_are_told_once_at_each_rung(coding):
    held(coding, 90)
    assert write() == 2
    assert told() == [("brandt", 90), ("marsh", 90)]
    assert write() == 0  # the same night again
    assert write(today() + timedelta(days=29)) == 0
    assert write(today() + timedelta(days=30)) == 2
    assert write(today() + timedelta(days=60)) == 2
    assert write(today() + timedelta(days=90)) == 2
    assert write(today() + timedelta(days=95)) == 0
    assert [rung for name, rung in told() if name == "brandt"] == [0, 30, 60, 90]


def test_what_is_recorded_late_is_told_at_the_rung_it_has_reached_and_not_at_those_before(coding):
    held(coding, 20)
    write()
    assert told() == [("brandt", 30), ("marsh", 30)]


def test_a_day_that_is_moved_is_told_anew(coding):
    credential = held(coding, 90)
    write()
    type(credential).objects.filter(pk=credential.pk).update(last_day=today() + timedelta(days=85))
    assert write() == 2


def test_the_database_keeps_one_of_two_that_are_written_at_once(coding):
    held(coding, 90)
    write()
    one = Reminder.objects.first()
    with pytest.raises(IntegrityError, match="told_once_per_rung"):
        Reminder.objects.create(
            clock=one.clock, row=one.row, due=one.due, rung=one.rung, person=one.person, facility=one.facility
        )


def test_nobody_is_told_of_what_is_renewed_struck_never_expires_or_is_of_somebody_without_a_seat(coding):
    held(coding, 5, number="7777777")
    make.credential(coding.brandt, by=coding.keeper, number="7777777", first_day=today() + timedelta(days=6))
    held(coding, 5, code="CCS", struck_by=coding.keeper, struck_because="Wrong.")
    held(coding, None, code="CPC")
    held(coding, 5, of=make.employee("Gone"), code="CCA")
    assert write() == 0


def test_the_night_of_another_facility_tells_nothing_of_this_one(coding):
    held(coding, 5)
    assert set(reminders.write(make.facility("OTHER"), on=today()).values()) == {0}


def test_who_does_not_sign_in_any_more_is_not_told(coding):
    held(coding, 5)
    User.objects.filter(username="brandt").update(is_active=False)
    write()
    assert told() == [("marsh", 30)]


def test_writing_a_night_takes_as_many_queries_for_many_as_for_one(coding):
    for n in range(12):
        held(coding, 5 + n, of=make.employee(f"Name{n}", sits_in=make.position(coding.unit), user=make.person()))
    place = make.facility()
    with counted("write_reminders", most=16):
        assert reminders.write(place, on=today())["credentials"] == 24


def test_the_night_has_both_steps_before_it_removes_what_is_old():
    names = [step.name for step in night.steps()]
    assert names.index("audit") < names.index("clocks") < names.index("mail")
    assert not night.step_named("mail").in_transaction


# -- By mail -------------------------------------------------------------------------------------------------------


@pytest.fixture
def by_mail(settings):
    def use(server):
        options = {"host": "127.0.0.1", "port": server.port, "timeout": 10}
        settings.MAILERS = {"default": {"OPTIONS": options}}
        settings.SENDS_MAIL, settings.PUBLIC_URL = True, "https://him.example.org"

    return use


def test_a_person_gets_one_mail_of_all_that_names_nobody_and_leads_to_the_page(coding, by_mail):
    held(coding, 20)
    held(coding, 0, code="CCS")
    held(coding, 25, of=make.employee("Petrov", sits_in=make.position(coding.unit)))
    write()
    with mailbox() as server:
        by_mail(server)
        assert reminders.mail(make.facility()) == {"mails": 2, "refused": 0}
        assert reminders.mail(make.facility()) == {"mails": 0, "refused": 0}
        (letter,) = server.to("marsh@hospital.example")
    said = letter.get_payload()
    assert "1 credential ends today or has ended." in said
    assert "2 credentials end within 30 days." in said
    assert "https://him.example.org/due/" in said
    for name in ("Brandt", "Petrov", "Marsh", "RHIT", "CCS"):
        assert name not in letter.as_string().replace("marsh@hospital.example", "")
    assert not Reminder.objects.filter(person__username="marsh", mailed_at=None).exists()


def test_one_address_that_is_refused_hinders_nobody_and_is_tried_again(coding, by_mail):
    held(coding, 20)
    write()
    with mailbox("brandt@hospital.example") as server:
        by_mail(server)
        assert reminders.mail(make.facility()) == {"mails": 1, "refused": 1}
    with mailbox() as server:
        by_mail(server)
        assert reminders.mail(make.facility()) == {"mails": 1, "refused": 0}
        assert len(server.to("brandt@hospital.example")) == 1


def test_without_its_server_nothing_is_marked_as_sent_and_the_step_is_tried_again(coding, by_mail):
    held(coding, 20)
    write()
    with mailbox() as server:
        by_mail(server)
    with pytest.raises((OSError, smtplib.SMTPException)):
        reminders.mail(make.facility())
    assert Reminder.objects.filter(mailed_at=None).count() == 2


def test_nothing_is_sent_where_the_server_or_our_own_address_is_not_known(coding, by_mail, settings):
    held(coding, 20)
    write()
    with mailbox() as server:
        by_mail(server)
        settings.SENDS_MAIL = False
        assert reminders.mail(make.facility()) == {"mails": 0, "refused": 0}
        assert server.letters == []


# -- On the page ---------------------------------------------------------------------------------------------------


def test_the_page_shows_what_comes_due_of_ones_own_and_of_those_below(client, coding):
    held(coding, 20)
    held(coding, -3, of=coding.marsh)
    held(coding, 91, code="CCS")
    client.force_login(coding.marsh.user)
    with counted("coming_due", most=16):  # one or two for each clock
        page = client.get("/due/")
    part, *_others = page.context["parts"]
    days = [(row.what.partition(",")[0], (row.due - today()).days) for row in part.rows]
    assert days == [("Marsh", -3), ("Brandt", 20)]
    assert "3 d past" in page.content.decode()
    client.force_login(coding.brandt.user)
    part, *_others = client.get("/due/").context["parts"]
    assert [row.due for row in part.rows] == [today() + timedelta(days=20)]


def test_the_page_shows_a_stranger_nothing(client, coding):
    held(coding, 20)
    client.force_login(make.person(is_staff=True, is_superuser=True))
    assert client.get("/due/").context["parts"][0].rows == []
    assert client.get("/due/credentials/").context["part"].rows == []


def test_the_page_shows_ten_of_each_and_the_rest_on_a_page_of_its_own(client, coding):
    for n in range(6):
        make.course(f"course-{n}", from_day=today() + timedelta(days=n), first_within_days=20)
    client.force_login(coding.marsh.user)
    page = client.get("/due/")
    part = next(part for part in page.context["parts"] if part.clock.name == "training")
    assert (len(part.rows), part.more) == (10, True)
    assert 'href="/due/training/"' in page.content.decode()
    with counted("coming_due_of"):
        part = client.get("/due/training/").context["part"]
    assert [(row.due - today()).days for row in part.rows] == [20 + n // 2 for n in range(12)]
    assert not part.more
    assert client.get("/due/nothing/").status_code == 404


def test_the_page_looks_ninety_days_ahead_also_of_what_is_told_a_week_before(client):
    """A reminder of a checklist goes out seven days before; whoever plans sees it as soon as anything else."""
    him = departments.him()
    action = approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"])
    last_day = today() + timedelta(days=89)
    item = ChecklistItem.objects.create(action=action, title="The laptop", due=last_day, is_blocking=False)
    client.force_login(him.okafor.user)
    rows = {part.clock.name: part.rows for part in client.get("/due/").context["parts"]}
    assert [row.due for row in rows["checklists"]] == [item.due]
    ChecklistItem.objects.filter(pk=item.pk).update(due=today() + timedelta(days=91))
    rows = {part.clock.name: part.rows for part in client.get("/due/").context["parts"]}
    assert rows["checklists"] == []


@pytest.mark.parametrize("role", ["Surveyor", "Records manager", "Records clerk", "Privacy officer"])
def test_no_link_of_the_page_leads_to_what_is_closed_or_back_to_it(client, role):
    client.force_login(make.person(role=role, facilities=[make.facility()]))
    parts = client.get("/due/").context["parts"]
    for address in filter(None, (part.every for part in parts)):
        assert address != "/due/"
        assert client.get(address).status_code == 200, address
