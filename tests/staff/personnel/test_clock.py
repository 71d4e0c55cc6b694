"""When the moment of an action has come: it takes effect once, and who has left has no access from that minute."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models.fields.related import RelatedField
from django.db.models.signals import pre_save
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from himdept.common import handover
from staff.models import Employee, Job, PersonnelAction, PersonnelStep, User
from staff.personnel import actions, tasks
from tests import factories as make
from tests.factories import PASSWORD
from tests.staff.personnel.acting import A_DAY, NOON, approved, rescind, submitted

pytestmark = pytest.mark.django_db


def separated(him, effective, who="brandt"):
    return approved(getattr(him, who), "separation", by=him.okafor, reason="resignation", effective=effective)


def test_before_its_moment_nothing_of_it_is_done(him, client):
    action = separated(him, timezone.now() + timedelta(minutes=1))
    client.force_login(him.brandt.user)
    tasks.tick()
    action.refresh_from_db()
    assert action.state == "approved"
    assert client.get("/").status_code == 200


def test_from_its_minute_on_an_open_session_and_a_new_one_are_closed_also_when_the_clock_is_late(him, client):
    client.force_login(him.brandt.user)
    assert client.get("/").status_code == 200
    separated(him, timezone.now() - timedelta(seconds=1))
    assert User.objects.get(pk=him.brandt.user_id).is_active  # nobody has ticked
    assert client.get("/").status_code == 302
    elsewhere = Client()
    elsewhere.post("/account/login/", {"login": "brandt", "password": PASSWORD})
    assert "_auth_user_id" not in elsewhere.session


def test_the_tick_closes_the_account_with_its_sessions_and_grants_and_lists_what_it_did(him, client):
    client.force_login(him.brandt.user)
    record = make.record()
    assign_perm("records.view_record", him.brandt.user, record)
    action = separated(him, NOON)
    tasks.tick()
    action.refresh_from_db()
    assert action.state == "recorded"
    assert not User.objects.get(pk=him.brandt.user_id).is_active
    assert not Session.objects.exists()
    assert not him.brandt.user.has_perm("records.view_record", record)
    assert dict(action.steps.get(move="take_effect").done) == {"sessions": 1, "tokens": 0, "grants": 1}


def test_ticking_again_does_nothing_again(him):
    action = separated(him, NOON)
    tasks.tick()
    tasks.tick()
    assert [step.move for step in action.steps.all()] == ["submit", "approve", "take_effect", "record"]


def test_one_action_that_cannot_go_on_does_not_hold_up_the_others(him):
    first, second = separated(him, NOON), separated(him, NOON + A_DAY, who="petrov")

    def hinders(instance, **_more):
        if instance.action_id == first.pk:
            raise OSError("The disk is full.")

    pre_save.connect(hinders, sender=PersonnelStep)
    try:
        tasks.tick()
    finally:
        pre_save.disconnect(hinders, sender=PersonnelStep)
    assert [PersonnelAction.objects.get(pk=action.pk).state for action in (first, second)] == ["approved", "recorded"]


def test_an_action_that_is_not_there_is_passed_over(him):
    tasks.take_effect(0)


def test_a_separation_is_recorded_only_when_nothing_is_left_to_hand_over_and_access_ends_anyway(him):
    waiting = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    action = separated(him, NOON, who="marsh")
    tasks.tick()
    action.refresh_from_db()
    assert action.state == "effective"
    assert not User.objects.get(pk=him.marsh.user_id).is_active
    actions.withdraw(waiting, by=him.okafor.user, because="Its author has left.")
    tasks.tick()
    action.refresh_from_db()
    assert action.state == "recorded"


def test_a_hire_opens_the_account_and_gives_the_role_of_the_job(him):
    job = make.job("clerks", default_role="Records clerk")
    newcomer = make.somebody("Kim", user=make.person("kim", is_active=False, facilities=[]))
    seat = make.position(him.brandt.position().unit, job=job)
    approved(newcomer, "hire", by=him.okafor, position=seat, fte=1, pay=45_000)
    tasks.tick()
    user = User.objects.get(username="kim")
    assert user.is_active
    assert user.has_perm("records.view_record")
    assert user.reached == (make.facility(),)


def test_a_promotion_puts_the_role_of_the_new_job_in_place_of_the_old_ones(him):
    seat = make.position(him.brandt.position().unit, job=make.job("leads", default_role="Records supervisor"))
    Job.objects.filter(positions=him.brandt.position()).update(default_role="Records clerk")
    approved(him.brandt, "promotion", by=him.okafor, position=seat, pay=52_000)
    tasks.tick()
    assert {group.name for group in him.brandt.user.groups.all()} == {"Records supervisor"}


def test_when_a_separation_is_rescinded_the_account_opens_again(him, client):
    action = separated(him, NOON)
    tasks.tick()
    action.refresh_from_db()
    rescind(action, by=him.okafor)
    user = User.objects.get(pk=him.brandt.user_id)
    assert (user.is_active, user.access_ends_at) == (True, None)
    client.force_login(user)
    assert client.get("/").status_code == 200


def test_a_rehire_opens_access_again_at_its_moment(him, client):
    separated(him, NOON)
    approved(
        him.brandt, "rehire", by=him.okafor, effective=NOON + A_DAY, position=him.vacant["coding"], fte=1, pay=45_000
    )
    tasks.tick()
    user = User.objects.get(pk=him.brandt.user_id)
    assert (user.is_active, user.access_ends_at) == (True, None)


def test_every_foreign_key_to_a_person_is_open_work_or_says_why_not():
    """Add yours to handover.register or handover.keeps where your app registers itself (himdept/common/handover.py)."""
    ours = {
        f"{model._meta.label}.{field.name}"
        for app in ("staff", "records", "compliance")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, RelatedField) and field.related_model in (User, Employee)
    }
    open_work, kept = handover.columns()
    assert not open_work & kept
    assert ours == open_work | kept


def test_beat_ticks_for_them_each_minute():
    from himdept.celery import app

    assert app.conf.beat_schedule["personnel"]["task"] == tasks.tick.name
    assert settings.SESSION_COOKIE_AGE == 30 * 60
