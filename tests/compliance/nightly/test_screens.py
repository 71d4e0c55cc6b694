"""The nights in the browser: how each went, one begun by hand, the hour at which they begin."""

from datetime import UTC, datetime, time, timedelta

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.models import Night, NightStep
from compliance.nightly import nights
from compliance.nightly.measures import read
from himdept.common.errors import Conflict, DomainError
from himdept.common.metrics import Scope
from staff.models import Facility
from tests import factories as make
from tests.compliance.nightly.test_steps import run, time_passes
from tests.queries import counted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]

DUE = datetime(2026, 6, 4, 6, tzinfo=UTC)


def disk_full(step):
    raise DomainError("The disk is full.")


@pytest.fixture
def manager(client):
    make.facility()
    user = make.manager()
    client.force_login(user)
    client.user = user
    return client


def a_night(at: datetime = DUE) -> Night:
    nights.begin_due(at=at - timedelta(minutes=1))
    return nights.begin_due(at=at)[0]


def test_each_night_says_how_it_went_and_which_step_failed(manager, only):
    only(one=lambda step: {"records": 1284, "opened": 0}, two=disk_full)
    night = run(a_night())
    manager.get("/nights/")
    with counted("night_list"):
        page = manager.get("/nights/").content.decode()
    assert "failed in part" in page
    assert f'href="/nights/{night.pk}/"' in page
    with counted("night_page"):
        page = manager.get(f"/nights/{night.pk}/").content.decode()
    assert "records 1,284" in page
    assert "opened" not in page
    assert "The disk is full." in page
    assert "hx-get" not in page  # it is over: there is nothing to follow


def test_a_night_that_is_under_way_is_followed_and_a_step_that_will_be_tried_again_says_so(manager, only):
    def lost(step):
        raise OSError("No route.")

    only(one=lost)
    night = run(a_night())
    page = manager.get(
        f"/nights/{night.pk}/", headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    ).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "tried again in a minute" in page
    assert "<html" not in page


def test_a_night_is_begun_by_hand_beside_the_one_that_is_planned(manager, only):
    only(one=lambda step: {"n": 1})
    nights.begin_due()  # plans the next
    planned = Night.objects.get()
    answer = manager.post("/nights/at/MAIN/begin/")
    night = Night.objects.get(kind="by_hand")
    assert answer.url == f"/nights/{night.pk}/"
    assert (night.state, night.requested_by, night.caught_up) == ("running", manager.user, False)
    assert run(night).state == "finished"
    assert "begun by hand by" in manager.get(answer.url).content.decode()
    again = nights.begin_by_hand(night.facility, by=manager.user)
    assert (again.business_date, again.number) == (night.business_date, 2)
    planned.refresh_from_db()
    assert planned.state == "planned"


def test_while_a_night_is_under_way_none_is_begun_and_it_is_led_to(manager, only):
    only(one=lambda step: None)
    night = a_night()
    answer = manager.post("/nights/at/MAIN/begin/", follow=True)
    assert answer.redirect_chain[0][0] == f"/nights/{night.pk}/"
    assert "is under way" in answer.content.decode()
    assert Night.objects.filter(kind="by_hand").count() == 0
    with pytest.raises(Conflict):
        nights.begin_by_hand(night.facility, by=manager.user)


def test_the_hour_is_set_for_the_next_night_and_stands_in_the_trail(manager):
    nights.begin_due()
    answer = manager.post("/nights/at/MAIN/hour/", {"begins_at": "04:30"}, follow=True)
    facility, planned = Facility.objects.get(code="MAIN"), Night.objects.get()
    assert facility.night_begins_at == time(4, 30)
    assert planned.due_at.astimezone(facility.zone).time() == time(4, 30)
    assert "The next night begins on" in answer.content.decode()
    entry = LogEntry.objects.get_for_object(facility).latest("pk")
    assert (entry.actor, list(entry.changes)) == (manager.user, ["night_begins_at"])


@pytest.mark.parametrize("wrong", ["", "25:00", "soon"])
def test_what_is_no_time_is_refused_beside_its_field(manager, wrong):
    answer = manager.post("/nights/at/MAIN/hour/", {"begins_at": wrong})
    assert answer.status_code == 422
    assert answer.context["form"].errors["begins_at"]
    assert Facility.objects.get(code="MAIN").night_begins_at.hour == 2


def test_who_sees_the_nights_may_not_begin_one_and_nobody_reaches_those_of_others(client, only):
    only(one=lambda step: {})
    night = run(a_night()) if make.facility() else None
    client.force_login(make.person(role="Records supervisor"))
    assert client.get("/nights/").status_code == 200
    assert "/begin/" not in client.get("/nights/").content.decode()
    for address in ("/nights/at/MAIN/begin/", "/nights/at/MAIN/hour/"):
        assert client.post(address, {"begins_at": "04:30"}).status_code == 403
    client.force_login(make.person(role="Records clerk"))
    assert client.get("/nights/").status_code == 403
    client.force_login(make.manager("other", facilities=[make.facility("OTHER")]))
    assert client.get(f"/nights/{night.pk}/").status_code == 404
    assert client.post("/nights/at/MAIN/begin/").status_code == 404
    assert Night.objects.filter(kind="by_hand").count() == 0


def test_a_place_that_is_none_is_said_on_the_page(manager):
    answer = manager.get("/nights/", {"at": "here"})
    assert answer.status_code == 400
    assert "Start again from the first page" in answer.content.decode()


def test_a_night_by_hand_is_no_night_that_was_due(manager, only):
    only(one=disk_full)
    night = nights.begin_by_hand(make.facility(), by=manager.user)
    assert run(night).state == "failed"
    measured = read(Scope(make.facility(), timezone.now() + timedelta(days=2)), frozenset(["nights-done"]))
    assert measured["nights-done"].denominator == 0


def test_nobody_begins_a_night_by_hand_without_a_name(manager):
    now = timezone.now()
    with pytest.raises(IntegrityError, match="night_by_hand_was_asked_for"), transaction.atomic():
        Night.objects.create(
            facility=make.facility(), business_date=now.date(), due_at=now, kind="by_hand", requested_by=None
        )


def test_a_step_that_is_tried_again_is_done_the_second_time(manager, only):
    tried = []

    def at_second(step):
        tried.append(step.pk)
        if len(tried) == 1:
            raise OSError("No route.")
        return {"n": 1}

    only(one=at_second)
    night = run(nights.begin_by_hand(make.facility(), by=manager.user))
    time_passes()
    assert run(night).state == "finished"
    assert NightStep.objects.get().attempts == 2
