"""Who is told of a step, in the same act as the step; and the page on which it stands."""

import pytest
from django.utils import timezone

from himdept.common.errors import Conflict
from staff.models import Delegation, PayrollClosing, PersonnelAction, PersonnelNotice
from staff.personnel import actions
from tests import factories as make
from tests.queries import counted
from tests.staff.personnel.acting import A_DAY, NOON, approve, approved, rescind, submitted

pytestmark = pytest.mark.django_db


def told(who) -> list[str]:
    """The moves that somebody was told of, in order."""
    return list(PersonnelNotice.objects.filter(person=who.user).order_by("pk").values_list("step__move", flat=True))


def test_the_nearest_who_decides_is_told_of_what_is_submitted_and_nobody_else(him):
    submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    assert told(him.okafor) == ["submit"]
    assert PersonnelNotice.objects.count() == 1


def test_the_author_is_told_what_came_of_it(him):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    action = actions.give_back(action, by=him.okafor.user, because="Too little.")
    actions.submit(action, by=him.marsh.user)
    action = approve(PersonnelAction.objects.get(pk=action.pk), by=him.okafor)
    rescind(action, by=him.okafor)
    assert told(him.marsh) == ["return", "approve", "take_effect", "rescind"]
    assert told(him.okafor) == ["submit", "submit"]


def test_the_second_of_two_is_told_when_the_first_has_decided(him):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=60_000)
    assert told(him.chief) == []
    approve(action, by=him.okafor)
    assert told(him.chief) == ["approve"]
    assert told(him.marsh) == ["approve"]


def test_the_second_is_told_also_of_what_is_asked_to_be_rescinded(him):
    action = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    PayrollClosing.objects.create(facility=make.facility(), until=NOON + A_DAY)
    rescind(action, by=him.okafor)
    assert told(him.chief) == ["ask_rescind"]


def test_who_acts_in_the_heads_place_is_told_too(him):
    him.ruiz.user.groups.set(him.okafor.user.groups.all())
    during = make.span(timezone.now() - A_DAY, timezone.now() + A_DAY)
    Delegation.objects.create(giver=him.okafor, taker=him.ruiz, during=during, because="Holiday")
    submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    assert (told(him.okafor), told(him.ruiz)) == (["submit"], ["submit"])


def test_nobody_is_told_of_what_is_about_themselves_or_of_what_they_did(him):
    approved(him.marsh, "pay", by=him.okafor, pay=51_000)
    assert (told(him.marsh), told(him.okafor)) == ([], ["take_effect"])


def test_a_step_that_fails_tells_nobody(him):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    with pytest.raises(Conflict):
        actions.approve(action, by=him.okafor.user, digest="of something else")
    assert told(him.marsh) == []


def test_the_page_lists_what_is_new_until_it_is_read(him, client):
    submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    client.force_login(him.okafor.user)
    with counted("told"):
        page = client.get("/staff/told/")
    assert "Pay change, Brandt" in page.content.decode()
    assert "/admin/" not in page.content.decode()  # no staff status: the link would lead nowhere
    [new] = page.context["unread"]
    client.post("/staff/told/", {"until": new.pk})
    page = client.get("/staff/told/")
    assert (len(page.context["rows"]), page.context["unread"]) == (1, [])


def test_what_comes_after_the_page_was_made_stays_new(him, client):
    submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    client.force_login(him.okafor.user)
    [seen] = client.get("/staff/told/").context["unread"]
    submitted(him.petrov, "pay", by=him.marsh, pay=51_000)
    client.post("/staff/told/", {"until": seen.pk})
    assert len(client.get("/staff/told/").context["unread"]) == 1


@pytest.mark.parametrize("until", ["", "x", "9" * 30])
def test_a_number_that_is_none_reads_nothing(him, client, until):
    submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    client.force_login(him.okafor.user)
    assert client.post("/staff/told/", {"until": until}).status_code == 302
    assert PersonnelNotice.objects.unread().exists()


def test_nobody_reads_for_another_or_sees_what_is_theirs(him, client):
    submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    notice = PersonnelNotice.objects.get()
    client.force_login(him.chief.user)
    assert client.get("/staff/told/").context["rows"] == []
    client.post("/staff/told/", {"until": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_what_has_left_ones_line_is_not_seen_any_more(him, client):
    submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    client.force_login(him.okafor.user)
    assert client.get("/staff/told/").context["rows"]
    approved(him.brandt, "transfer", by=him.chief, position=make.position(him.top), effective=timezone.now())
    assert client.get("/staff/told/").context["rows"] == []
