"""What is to be done around an action: copied when it is approved, ticked off, due, and before the file is closed."""

import io
from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from pypdf import PdfReader

from compliance.clocks import reminders
from compliance.clocks.models import Reminder
from himdept.common.errors import Conflict, DomainError
from staff.models import ChecklistItem, ChecklistTemplate, User
from staff.personnel import checklists, clock
from tests import factories as make
from tests.staff.personnel.acting import NOON, approved, rescind, submitted

pytestmark = pytest.mark.django_db


def asked(title="The badge is back", kind="separation", **said):
    return ChecklistTemplate.objects.create(title=title, kind=kind, **said)


def leaves(him, **said):
    return approved(him.brandt, "separation", by=him.okafor, reason="retirement", **said)


def test_items_are_copied_at_approval_with_the_days_of_their_templates(him):
    midnight = NOON.replace(day=3, hour=5)  # the end of 2 March
    asked()
    asked("Tell payroll", days=-5)
    asked("Keys", days=1, job=him.brandt.position().job)
    asked("Of another job", job=make.job("another"))
    asked("Of another kind", kind="hire")
    asked("Out of use", in_use=False)
    assert not submitted(him.petrov, "separation", by=him.okafor, reason="retirement").checklist.exists()
    action = leaves(him, effective=midnight)
    assert [(item.title, item.due) for item in action.checklist.all()] == [
        ("Tell payroll", date(2026, 2, 25)),
        ("The badge is back", date(2026, 3, 2)),
        ("Keys", date(2026, 3, 3)),
    ]


def test_a_template_that_changes_leaves_alone_what_was_copied(him):
    template = asked()
    action = leaves(him)
    ChecklistTemplate.objects.filter(pk=template.pk).update(title="Something else", is_blocking=True)
    assert [(item.title, item.is_blocking) for item in action.checklist.all()] == [("The badge is back", False)]


def test_what_is_blocking_holds_up_the_record_and_nothing_else_does(him):
    asked(is_blocking=True)
    asked("A farewell")
    action = leaves(him)
    assert clock.go_on(action.pk).state == "effective"
    him.brandt.user.refresh_from_db()
    assert not him.brandt.user.is_active  # access ends all the same
    checklists.tick(action.checklist.get(is_blocking=True), by=him.marsh.user)
    assert clock.go_on(action.pk).state == "recorded"


@pytest.mark.parametrize("who", ["brandt", "petrov", "ruiz", "root"])
def test_nobody_but_the_line_above_ticks_it_off(him, who):
    asked()
    action = approved(him.brandt, "separation", by=him.okafor, reason="retirement", effective=NOON.replace(year=2027))
    user = make.person("root", is_superuser=True) if who == "root" else getattr(him, who).user
    with pytest.raises(DomainError) as refused:
        checklists.tick(action.checklist.get(), by=user)
    assert refused.value.status == 403
    assert not ChecklistItem.objects.filter(done_at__isnull=False).exists()


def test_it_is_ticked_off_once_and_not_when_the_action_is_taken_back(him):
    asked()
    action = leaves(him)
    item = checklists.tick(action.checklist.get(), by=him.marsh.user)
    assert item.done_by == him.marsh.user
    with pytest.raises(Conflict):
        checklists.tick(item, by=him.okafor.user)
    other = approved(him.petrov, "separation", by=him.okafor, reason="retirement")
    rescind(other, by=him.okafor)
    with pytest.raises(Conflict):
        checklists.tick(other.checklist.get(), by=him.okafor.user)


def test_one_template_of_a_kind_job_and_title(him):
    asked()
    with pytest.raises(IntegrityError):
        asked()


def test_it_comes_due_for_its_author_and_the_nearest_head(him):
    asked(days=3)
    later = NOON.replace(year=2027)
    action = leaves(him, effective=later)
    due = action.checklist.get().due
    told = Reminder.objects.filter(clock="checklists")
    reminders.write(make.facility(), on=due - timedelta(days=8))
    assert not told.exists()
    reminders.write(make.facility(), on=due - timedelta(days=7))
    assert {one.person_id for one in told} == {him.okafor.user_id, him.marsh.user_id}
    checklists.tick(action.checklist.get(), by=him.okafor.user)
    reminders.write(make.facility(), on=due)
    assert told.count() == 2


@pytest.fixture
def signed_in(him, client):
    def as_(name):
        user = getattr(him, name).user
        User.objects.filter(pk=user.pk).update(is_staff=True)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    return as_


def test_it_stands_on_the_page_is_ticked_there_and_prints(him, signed_in):
    asked(is_blocking=True)
    action = leaves(him)
    page = reverse("admin:staff_personnelaction_change", args=[action.pk])
    tick = reverse("admin:staff_personnelaction_tick", args=[action.pk])
    client = signed_in("marsh")
    assert "The badge is back" in client.get(page).content.decode()
    assert client.post(tick, {"item": "x"}).status_code == 404
    assert client.get(tick).url == page
    assert client.post(tick, {"item": action.checklist.get().pk}).status_code == 302
    assert action.checklist.get().done_by == him.marsh.user
    assert client.post(tick, {"item": action.checklist.get().pk}).status_code == 409
    paper = client.get(reverse("admin:staff_personnelaction_print", args=[action.pk]) + "?form=checklist")
    told = PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert "The badge is back (blocking)" in told
    assert "marsh" in told
    assert signed_in("ruiz").post(tick, {"item": action.checklist.get().pk}).status_code == 404


def test_coming_due_shows_it_to_those_above_and_not_to_the_person(him, signed_in):
    asked()
    leaves(him)
    asked("The laptop", kind="pay")
    approved(him.petrov, "pay", by=him.okafor, pay=51_000)
    assert "The laptop" in signed_in("marsh").get(reverse("coming_due")).content.decode()
    for other in ("petrov", "ruiz"):
        assert "The laptop" not in signed_in(other).get(reverse("coming_due")).content.decode()
