"""One decision on many: seen for each, approved once, an action each; whose action is refused holds up nobody."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from himdept.common.errors import Conflict, DomainError
from staff.models import Decision, PersonnelAction, User
from staff.personnel import timeline, together
from staff.personnel.together import Wish
from tests import factories as make
from tests.staff.personnel.acting import NOON, approved

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def wish(kind, **said):
    return Wish(kind=kind, day=DAY, because="For all.", **said)


def decide(wanted, people, *, by):
    lines = together.look_ahead(wanted, people, by=by.user)
    return together.decide(wanted, people, by=by.user, digest=together.digest(lines))


def at(person):
    return timeline.stored(person).at(NOON)


def test_a_raise_by_percent_is_an_action_for_each_with_one_decision(him):
    people = [him.brandt, him.petrov, him.holt, him.marsh]
    decision = decide(wish("percent", amount=Decimal("3.5")), people, by=him.okafor)
    assert [at(person)["pays"][0] for person in people] == [Decimal("51750.00")] * 4
    actions = PersonnelAction.objects.filter(decision=decision)
    assert {action.employee for action in actions} == set(people)
    assert {action.state for action in actions} == {"effective"}
    assert {step.by for action in actions for step in action.steps.filter(move="approve")} == {him.okafor.user}


def test_one_refusal_is_listed_and_does_not_sink_the_rest(him):
    approved(him.petrov, "separation", by=him.okafor, reason="retirement", effective=NOON.replace(day=1))
    decision = decide(wish("amount", amount=Decimal(1200)), [him.brandt, him.petrov, him.holt], by=him.okafor)
    lines = {line.employee: line for line in decision.lines.all()}
    assert lines[him.petrov].action is None
    assert "sits in no seat" in lines[him.petrov].refusal
    assert at(him.brandt)["pays"][0] == at(him.holt)["pays"][0] == 51_200


def test_what_takes_two_waits_for_the_second_by_itself(him):
    decision = decide(wish("percent", amount=Decimal(20)), [him.brandt], by=him.okafor)
    assert decision.actions.get().state == "agreed"
    assert at(him.brandt)["pays"][0] == 50_000


def test_a_supervisor_for_many_and_never_of_themselves(him):
    decision = decide(wish("supervisor", supervisor=him.ruiz), [him.brandt, him.ruiz], by=him.okafor)
    assert at(him.brandt)["supervisions"] == (him.ruiz.pk,)
    assert "themselves" in decision.lines.get(employee=him.ruiz).refusal


def test_the_people_of_a_unit_are_transferred_to_seats_of_their_job_as_far_as_there_are_any(him):
    free = him.vacant["release"]
    decision = decide(wish("transfer", unit=free.unit), [him.brandt, him.petrov], by=him.okafor)
    assert at(him.brandt)["assignments"][0] == free.pk
    assert "No seat of the person's job" in decision.lines.get(employee=him.petrov).refusal


def test_many_are_reclassified_to_the_seats_that_replace_theirs(him):
    people = [him.brandt, him.petrov]
    new = [make.position(him.brandt.position().unit, replaces=person.position()) for person in people]
    decide(wish("reclassify"), people, by=him.okafor)
    assert [at(person)["assignments"][0] for person in people] == [seat.pk for seat in new]


def test_nobody_beyond_the_line_and_never_oneself_or_a_superior(him):
    lines = together.look_ahead(
        wish("percent", amount=Decimal(1)), [him.okafor, him.chief, him.brandt], by=him.okafor.user
    )
    assert {line.employee for line in lines if line.action} == {him.brandt}
    people = [him.okafor, him.chief]
    with pytest.raises(DomainError, match="none of them"):
        decide(wish("percent", amount=Decimal(1)), people, by=him.okafor)
    assert not Decision.objects.exists()


def test_what_has_changed_since_it_was_seen_is_a_conflict_and_nothing_is_done(him):
    wanted, people = wish("percent", amount=Decimal(3)), [him.brandt, him.petrov]
    seen = together.digest(together.look_ahead(wanted, people, by=him.okafor.user))
    approved(him.petrov, "pay", by=him.okafor, pay=51_000, effective=NOON.replace(day=1))
    with pytest.raises(Conflict):
        together.decide(wanted, people, by=him.okafor.user, digest=seen)
    assert at(him.brandt)["pays"][0] == 50_000
    assert not Decision.objects.exists()


@pytest.fixture
def signed_in(him, client):
    def as_(name):
        user = getattr(him, name).user
        User.objects.filter(pk=user.pk).update(is_staff=True)
        client.force_login(User.objects.get(pk=user.pk))
        return client

    return as_


ADD = "admin:staff_decision_add"


def said(*people, **more):
    numbers = [person.pk for person in people]
    return {"kind": "percent", "amount": "3", "day": "2026-03-02", "because": "For all.", "people": numbers} | more


def test_it_is_seen_and_then_approved_in_the_admin_site(him, signed_in):
    client = signed_in("okafor")
    page = client.post(reverse(ADD), said(him.brandt, him.petrov))
    assert page.status_code == 200
    assert "51,500.00" in page.content.decode()
    assert not Decision.objects.exists()
    told = client.post(reverse(ADD), said(him.brandt, him.petrov, digest=page.context["digest"]))
    assert told.url == reverse("admin:staff_decision_change", args=[Decision.objects.get().pk])
    assert "Brandt" in client.get(told.url).content.decode()
    assert at(him.petrov)["pays"][0] == 51_500
    stale = client.post(reverse(ADD), said(him.brandt, him.petrov, digest=page.context["digest"]))
    assert stale.status_code == 409
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": ""}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "lots"}, "amount"),
        ({"kind": "transfer"}, "unit"),
        ({"kind": "firing"}, "kind"),
        ({"people": []}, "people"),
        ({"day": "2026-02-30"}, "day"),
        ({"because": " "}, "because"),
    ],
)
def test_bad_input_is_refused_beside_its_field(him, signed_in, wrong, field):
    page = signed_in("okafor").post(reverse(ADD), said(him.brandt) | wrong)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}


def test_who_decides_and_who_finds_it(him, signed_in):
    decision = decide(wish("percent", amount=Decimal(3)), [him.brandt, him.holt], by=him.okafor)
    page = reverse("admin:staff_decision_change", args=[decision.pk])
    stranger = said(him.holt)
    for who, may_add, finds in (
        ("okafor", 200, True),
        ("chief", 200, True),
        ("marsh", 403, False),
        ("ruiz", 403, False),
    ):
        client = signed_in(who)
        assert client.post(reverse(ADD), stranger).status_code == may_add, who
        assert (client.get(page).status_code == 200) is finds, who
    assert signed_in("okafor").post(reverse(ADD), said(him.chief)).status_code == 422


def test_of_a_decision_that_goes_beyond_the_line_only_the_own_line_is_seen(him, signed_in):
    decision = decide(wish("percent", amount=Decimal(3)), [him.brandt, him.holt], by=him.okafor)
    him.marsh.user.groups.set(him.okafor.user.groups.all())
    page = signed_in("marsh").get(reverse("admin:staff_decision_change", args=[decision.pk])).content.decode()
    assert "Brandt" in page
    assert "Holt" not in page
