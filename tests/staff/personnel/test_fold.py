"""The timeline that is kept equals what a plain look at the actions says, whatever was done in whatever order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from himdept.common.errors import DomainError
from staff.models import PersonnelAction, Position, User
from staff.personnel import actions, clock, timeline
from staff.personnel.fold import Act, NoGround, Timeline, fold
from staff.personnel.kinds import ORDER
from tests import factories as make
from tests.staff.personnel.acting import approve, approved, rescind

DAYS = [datetime(2026, 1, 5, 5, tzinfo=UTC) + timedelta(days=n) for n in range(12)]
HIRES = ("hire", "rehire")
SEATING = (*HIRES, "transfer", "promotion", "demotion")


class Plain:
    """What is so at a moment, found by looking back from it: written without a look at the fold."""

    def __init__(self, acts: list[PersonnelAction]):
        self.acts = sorted(acts, key=lambda act: (act.effective, ORDER[act.kind], act.pk))

    def at(self, moment: datetime) -> dict[str, tuple]:
        past = [act for act in self.acts if act.effective <= moment]
        hired = [place for place, act in enumerate(past) if act.kind in HIRES]
        if not hired or any(act.kind == "separation" for act in past[hired[-1] :]):
            return {}
        since = past[hired[-1] :]
        seat = [act for act in since if act.kind in SEATING]
        shares = [act.fte for act in seat if act.fte is not None]
        so = {"employments": (), "assignments": (seat[-1].position_id, shares[-1])}
        paid = [act for act in since if act.pay is not None]
        so["pays"] = (paid[-1].pay, paid[-1].basis)
        led, here = None, since[0].position_id
        for act in since:
            if act.kind == "supervisor" or act.supervisor_id or (act.kind in SEATING and act.position_id != here):
                led = act.supervisor_id
            here = act.position_id or here
        if led:
            so["supervisions"] = (led,)
        away = [act for act in since if act.kind in ("leave", "return")]
        if away and away[-1].kind == "leave":
            so["leaves"] = (away[-1].reason, away[-1].until)
        return so


def moments(kept: Timeline) -> list[datetime]:
    """All moments at which something could begin or end, and a minute before and after each."""
    bounds = {bound for track in kept for spell in track for bound in spell[:2] if bound} | set(DAYS)
    return sorted(bound + timedelta(minutes=step) for bound in bounds for step in (-1, 0, 1))


def assert_in_order_without_overlap(kept: Timeline):
    for track in kept:
        for one, next_one in pairwise(track):
            assert one.until is not None
            assert one.until <= next_one.since
    for spell in kept.employments:  # who is employed sits somewhere and is paid, without a gap
        for track in (kept.assignments, kept.pays):
            within = [
                one for one in track if one.since >= spell.since and (spell.until is None or one.since < spell.until)
            ]
            assert within[0].since == spell.since
            assert within[-1].until == spell.until
            assert all(one.until == two.since for one, two in pairwise(within))


def assert_access_is_that_of_the_seat(user: User, so: dict[str, tuple]):
    assert user.is_active is bool(so)
    if so:
        seat = Position.objects.get(pk=so["assignments"][0])
        assert [group.name for group in user.groups.all()] == [seat.job.default_role]
        assert [facility.pk for facility in user.facilities.all()] == [seat.unit.facility_id]


KINDS = sorted(set(ORDER) - {"taken_over", "reclassification"})
PAYS = (40_000, 42_000, 43_000)
day = st.sampled_from(DAYS)
deeds = st.one_of(
    st.tuples(st.just("act"), st.sampled_from(KINDS), day, st.integers(0, 2), st.sampled_from(PAYS), st.booleans()),
    st.tuples(st.just("rescind"), st.integers(0, 9)),
    st.tuples(st.just("correct"), st.integers(0, 9), day),
)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(deeds, max_size=12))
def test_what_is_kept_is_what_a_plain_look_at_the_actions_says(him, sequence):
    seats = [him.vacant["coding"], him.vacant["release"]]
    seats += [make.position(him.okafor.position().unit, job=make.job("leads", default_role="Records supervisor"))]
    with transaction.atomic():
        somebody = make.somebody("Adeyemi", user=make.person("adeyemi", is_active=False, facilities=[]))
        done: list[PersonnelAction] = []
        for deed in [("act", "hire", DAYS[2], 0, 40_000, False), *sequence]:  # without the hire all would be refused
            before = timeline.stored(somebody)
            try:
                with transaction.atomic():
                    done += [do(deed, somebody, him, seats, done)]
            except DomainError:
                assert timeline.stored(somebody) == before
            for action in PersonnelAction.objects.filter(employee=somebody).due():
                clock.go_on(action.pk)
            kept = timeline.stored(somebody)
            plain = Plain(list(PersonnelAction.objects.filter(employee=somebody).in_force()))
            assert_in_order_without_overlap(kept)
            assert_access_is_that_of_the_seat(User.objects.get(username="adeyemi"), plain.at(timezone.now()))
            for moment in moments(kept):
                assert kept.at(moment) == plain.at(moment), moment
        assert done
        event(f"{len(done)} of {len(sequence) + 1} were done")
        transaction.set_rollback(True)


def do(deed, somebody, him, seats, done) -> PersonnelAction:
    """One deed through the verbs that everybody uses; raises DomainError when it cannot be."""
    what, *said = deed
    if what == "act":
        kind, effective, seat, pay, led = said
        terms = {"effective": effective}
        if kind in SEATING:
            terms |= {"position": seats[seat]}
        if kind in HIRES:
            terms |= {"fte": Decimal(1)}
        if kind in (*HIRES, "promotion", "demotion", "pay"):
            terms |= {"pay": pay}
        if led and kind in (*SEATING, "supervisor"):
            terms |= {"supervisor": him.marsh}
        terms |= {"reason": {"leave": "family", "separation": "resignation"}.get(kind, "")}
        return approved(somebody, kind, by=him.okafor, then=him.chief if kind == "demotion" else None, **terms)
    if not done or done[-1] is None:
        raise DomainError("There is nothing to take back.")
    action = PersonnelAction.objects.get(pk=done[said[0] % len(done)].pk)
    if what == "rescind":
        return rescind(action, by=him.okafor)
    correction = actions.correct(action, by=him.okafor.user, because="Another day.", effective=said[1])
    correction = actions.submit(correction, by=him.okafor.user)
    correction = approve(correction, by=him.okafor)
    return approve(correction, by=him.chief) if correction.state == "agreed" else correction


LATER = ("transfer", "promotion", "pay", "supervisor", "leave", "return", "separation", "rehire")


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LATER), st.integers(1, 11), st.integers(1, 3), st.booleans()), max_size=10))
def test_folding_is_a_plain_look_back_from_each_moment(sequence):
    """As above without the database, so many more, of which those are kept that have ground when they are added."""
    acts = [act("hire", 0, number=0, position=1, fte=Decimal(1), pay=Decimal(40_000), basis="year")]
    for number, (kind, day, choice, led) in enumerate(sequence, 1):
        said = {"position": choice} if kind in SEATING else {}
        if kind in ("promotion", "pay", "rehire"):
            said |= {"pay": Decimal(40_000 + choice), "basis": "year"}
        said |= {"fte": Decimal(1)} if kind == "rehire" else {}
        said |= {"supervisor": 7 + choice} if led and kind in (*SEATING, "supervisor") else {}
        try:
            fold([*acts, one := act(kind, day, number=number, **said)])
        except DomainError:
            continue
        acts.append(one)
    event(f"{len(acts)} acts")
    names = {"number": "pk", "position": "position_id", "supervisor": "supervisor_id"}
    plain = Plain([SimpleNamespace(**{names.get(n, n): value for n, value in vars(one).items()}) for one in acts])
    kept = fold(acts)
    assert_in_order_without_overlap(kept)
    for moment in moments(kept):
        assert kept.at(moment) == plain.at(moment), moment


def act(kind, day, **said) -> Act:
    return Act(kind=kind, effective=DAYS[day], **said)


HIRE = act("hire", 0, position=1, fte=Decimal(1), pay=Decimal(40_000), basis="year")


@pytest.mark.parametrize(
    ("acts", "why"),
    [
        ([act("transfer", 0, position=2)], "The person is not employed at that time."),
        ([HIRE, act("hire", 1, position=2, fte=Decimal(1))], "The person is employed already."),
        ([HIRE, act("separation", 1, reason="layoff"), act("pay", 2, pay=Decimal(1))], "not employed at that time"),
        ([HIRE, act("separation", 1, reason="layoff"), act("hire", 2, position=1)], "that is a rehire"),
        ([act("rehire", 0, position=1)], "that is a hire"),
        ([HIRE, act("separation", 1, reason="layoff"), act("pay", 1, pay=Decimal(1))], "not employed at that time"),
        ([HIRE, act("return", 1)], "not on leave"),
        ([HIRE, act("leave", 1, reason="family"), act("leave", 2, reason="family")], "on leave at that time already"),
        ([HIRE, act("transfer", 1, position=1)], "sits in that seat already"),
    ],
)
def test_an_act_without_ground_is_refused_with_its_name_moment_and_reason(acts, why):
    with pytest.raises(NoGround, match=why) as refusal:
        fold(acts)
    told = refusal.value.told("6 Jan 2026 00:00").message
    kinds = ("Hire of", "Rehire of", "Transfer of", "Pay change of", "Return from leave of", "Leave of")
    assert told.startswith(tuple(f"{kind} 6 Jan 2026 00:00: The person" for kind in kinds))


def test_who_leaves_at_the_end_of_a_day_may_come_again_at_the_beginning_of_the_next():
    back = act("rehire", 1, position=1, fte=Decimal(1), pay=Decimal(40_000), basis="year")
    raised = act("pay", 1, pay=Decimal(41_000), basis="year")
    kept = fold([raised, back, act("separation", 1, reason="layoff"), HIRE])
    assert kept.employments == ((DAYS[0], DAYS[1], ()), (DAYS[1], None, ()))
    assert kept.assignments == ((DAYS[0], DAYS[1], (1, Decimal(1))), (DAYS[1], None, (1, Decimal(1))))
    assert kept.at(DAYS[1])["pays"] == (Decimal(41_000), "year")


def test_what_is_said_again_goes_on_as_one_spell():
    kept = fold([HIRE, act("pay", 1, pay=Decimal(40_000), basis="year")])
    assert kept.pays == ((DAYS[0], None, (Decimal(40_000), "year")),)


def test_another_seat_ends_a_supervisor_by_name_unless_the_act_names_one():
    led = act("supervisor", 1, supervisor=7)
    assert fold([HIRE, led, act("transfer", 2, position=2)]).supervisions == ((DAYS[1], DAYS[2], (7,)),)
    stays = fold([HIRE, led, act("transfer", 2, position=2, supervisor=7)])
    assert stays.at(DAYS[3])["supervisions"] == (7,)


def test_who_was_taken_over_without_a_seat_comes_to_one_and_out_of_it():
    kept = fold(
        [
            Act("taken_over", DAYS[0]),
            Act("taken_over", DAYS[1], position=7, fte=Decimal(1)),
            Act("taken_over", DAYS[2]),
            Act("transfer", DAYS[3], position=8, fte=Decimal("0.5")),
        ]
    )
    assert [spell[:2] for spell in kept.employments] == [(DAYS[0], None)]
    assert list(kept.assignments) == [(DAYS[1], DAYS[2], (7, Decimal(1))), (DAYS[3], None, (8, Decimal("0.5")))]


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (Act("taken_over", DAYS[2], position=8, fte=Decimal(1)), "effective"),  # sits somewhere
        (Act("transfer", DAYS[0] + timedelta(hours=1), position=8), "fte"),  # sits nowhere, with no share
    ],
)
def test_what_somebody_who_was_taken_over_cannot_come_to_is_refused(act, field):
    with pytest.raises(DomainError) as refused:
        fold([Act("taken_over", DAYS[0]), Act("taken_over", DAYS[1], position=7, fte=Decimal(1)), act])
    assert refused.value.field == field
