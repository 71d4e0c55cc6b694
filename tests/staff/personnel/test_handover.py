"""What waits for who leaves goes to successors: line by line or all at once, and no refusal sinks another line."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from auditlog.models import LogEntry
from django.db import DatabaseError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from compliance.evidence.models import EvidenceRevision
from himdept.common.errors import Conflict
from staff.models import CaseFile, Delegation, HandedOver, PersonnelAction, Position, Requisition, Supervision, User
from staff.personnel import actions, handover, requisitions, tasks
from staff.personnel.authority import NotYours
from tests import departments
from tests import factories as make
from tests.compliance.cycles.acting import begun, give
from tests.compliance.evidence.acting import laid
from tests.queries import counted
from tests.staff.discipline import acting as cases
from tests.staff.personnel.acting import A_DAY, NOON, approved, rescind, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def marsh_is_leaving(cast):
    return cast(one_of_each_kind_waits)


@pytest.fixture
def leaves(db, marsh_is_leaving):
    """Marsh, who leaves in a week with one of each kind that waits for her."""
    return marsh_is_leaving.lay()


def one_of_each_kind_waits() -> SimpleNamespace:
    him = departments.him()
    him.pay = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    him.case = cases.approve(cases.submitted(him.petrov, by=him.marsh), by=him.okafor)
    approved(him.holt, "supervisor", by=him.okafor, supervisor=him.marsh)
    seat = Position(number="N-1", unit=him.marsh.position().unit, job=him.brandt.position().job, valid=make.span(NOON))
    him.asked = requisitions.ask(Requisition(kind="new", position=seat, because="More work."), by=him.marsh.user)
    now = timezone.now()
    during = make.span(now - A_DAY, now + 30 * A_DAY)
    him.stands_in = Delegation.objects.create(giver=him.okafor, taker=him.marsh, during=during, because="Away.")
    him.leaving = approved(
        him.marsh, "separation", by=him.chief, reason="resignation", effective=now + timedelta(days=7)
    )
    return him


def key(kind: str, row) -> str:
    return f"{kind}:{row.pk}"


def keys(him) -> list[str]:
    return [
        key("actions", him.pay),
        key("cases", him.case),
        key("people", Supervision.objects.at().get(supervisor=him.marsh)),
        key("requisitions", him.asked),
        key("delegations", him.stands_in),
    ]


def hand_over(him, *lines, by=None, to=None, whole=()):
    outcomes = handover.hand_over(him.leaving, lines=lines, whole=whole, to=to and to.user, by=(by or him.okafor).user)
    return {outcome.key: outcome.refusal or outcome.to for outcome in outcomes}


def test_each_line_is_proposed_to_the_nearest_above_who_may_have_it(leaves):
    parts = handover.parts(leaves.leaving, by=leaves.okafor.user)
    proposed = {part.kind.name: [piece.heir for piece in part.pieces] for part in parts}
    okafor, chief = leaves.okafor.user, leaves.chief.user
    # Okafor cannot act in Okafor's own place: there the next one above is proposed.
    assert proposed == {
        "people": [okafor],
        "actions": [okafor],
        "requisitions": [okafor],
        "delegations": [chief],
        "cases": [okafor],
    }


def test_who_may_not_have_it_is_not_proposed(leaves):
    leaves.okafor.user.groups.clear()
    parts = handover.parts(leaves.leaving, by=leaves.chief.user)
    proposed = {part.kind.name: [piece.heir for piece in part.pieces] for part in parts}
    assert proposed["actions"] == proposed["cases"] == proposed["requisitions"] == [leaves.chief.user]


def test_all_lines_go_in_one_act_as_proposed_and_nothing_is_left(leaves):
    came = hand_over(leaves, *keys(leaves))
    assert set(came.values()) == {leaves.okafor.user, leaves.chief.user}
    assert handover.manifest(leaves.marsh) == []
    okafor = leaves.okafor.user
    assert PersonnelAction.objects.get(pk=leaves.pay.pk).written_by == okafor
    assert CaseFile.objects.get(pk=leaves.case.pk).written_by == okafor
    assert Requisition.objects.get(pk=leaves.asked.pk).asked_by == okafor
    assert leaves.holt.supervisor() == leaves.okafor
    now = timezone.now()
    acting = Delegation.objects.filter(during__contains=now)
    assert [(row.giver, row.taker, row.during.upper) for row in acting] == [
        (leaves.okafor, leaves.chief, leaves.stands_in.during.upper)
    ]


def test_what_is_nobodys_does_not_wait_for_who_has_no_account(leaves):
    cycle = begun(make.manager("rosa"))
    assert cycle.parts.filter(assignee=None).exists()
    nobody = make.employee("Snowdrift")
    assert nobody.user is None
    assert handover.manifest(nobody) == []


def test_a_separation_is_recorded_once_all_is_handed_over(leaves):
    rescind(leaves.leaving, by=leaves.chief)
    leaves.leaving = approved(leaves.marsh, "separation", by=leaves.chief, reason="resignation")
    tasks.tick()
    assert PersonnelAction.objects.get(pk=leaves.leaving.pk).state == "effective"
    came = hand_over(leaves, *keys(leaves))
    assert set(came.values()) == {leaves.okafor.user, leaves.chief.user}
    tasks.tick()
    assert PersonnelAction.objects.get(pk=leaves.leaving.pk).state == "recorded"


def test_one_successor_is_named_for_many_lines(leaves):
    came = hand_over(leaves, *keys(leaves)[:3], to=leaves.chief)
    assert list(came.values()) == [leaves.chief.user] * 3


def test_all_of_a_kind_go_whatever_their_number_unless_their_number_has_changed(leaves):
    for pay in (52_000, 53_000):
        submitted(leaves.petrov, "pay", by=leaves.marsh, pay=pay)
    waiting = PersonnelAction.objects.filter(written_by=leaves.marsh.user, state="submitted")
    refused = hand_over(leaves, whole=["actions:2"])
    assert "By now 3 of these wait" in refused["actions:2"]
    assert waiting.count() == 3
    assert set(hand_over(leaves, whole=["actions:3"]).values()) == {leaves.okafor.user}
    assert not waiting.exists()


def test_one_refusal_does_not_sink_the_rest_and_stands_beside_its_line(leaves):
    lines = keys(leaves)
    came = hand_over(leaves, *lines, to=leaves.ruiz)
    assert came[key("actions", leaves.pay)] == "ruiz may not act on this person, or in this seat."
    assert came[key("cases", leaves.case)] == "ruiz may not act on this person."
    assert came[key("requisitions", leaves.asked)] == "ruiz may not ask for this seat."
    assert came[lines[2]] == leaves.ruiz.user
    assert leaves.holt.supervisor() == leaves.ruiz
    assert came[key("delegations", leaves.stands_in)] == leaves.ruiz.user
    assert PersonnelAction.objects.get(pk=leaves.pay.pk).written_by == leaves.marsh.user


def offered(him) -> set[str]:
    return set(handover.choices(him.leaving).values_list("family_name", flat=True))


def test_a_successor_is_chosen_from_who_stays_and_may_have_some_of_what_waits(leaves):
    assert {"Okafor", "Petrov"} <= offered(leaves)  # people report to whom they are told to
    assert "Marsh" not in offered(leaves)
    hand_over(leaves, *keys(leaves))
    assert offered(leaves) == set()
    cycle = begun(make.manager("rosa"))
    give(cycle.parts.first(), leaves.marsh.user, by=cycle.started_by)
    assert "Okafor" in offered(leaves)
    assert "Petrov" not in offered(leaves)  # scores nothing
    leaves.okafor.user.facilities.clear()
    assert "Okafor" not in offered(leaves)


def test_who_leaves_too_is_no_successor(leaves):
    assert "Petrov" in offered(leaves)
    approved(leaves.petrov, "separation", by=leaves.chief, reason="resignation", effective=timezone.now() + A_DAY)
    assert "Petrov" not in offered(leaves)


def test_the_same_a_second_time_does_nothing_and_says_who_has_it(leaves):
    lines = keys(leaves)
    hand_over(leaves, *lines)
    made, steps = HandedOver.objects.count(), leaves.pay.steps.count()
    again = hand_over(leaves, *lines, to=leaves.chief)
    assert again[key("actions", leaves.pay)] == "okafor has handed it over to okafor already."
    assert all(isinstance(refusal, str) for refusal in again.values())
    assert (HandedOver.objects.count(), leaves.pay.steps.count()) == (made, steps)
    assert hand_over(leaves, whole=["actions:1"]) == {"actions:1": "By now 0 of these wait. Look at them again."}


@pytest.mark.django_db(transaction=True)
def test_two_who_hand_over_the_same_at_once_give_it_once(leaves):
    line, at_once, told = key("actions", leaves.pay), threading.Barrier(2), []

    def give(to):
        try:
            at_once.wait(120)
            told.extend(hand_over(leaves, line, by=leaves.chief, to=to).values())
        finally:
            connections.close_all()

    together = [threading.Thread(target=give, args=(who,)) for who in (leaves.okafor, leaves.chief)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    (holder,) = [came for came in told if isinstance(came, User)]
    assert [came for came in told if came != holder] == [f"chief has handed it over to {holder} already."]
    assert PersonnelAction.objects.get(pk=leaves.pay.pk).written_by == holder


def test_a_line_that_was_finished_meanwhile_says_so(leaves):
    actions.withdraw(leaves.pay, by=leaves.okafor.user, because="Not this year.")
    came = hand_over(leaves, key("actions", leaves.pay))
    assert "somebody has finished or changed it" in came[key("actions", leaves.pay)]


def test_a_line_named_twice_is_handed_over_once(leaves):
    line = key("actions", leaves.pay)
    assert hand_over(leaves, line, line, whole=["actions:1"]) == {line: leaves.okafor.user}
    assert HandedOver.objects.count() == 1


@pytest.mark.parametrize("who", ["brandt", "ruiz", "marsh"])
def test_only_the_line_above_hands_over_and_never_who_leaves(leaves, who):
    with pytest.raises(NotYours):
        hand_over(leaves, key("actions", leaves.pay), by=getattr(leaves, who))


def test_nothing_is_handed_over_with_what_is_not_in_force(leaves):
    rescind(leaves.leaving, by=leaves.chief)
    leaves.leaving.refresh_from_db()
    with pytest.raises(Conflict):
        hand_over(leaves, key("actions", leaves.pay))
    with pytest.raises(Conflict):
        handover.see_that_it_is_open(leaves.pay, leaves.okafor.user)


def test_a_delegation_is_the_heads_own_to_give(leaves):
    came = hand_over(leaves, key("delegations", leaves.stands_in), by=leaves.chief)
    assert "Okafor, S. themselves, or an administrator" in came[key("delegations", leaves.stands_in)]
    assert Delegation.objects.get() == leaves.stands_in


def test_who_decides_on_no_supervisor_change_hands_no_people_over(leaves):
    row = Supervision.objects.at().get(supervisor=leaves.marsh)
    leaves.okafor.user.groups.clear()
    leaves.okafor.user.groups.add(*leaves.ruiz.user.groups.all())  # proposes, and decides nothing
    fresh = User.objects.get(pk=leaves.okafor.user_id)
    written = PersonnelAction.objects.count()
    (outcome,) = handover.hand_over(leaves.leaving, lines=[key("people", row)], by=fresh, to=leaves.chief.user)
    assert outcome.refusal
    assert leaves.holt.supervisor() == leaves.marsh
    assert PersonnelAction.objects.count() == written  # all of a line or nothing


def test_each_line_has_its_own_step_notice_and_trail(leaves):
    hand_over(leaves, *keys(leaves), to=leaves.chief)
    step = leaves.pay.steps.last()
    assert (step.move, step.state, step.by) == ("hand_over", "submitted", leaves.okafor.user)
    assert [notice.person for notice in step.notices.all()] == [leaves.chief.user]
    assert leaves.case.steps.last().move == "hand_over"
    entry = LogEntry.objects.get_for_object(leaves.pay).first()
    assert entry.actor == leaves.okafor.user
    assert "written_by" in entry.changes
    assert "Handed over" in entry.additional_data["because"]


def test_whoever_asked_for_a_seat_decides_on_it_no_more_after_handing_it_over(leaves):
    leaves.marsh.user.groups.add(*leaves.okafor.user.groups.all())
    hand_over(leaves, key("requisitions", leaves.asked), to=leaves.chief)
    marsh = User.objects.get(pk=leaves.marsh.user_id)
    for person in (marsh, leaves.chief.user):
        with pytest.raises(NotYours):
            requisitions.decide(leaves.asked, by=person, granted=True)
    assert requisitions.decide(leaves.asked, by=leaves.okafor.user, granted=True).granted


def test_what_somebody_answers_for_elsewhere_goes_by_the_rules_there(leaves, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    leaves.marsh.user.groups.add(*leaves.okafor.user.groups.all())
    first = laid(owner_is=User.objects.get(pk=leaves.marsh.user_id))
    line = key("evidence", first)
    came = hand_over(leaves, line, to=leaves.brandt)
    assert "cannot answer for evidence" in came[line]
    assert hand_over(leaves, line)[line] == leaves.okafor.user
    now = EvidenceRevision.objects.standing().get()
    assert (now.owner, now.number, now.version, now.covers_from) == (
        leaves.okafor.user,
        2,
        first.version,
        first.covers_from,
    )


def test_the_database_lets_the_author_of_what_was_submitted_change_and_nothing_beside(leaves):
    action = PersonnelAction.objects.filter(pk=leaves.pay.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        action.update(written_by=leaves.chief.user, pay=99_000)
    with pytest.raises(DatabaseError), transaction.atomic():
        action.update(written_by=leaves.chief.user, state="withdrawn")
    action.update(written_by=leaves.chief.user)
    in_force = PersonnelAction.objects.filter(pk=leaves.leaving.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        in_force.update(written_by=leaves.okafor.user)
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseFile.objects.filter(pk=leaves.case.pk).update(written_by=leaves.chief.user, facts="Other ones.")


def test_what_was_handed_over_is_never_rewritten(leaves):
    hand_over(leaves, key("actions", leaves.pay))
    with pytest.raises(DatabaseError), transaction.atomic():
        HandedOver.objects.update(to=leaves.chief.user)


# -- Screens -------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(leaves, client):
    def as_(name):
        user = getattr(leaves, name).user
        User.objects.filter(pk=user.pk).update(is_staff=True)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    return as_


def page_of(him):
    return reverse("admin:staff_personnelaction_handover", args=[him.leaving.pk])


def test_from_the_page_of_the_separation_all_is_handed_over_and_listed_there(leaves, signed_in):
    manager, action = signed_in("okafor"), reverse("admin:staff_personnelaction_change", args=[leaves.leaving.pk])
    assert page_of(leaves) in manager.get(action).content.decode()
    shown = manager.get(page_of(leaves))
    assert f'value="{key("actions", leaves.pay)}"' in shown.content.decode()
    said = manager.post(page_of(leaves), {"lines": keys(leaves), "to": ""})
    assert said.status_code == 200
    assert "Nothing waits for this person any more." in said.content.decode()
    page = manager.get(action).content.decode()
    assert "<h2>Handed over</h2>" in page
    assert page_of(leaves) not in page
    again = manager.post(page_of(leaves), {"lines": [key("actions", leaves.pay)], "to": ""})
    assert again.status_code == 422
    assert "okafor has handed it over to okafor already." in again.content.decode()


def test_a_refusal_stands_beside_its_line_which_stays_chosen(leaves, signed_in):
    said = signed_in("okafor").post(page_of(leaves), {"lines": keys(leaves), "to": leaves.ruiz.number})
    assert said.status_code == 200
    (part,) = (part for part in said.context["parts"] if part.kind.name == "actions")
    assert part.pieces[0].refusal == "ruiz may not act on this person, or in this seat."
    assert f'value="{part.pieces[0].key}" checked' in said.content.decode()


@pytest.mark.parametrize(
    "said", [{}, {"lines": ["nothing:1"]}, {"lines": ["actions:x"]}, {"lines": ["actions:1"], "to": "nobody"}]
)
def test_what_cannot_be_meant_is_refused(leaves, signed_in, said):
    assert signed_in("okafor").post(page_of(leaves), said).status_code == 422
    assert not HandedOver.objects.exists()


def test_a_separation_without_anything_open_says_so_and_offers_no_checklist_to_print(leaves, signed_in):
    went = approved(leaves.petrov, "separation", by=leaves.chief, reason="resignation")
    went.checklist.all().delete()
    address = reverse("admin:staff_personnelaction_change", args=[went.pk])
    page = signed_in("okafor").get(address).content.decode()
    assert "Nothing waits for this person: there is no work to be handed over." in page
    assert "It has no checklist." in page
    assert "Print the checklist" not in page


@pytest.mark.parametrize(("who", "status"), [("ruiz", 404), ("marsh", 404), ("chief", 200)])
def test_the_page_is_for_the_line_above(leaves, signed_in, who, status):
    assert signed_in(who).get(page_of(leaves)).status_code == status


def test_it_needs_the_same_queries_whatever_waits(leaves, signed_in):
    for pay in (52_000, 53_000):
        submitted(leaves.petrov, "pay", by=leaves.marsh, pay=pay)
    manager = signed_in("okafor")
    manager.get(page_of(leaves))
    with counted("admin_handover", most=60):
        manager.get(page_of(leaves))
