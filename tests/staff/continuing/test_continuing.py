"""Continuing education: the rule in force when a cycle began, what counts and counts once, what comes due."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate as today

from himdept.common.errors import DomainError
from staff.continuing import actions
from staff.continuing.progress import Asked, Learnt, progress
from staff.models import ContinuingRule, DomainMinimum, Learning, Progress
from staff.qualifications.actions import strike
from tests import factories as make
from tests.days import counted_now
from tests.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(him):
    """Brandt's RHIT, of which a cycle asks 20 units, 16 of them in its domains and 8 from the issuer."""
    return make.credential(him.brandt, "RHIT", by=him.okafor.user, last_day=today() + timedelta(days=50))


def learn(him, held, title="Coding clinic", *, units="5", done_on=None, by=None, **said) -> Learning:
    done_on = done_on or today()
    said = {"domain": "Coding", "from_issuer": False, "proof": "certificate"} | said
    return actions.learn(held, title=title, units=Decimal(units), done_on=done_on, by=by or him.marsh.user, **said)


def is_short(held) -> bool:
    return Progress.objects.get(credential=held).is_short


# -- The pure function -----------------------------------------------------------------------------------------------


def test_units_shares_and_domains_are_each_told_by_themselves():
    asked = Asked(Decimal(20), Decimal(80), Decimal(40), {"Privacy": Decimal(3)})
    learnt = [Learnt(Decimal(10), "Coding", from_issuer=True), Learnt(Decimal(10))]
    assert [(line.of, line.asked, line.counted, line.is_met) for line in progress(asked, learnt)] == [
        ("units", 20, 20, True),
        ("domains", 16, 10, False),
        ("issuer", 8, 10, True),
        ("Privacy", 3, 0, False),
    ]


@pytest.mark.parametrize(("first", "share"), [(date(2024, 12, 31), 0), (date(2025, 1, 1), 40)])
def test_the_rule_is_the_one_in_force_on_the_first_day_of_the_cycle(him, first, share):
    held = make.credential(
        him.brandt, "RHIT", by=him.okafor.user, first_day=first, last_day=first + timedelta(days=729)
    )
    rule = actions.rule_of(held)
    assert (rule.units, rule.from_issuer_percent) == (20, share)
    assert rule.to_confirm


def test_a_cycle_before_any_rule_asks_nothing(him, held):
    ContinuingRule.objects.filter(from_day__lte=held.first_day).delete()
    assert actions.rule_of(held) is None
    assert Progress.objects.get().asked is None


@pytest.mark.parametrize(
    ("learnt", "short"),
    [
        ([("20", "Coding", True)], False),
        ([("19.99", "Coding", True)], True),
        ([("15.99", "Coding", True), ("4.01", "", True)], True),  # not enough in the domains
        ([("12.01", "Coding", False), ("7.99", "Coding", True)], True),  # not enough from the issuer
        ([("16", "Coding", False), ("8", "", True)], False),
    ],
)
def test_the_database_and_the_function_judge_alike(him, held, learnt, short):
    for number, (units, domain, from_issuer) in enumerate(learnt):
        learn(him, held, f"course {number}", units=units, domain=domain, from_issuer=from_issuer)
    lines = actions.lines_of(actions.rule_of(held), held.learnings.all())
    assert is_short(held) is short
    assert any(not line.is_met for line in lines) is short


@pytest.mark.parametrize("seed", range(8))
def test_the_database_and_the_function_judge_alike_whatever_was_learnt_and_asked(him, held, seed):
    draw = Random(seed)  # noqa: S311 - nothing here is a secret
    rule, domains = actions.rule_of(held), ["", "Coding", "Privacy", "Law"]
    told = []
    for number in range(12):
        rule.units, shares = draw.randint(5, 40), [draw.choice((0, 25, 80)) for _ in range(2)]
        rule.in_domains_percent, rule.from_issuer_percent = shares
        rule.save()
        rule.minimums.all().delete()
        for domain in draw.sample(domains[1:], draw.randrange(3)):
            DomainMinimum.objects.create(rule=rule, domain=domain, units=draw.randint(1, 6))
        said = {"domain": draw.choice(domains), "from_issuer": draw.random() < 0.5}
        learnt = learn(him, held, f"course {number}", units=str(draw.randint(1, 6)), **said)
        if draw.random() < 0.2:
            strike(learnt, by=him.marsh.user, because="Was another's.")
        lines = actions.lines_of(actions.rule_of(held), held.learnings.standing())
        assert is_short(held) is any(not line.is_met for line in lines), lines
        assert Progress.objects.get(credential=held).counted == lines[0].counted
        told.append(is_short(held))
    assert True in told


def test_a_minimum_of_a_domain_is_judged_too(him, held):
    DomainMinimum.objects.create(rule=actions.rule_of(held), domain="Privacy", units=3)
    learn(him, held, units="20", from_issuer=True)
    assert is_short(held)
    learn(him, held, "Privacy day", units="3", domain="Privacy")
    assert not is_short(held)


# -- Writing down ------------------------------------------------------------------------------------------------------


def test_a_unit_counts_once(him, held):
    learn(him, held)
    with pytest.raises(DomainError, match="counts once"):
        learn(him, held)
    other = make.credential(him.brandt, "CCS", by=him.okafor.user)
    with pytest.raises(DomainError, match="counts once"):
        learn(him, other)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"done_on": lambda: today() + timedelta(days=1)}, "still to come"),
        ({"done_on": today() - timedelta(days=400)}, "not in this cycle"),
        ({"units": "0"}, "More than no units"),
        ({"units": "101"}, "at most 100"),
        ({"proof": ""}, "proof|blank"),
    ],
)
def test_what_cannot_count_is_refused_in_words(him, held, said, words):
    with pytest.raises(DomainError, match=words):
        learn(him, held, **counted_now(said))


def test_nobody_keeps_their_own_and_nothing_is_rewritten(him, held):
    with pytest.raises(DomainError, match="above you"):
        learn(him, held, by=him.brandt.user)
    row = learn(him, held)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Learning.objects.filter(pk=row.pk).update(units=50)
    with pytest.raises(IntegrityError, match="not in this cycle"), transaction.atomic():
        Learning.objects.create(
            employee=him.petrov,
            credential=held,
            title="x",
            done_on=today(),
            units=1,
            proof="p",
            written_by=him.marsh.user,
        )


def test_what_is_missing_is_told_where_the_cycle_comes_due(client, him, held):
    client.force_login(him.marsh.user)
    assert "RHIT · continuing education: 0.0 of 20.0 units" in client.get("/due/").content.decode()
    learn(him, held, units="20", from_issuer=True)
    assert "continuing education" not in client.get("/due/").content.decode()


# -- The screens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees", "keeps"), [("marsh", 200, 200), ("brandt", 200, 403), ("ruiz", 404, 404), ("petrov", 404, 403)]
)
def test_a_person_sees_their_own_and_the_line_above_keeps_it(client, him, held, who, sees, keeps):
    row = learn(him, held)
    client.force_login(getattr(him, who).user)
    assert client.get(f"/staff/credentials/{held.pk}/learning/").status_code == sees
    assert client.get(f"/staff/credentials/{held.pk}/learning/new/").status_code == keeps
    assert client.get(f"/staff/learning/{row.pk}/strike/").status_code == keeps


def test_what_was_learnt_is_written_down_and_struck_in_the_browser(client, him, held):
    client.force_login(him.marsh.user)
    said = {
        "title": "Coding clinic",
        "done_on": today().isoformat(),
        "units": "6",
        "domain": "Coding",
        "proof": "paper",
    }
    address = f"/staff/credentials/{held.pk}/learning/"
    assert client.post(f"{address}new/", said | {"units": "-1"}).status_code == 422
    assert client.post(f"{address}new/", said).status_code == 302
    assert client.post(f"{address}new/", said).status_code == 422
    assert "6 of 20" in client.get(address).content.decode()
    assert "6 of 20 units" in client.get(f"/staff/people/{him.brandt.pk}/credentials/").content.decode()
    row = Learning.objects.get()
    assert client.post(f"/staff/learning/{row.pk}/strike/", {"because": "Another's."}).status_code == 302
    assert "0 of 20" in client.get(address).content.decode()


def test_the_page_of_a_cycle_costs_a_bounded_number_of_queries(client, him, held):
    client.force_login(him.marsh.user)
    with counted("credential_learning"):
        client.get(f"/staff/credentials/{held.pk}/learning/")
