"""When the moment of an action has come: it takes effect once, and who has left has no access from that minute."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models.fields.related import RelatedField
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from himdept.common import handover
from staff.models import Employee, Job, PersonnelAction, PersonnelStep, Place, Unit, User
from staff.personnel import access, actions, clock, tasks
from tests import factories as make
from tests.factories import PASSWORD
from tests.staff.personnel.acting import A_DAY, NOON, approve, approved, rescind, submitted

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
    action = separated(him, timezone.now() + timedelta(hours=1))
    account = User.objects.filter(pk=him.brandt.user_id)
    assert account.get().access_ends_at == action.effective
    account.update(access_ends_at=timezone.now())  # the hour is over
    assert account.get().is_active  # nobody has ticked
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


def test_what_counts_from_a_moment_that_is_past_has_its_consequences_with_the_approval(him):
    Job.objects.filter(positions=him.brandt.position()).update(default_role="Records clerk")
    seat = make.position(him.brandt.position().unit, job=make.job("leads", default_role="Records supervisor"))
    action = approved(him.brandt, "promotion", by=him.okafor, position=seat, pay=52_000)
    assert [group.name for group in him.brandt.user.groups.all()] == ["Records supervisor"]
    assert ["role", 1] in action.steps.get(move="take_effect").done
    gone = separated(him, NOON, who="petrov")
    assert not User.objects.get(pk=him.petrov.user_id).is_active
    assert gone.state == "effective"


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
    assert [PersonnelAction.objects.get(pk=action.pk).state for action in (first, second)] == ["effective", "recorded"]


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


def roles(employee) -> set[str]:
    return {group.name for group in User.objects.get(pk=employee.user_id).groups.all()}


def test_when_a_hire_is_rescinded_the_account_that_it_opened_is_closed(him):
    newcomer = make.somebody("Kim", user=make.person("kim", is_active=False))
    hire = approved(newcomer, "hire", by=him.okafor, position=him.vacant["coding"], fte=1, pay=45_000)
    hire = clock.go_on(hire.pk)
    assert User.objects.get(username="kim").is_active
    rescind(hire, by=him.okafor)
    user = User.objects.get(username="kim")
    assert not user.is_active
    assert user.access_ends_at <= timezone.now()


def test_when_a_hire_is_corrected_to_a_day_to_come_the_account_waits_for_it(him):
    newcomer = make.somebody("Kim", user=make.person("kim", is_active=False))
    hire = approved(newcomer, "hire", by=him.okafor, position=him.vacant["coding"], fte=1, pay=45_000)
    hire = clock.go_on(hire.pk)
    later = timezone.now() + A_DAY
    right = actions.correct(hire, by=him.okafor.user, because="Starts later.", effective=later)
    right = approve(actions.submit(right, by=him.okafor.user), by=him.okafor)
    assert not User.objects.get(username="kim").is_active
    clock.go_on(right.pk, later)
    user = User.objects.get(username="kim")
    assert (user.is_active, user.access_ends_at) == (True, None)


def test_what_an_administrator_switched_off_no_separation_taken_back_opens(him, client):
    User.objects.filter(pk=him.brandt.user_id).update(is_active=False, switched_off=True)
    action = clock.go_on(separated(him, NOON).pk)
    rescind(action, by=him.okafor)
    assert not User.objects.get(pk=him.brandt.user_id).is_active


def test_the_role_and_the_facility_are_those_of_the_present_seat_whatever_is_taken_back(him):
    elsewhere = Unit.objects.create(facility=make.facility("NORTH"), name="North")
    Place.objects.create(unit=elsewhere, under=him.top, during=make.span())
    seat = make.position(elsewhere, job=make.job("leads", default_role="Records supervisor"))
    promotion = approved(him.brandt, "promotion", by=him.chief, position=seat, pay=52_000)
    promotion = clock.go_on(promotion.pk)
    assert roles(him.brandt) == {"Records supervisor"}
    assert [one.code for one in him.brandt.user.facilities.all()] == ["NORTH"]
    rescind(promotion, by=him.chief)
    assert roles(him.brandt) == {"Records clerk"}
    assert [one.code for one in him.brandt.user.facilities.all()] == ["MAIN"]


def test_a_seat_act_behind_a_later_one_does_not_give_the_role_that_is_superseded(him):
    lead = make.position(him.brandt.position().unit, job=make.job("leads", default_role="Records supervisor"))
    approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"], effective=NOON + A_DAY)
    approved(him.brandt, "promotion", by=him.okafor, position=lead, pay=52_000)
    tasks.tick()
    assert roles(him.brandt) == {"Records clerk"}


def test_a_role_that_no_seat_gave_stays(him):
    him.brandt.user.groups.add(*make.person(role="Privacy officer").groups.all())
    approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"])
    tasks.tick()
    assert roles(him.brandt) == {"Records clerk", "Privacy officer"}


def test_another_account_for_somebody_closes_the_one_they_had(him, client):
    client.force_login(make.person("root", is_staff=True, is_superuser=True))
    other = make.person("brandt2", facilities=[])
    said = {"number": him.brandt.number, "family_name": "Brandt", "given_name": "S.", "user": other.pk}
    client.post(reverse("admin:staff_employee_change", args=[him.brandt.pk]), said)
    assert not User.objects.get(pk=him.brandt.user_id).is_active
    assert Employee.objects.get(pk=him.brandt.pk).user == other
    assert other.reached == (make.facility(),)


def test_an_account_that_is_switched_off_in_the_admin_is_opened_by_no_action(him, client):
    client.force_login(make.person("root", is_staff=True, is_superuser=True))
    user = him.brandt.user
    said = {
        "username": "brandt",
        "kind": "person",
        "clearance": 0,
        "date_joined_0": "2020-01-01",
        "date_joined_1": "00:00",
    }
    told = client.post(reverse("admin:staff_user_change", args=[user.pk]), said)
    assert told.status_code == 302
    assert User.objects.get(pk=user.pk).switched_off
    access.settle(him.brandt)
    assert not User.objects.get(pk=user.pk).is_active


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
