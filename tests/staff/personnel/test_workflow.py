"""The way of an action: each cell of the table, and whoever may not is refused."""

import threading
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from himdept.common.errors import Conflict, DomainError
from staff.models import Delegation, Employee, PayrollClosing, PersonnelAction, PersonnelStep, Place, Unit, User
from staff.personnel import actions, authority, policy, timeline
from staff.personnel.actions import NotYours
from staff.personnel.models import State
from staff.personnel.workflow import MOVES, Part, open_to
from tests import factories as make
from tests.factories import span
from tests.staff.personnel.acting import A_DAY, NOON, approve, approved, draft, rescind, submitted

pytestmark = pytest.mark.django_db

# What the table opens, written a second time by hand: state by state, the moves of who wrote it, who proposes, decides.
AUTHOR, PROPOSER, DECIDER, CLOCK = Part.AUTHOR, Part.PROPOSER, Part.DECIDER, Part.CLOCK
OPEN = {
    ("draft", AUTHOR): {"write", "submit", "withdraw"},
    ("draft", DECIDER): {"withdraw"},
    ("returned", AUTHOR): {"write", "submit", "withdraw"},
    ("returned", DECIDER): {"withdraw"},
    ("submitted", AUTHOR): {"withdraw"},
    ("submitted", DECIDER): {"approve", "return", "withdraw"},
    ("agreed", AUTHOR): {"withdraw"},
    ("agreed", DECIDER): {"approve", "return", "withdraw"},
    ("approved", PROPOSER): {"correct"},
    ("approved", DECIDER): {"correct", "rescind"},
    ("approved", CLOCK): {"take_effect"},
    ("effective", PROPOSER): {"correct"},
    ("effective", DECIDER): {"correct", "rescind"},
    ("effective", CLOCK): {"record"},
    ("recorded", PROPOSER): {"correct"},
    ("recorded", DECIDER): {"correct", "rescind"},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("part", list(Part))
def test_the_table_opens_to_each_part_in_each_state_just_this(state, part):
    assert {move.name for move in open_to(frozenset({part}), state)} == OPEN.get((state, part), set())


# Who is what to an act on Brandt that Marsh wrote, and to one on Marsh that Okafor wrote.
PARTS = {
    ("brandt", "marsh"): {AUTHOR, PROPOSER},
    ("brandt", "okafor"): {PROPOSER, DECIDER},
    ("brandt", "chief"): {PROPOSER, DECIDER},
    ("brandt", "ruiz"): set(),  # another line
    ("brandt", "petrov"): set(),  # a colleague
    ("brandt", "brandt"): set(),  # themselves
    ("brandt", "root"): set(),  # runs the software
    ("brandt", "left"): set(),  # a head whose account is closed
    ("marsh", "okafor"): {AUTHOR, PROPOSER, DECIDER},
    ("marsh", "chief"): {PROPOSER, DECIDER},
    ("marsh", "marsh"): set(),
    ("marsh", "brandt"): set(),  # of a superior
    ("marsh", "ruiz"): set(),
}


@pytest.mark.parametrize(("subject", "who"), PARTS)
def test_what_somebody_is_to_an_act_follows_from_the_line(him, subject, who):
    written_by = him.marsh if subject == "brandt" else him.okafor
    action = draft(getattr(him, subject), "pay", by=written_by, pay=51_000)
    if who == "root":
        user = make.person("root", is_superuser=True, is_staff=True)
    elif who == "left":
        User.objects.filter(pk=him.okafor.user_id).update(is_active=False)
        user = User.objects.get(pk=him.okafor.user_id)
    else:
        user = getattr(him, who).user
    assert authority.parts_of(user, action) == PARTS[subject, who]
    seen = PersonnelAction.objects.visible_to(user).filter(pk=action.pk).exists()
    assert seen is bool(PARTS[subject, who])


@pytest.mark.parametrize("who", ["marsh", "ruiz", "petrov", "brandt"])
def test_whoever_does_not_decide_is_refused_and_nothing_moves(him, who):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    with pytest.raises(NotYours):
        approve(action, by=getattr(him, who))
    action.refresh_from_db()
    assert action.state == "submitted"


def test_nobody_above_means_nobody(him):
    with pytest.raises(NotYours):
        draft(him.chief, "pay", by=him.chief, pay=90_000)
    with pytest.raises(NotYours):
        draft(him.chief, "pay", by=him.okafor, pay=90_000)


def test_nobody_hires_into_or_transfers_to_another_line(him):
    with pytest.raises(NotYours):
        draft(make.somebody(), "hire", by=him.marsh, position=him.vacant["release"], fte=1, pay=40_000)
    with pytest.raises(NotYours):
        draft(him.brandt, "transfer", by=him.marsh, position=him.vacant["release"])
    assert draft(him.brandt, "transfer", by=him.okafor, position=him.vacant["release"]).pk


def test_a_hire_goes_from_draft_into_the_timeline_and_each_step_is_kept(him):
    newcomer = make.somebody("Kim")
    action = submitted(newcomer, "hire", by=him.marsh, position=him.vacant["coding"], fte=1, pay=45_000)
    assert not newcomer.assignments.exists()
    approve(action, by=him.okafor)
    assert newcomer.position(NOON) == him.vacant["coding"]
    assert newcomer.supervisor(NOON) == him.marsh
    assert newcomer.position(NOON - A_DAY) is None
    assert [(step.move, step.by and step.by.username) for step in action.steps.all()] == [
        ("submit", "marsh"),
        ("approve", "okafor"),
        ("take_effect", None),
    ]


def test_a_return_lets_the_author_change_it_and_says_why(him):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    with pytest.raises(DomainError, match="Say why"):
        actions.give_back(action, by=him.okafor.user, because="x")
    action = actions.give_back(action, by=him.okafor.user, because="Too little.")
    action.pay = 52_000
    assert actions.write(action, by=him.marsh.user).state == "draft"
    assert PersonnelAction.objects.get(pk=action.pk).state == "draft"
    actions.submit(action, by=him.marsh.user)
    approve(PersonnelAction.objects.get(pk=action.pk), by=him.okafor)
    assert timeline.stored(him.brandt).at(NOON)["pays"] == (52_000, "year")


def test_a_preview_that_is_no_longer_true_is_not_approved(him):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    seen = timeline.preview(action).digest
    approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"], effective=NOON - A_DAY)
    with pytest.raises(Conflict, match="has changed since you looked"):
        actions.approve(action, by=him.okafor.user, digest=seen)
    action.refresh_from_db()
    assert action.state == "submitted"
    approve(action, by=him.okafor)


def test_withdraw_is_for_before_and_rescind_and_correct_for_after(him):
    action = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    with pytest.raises(Conflict, match="by now: In effect"):
        actions.withdraw(action, by=him.okafor.user, because="No.")
    waiting = submitted(him.petrov, "pay", by=him.marsh, pay=51_000)
    with pytest.raises(Conflict, match="by now: Submitted"):
        rescind(waiting, by=him.okafor)
    assert actions.withdraw(waiting, by=him.marsh.user, because="No.").state == "withdrawn"


def test_what_is_rescinded_was_never_in_the_timeline_and_both_records_stay(him):
    before = timeline.stored(him.brandt)
    action = rescind(approved(him.brandt, "pay", by=him.okafor, pay=51_000), by=him.okafor)
    assert timeline.stored(him.brandt) == before
    assert [step.move for step in action.steps.all()] == ["submit", "approve", "take_effect", "rescind"]


def test_a_refusal_names_the_moment_in_the_time_of_the_persons_facility(him):
    first = approved(him.brandt, "leave", by=him.okafor, reason="family", effective=NOON)
    approved(him.brandt, "return", by=him.okafor, effective=NOON + A_DAY)
    with pytest.raises(DomainError, match=r"^Return from leave of 3 Mar 2026 12:00: The person is not on leave"):
        timeline.preview_without(first)


def test_looking_at_what_rescinding_leads_to_tells_what_the_database_would_refuse(him):
    moved = approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"])
    approved(him.petrov, "transfer", by=him.okafor, position=him.brandt.position(NOON - A_DAY))
    with pytest.raises(DomainError, match="More would sit in the seat"):
        actions.look_without(moved)
    assert him.brandt.position() == him.vacant["coding"]


def test_what_later_acts_are_built_on_is_not_taken_from_under_them(him):
    newcomer = make.somebody()
    hire = approved(newcomer, "hire", by=him.okafor, position=him.vacant["coding"], fte=1, pay=45_000)
    approved(newcomer, "pay", by=him.okafor, pay=46_000, effective=NOON + A_DAY)
    with pytest.raises(DomainError, match="Pay change of 3 Mar 2026 12:00: The person is not employed"):
        rescind(hire, by=him.okafor)


def test_a_correction_takes_the_place_of_what_it_corrects_when_it_is_approved(him):
    wrong = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    right = actions.correct(wrong, by=him.marsh.user, because="A typing mistake.", pay=52_000)
    wrong.refresh_from_db()
    assert wrong.state == "effective"
    approve(actions.submit(right, by=him.marsh.user), by=him.okafor)
    wrong.refresh_from_db()
    assert wrong.state == "corrected"
    assert timeline.stored(him.brandt).at(NOON)["pays"] == (52_000, "year")


def test_of_two_corrections_of_one_act_the_second_is_refused(him):
    wrong = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    one, other = (actions.correct(wrong, by=him.okafor.user, because="No.", pay=pay) for pay in (52_000, 53_000))
    approve(actions.submit(one, by=him.okafor.user), by=him.okafor)
    with pytest.raises(Conflict, match="no longer in force"):
        approve(actions.submit(other, by=him.okafor.user), by=him.okafor)


@pytest.mark.parametrize(
    ("kind", "terms", "two"),
    [
        ("pay", {"pay": 55_000}, False),
        ("pay", {"pay": 55_001}, True),
        ("pay", {"pay": 44_999}, True),
        ("separation", {"reason": "resignation"}, False),
        ("separation", {"reason": "discharge"}, True),
    ],
)
def test_a_second_approver_is_asked_by_kind_and_amount(him, kind, terms, two):
    action = approve(submitted(him.brandt, kind, by=him.marsh, **terms), by=him.okafor)
    assert action.state == ("agreed" if two else "effective")
    if two:
        with pytest.raises(NotYours, match="somebody else than the first"):
            approve(action, by=him.okafor)
        assert approve(action, by=him.chief).state == "effective"


@pytest.mark.parametrize(
    ("pay", "basis", "outside"),
    [
        (48_000, "year", False),
        (47_999, "year", True),
        (52_000, "year", False),
        (52_001, "year", True),
        (24, "hour", False),
        ("25.01", "hour", True),
        (None, "", False),
    ],
)
def test_pay_outside_the_band_of_the_seats_job_takes_two(him, pay, basis, outside):
    """By the job that the person comes to: the one they leave has no band. 25 an hour are 52,000 a year."""
    seat = make.position(him.petrov.position().unit, job=make.job("banded", pay_from=48_000, pay_to=52_000))
    kind, terms = ("promotion", {"pay": Decimal(pay), "basis": basis}) if pay else ("transfer", {})
    action = submitted(him.brandt, kind, by=him.marsh, position=seat, **terms)
    seen = actions.look_ahead(action)
    reasons = policy.second_approver_because(action, seen.before, seen.after)
    assert any("outside the band" in str(reason) for reason in reasons) == outside
    assert approve(action, by=him.okafor).state == ("agreed" if outside or basis == "hour" else "effective")


def test_a_first_approval_is_void_when_what_it_saw_has_changed_and_everybody_sees_that(him):
    action = approve(submitted(him.brandt, "pay", by=him.marsh, pay=60_000), by=him.okafor)
    approved(him.brandt, "transfer", by=him.okafor, position=him.vacant["coding"], effective=NOON - A_DAY)
    action = approve(action, by=him.chief)
    assert action.state == "agreed"
    assert [step.move for step in action.steps.all()] == ["submit", "approve", "void", "approve"]
    assert approve(action, by=him.okafor).state == "effective"


def test_an_act_in_a_closed_payroll_says_of_what_kind_it_is_and_takes_two(him):
    PayrollClosing.objects.create(facility=make.facility(), until=NOON + A_DAY)
    with pytest.raises(DomainError, match="payroll of that time is closed") as refusal:
        submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    assert refusal.value.field == "backdated"
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000, backdated="late_papers")
    assert approve(action, by=him.okafor).state == "agreed"


def test_an_act_that_moves_a_day_out_of_a_closed_payroll_reaches_into_it(him):
    wrong = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    PayrollClosing.objects.create(facility=make.facility(), until=NOON + A_DAY)
    right = actions.correct(wrong, by=him.okafor.user, because="Another day.", effective=NOON + 2 * A_DAY)
    with pytest.raises(DomainError, match="payroll of that time is closed"):
        actions.submit(right, by=him.okafor.user)


def test_a_transfer_out_of_a_facility_whose_payroll_is_closed_reaches_into_it(him):
    PayrollClosing.objects.create(facility=make.facility(), until=NOON + A_DAY)
    north = Unit.objects.create(facility=make.facility("NORTH"), name="North")
    Place.objects.create(unit=north, under=him.top, during=span())
    with pytest.raises(DomainError, match="payroll of that time is closed"):
        submitted(him.brandt, "transfer", by=him.chief, position=make.position(north))


def test_what_takes_two_to_approve_takes_two_to_rescind(him):
    action = approved(him.brandt, "pay", by=him.okafor, pay=51_000)
    PayrollClosing.objects.create(facility=make.facility(), until=NOON + A_DAY)
    assert rescind(action, by=him.okafor).state == "effective"
    with pytest.raises(NotYours, match="somebody else than the first"):
        rescind(action, by=him.okafor)
    assert rescind(action, by=him.chief).state == "rescinded"
    assert [step.move for step in action.steps.all()] == ["submit", "approve", "take_effect", "ask_rescind", "rescind"]


def test_a_hire_that_is_moved_back_at_another_pay_takes_two(him):
    hire = approved(make.somebody(), "hire", by=him.okafor, position=him.vacant["coding"], fte=1, pay=45_000)
    earlier = actions.correct(hire, by=him.okafor.user, because="Sooner.", effective=NOON - A_DAY, pay=60_000)
    assert approve(actions.submit(earlier, by=him.okafor.user), by=him.okafor).state == "agreed"


def test_a_first_approval_is_void_when_whoever_gave_it_decides_no_more(him):
    action = approve(submitted(him.brandt, "pay", by=him.marsh, pay=60_000), by=him.okafor)
    him.okafor.user.groups.clear()
    action = approve(action, by=him.chief)
    assert action.state == "agreed"
    assert [step.move for step in action.steps.all()] == ["submit", "approve", "void", "approve"]


class TestDelegates:
    @pytest.fixture
    def ruiz_for_okafor(self, him):
        """Ruiz, of the other line, with a manager's role, acts for Okafor in March."""
        him.ruiz.user.groups.set([make.manager("other").groups.get()])
        return Delegation.objects.create(
            giver=him.okafor, taker=him.ruiz, during=span(NOON, NOON + 3650 * A_DAY), because="Holiday"
        )

    def test_a_delegate_acts_as_one_for_the_other(self, him, ruiz_for_okafor):
        action = approve(submitted(him.brandt, "pay", by=him.marsh, pay=51_000), by=him.ruiz)
        step = action.steps.get(move="approve")
        assert (step.by, step.in_place_of) == (him.ruiz.user, him.okafor)

    @pytest.mark.parametrize(("first", "second"), [("okafor", "ruiz"), ("ruiz", "okafor")])
    def test_a_delegate_and_whose_place_they_take_are_not_two(self, him, ruiz_for_okafor, first, second):
        action = approve(submitted(him.brandt, "pay", by=him.marsh, pay=60_000), by=getattr(him, first))
        with pytest.raises(NotYours, match="in another's place"):
            approve(action, by=getattr(him, second))
        assert approve(action, by=him.chief).state == "effective"

    def test_never_on_themselves_nor_on_who_gave_it_nor_above(self, him, ruiz_for_okafor):
        for subject in (him.ruiz, him.okafor, him.chief):
            with pytest.raises(NotYours):
                draft(subject, "pay", by=him.ruiz, pay=51_000)

    def test_neither_before_nor_after_its_time(self, him, ruiz_for_okafor):
        action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
        for moment, acts in ((NOON - A_DAY, None), (NOON + A_DAY, him.okafor.pk), (NOON + 3651 * A_DAY, None)):
            assert authority.in_place_of(him.ruiz.user, action, moment) == acts

    def test_a_delegate_who_is_below_somebody_does_not_act_on_them(self, him):
        him.brandt.user.groups.set([make.manager("other").groups.get()])
        Delegation.objects.create(
            giver=him.okafor, taker=him.brandt, during=span(NOON, NOON + 3650 * A_DAY), because="x"
        )
        with pytest.raises(NotYours):
            draft(him.marsh, "pay", by=him.brandt, pay=51_000)
        assert draft(him.holt, "pay", by=him.brandt, pay=51_000).pk


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_give_one_approval_and_one_conflict(him):
    action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
    digest, at_once, told = timeline.preview(action).digest, threading.Barrier(2), []

    def decide(user):
        try:
            at_once.wait(120)
            actions.approve(action, by=user, digest=digest)
            told.append("approved")
        except Conflict:
            told.append("conflict")
        finally:
            connections.close_all()

    together = [threading.Thread(target=decide, args=(who.user,)) for who in (him.okafor, him.chief)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert sorted(told) == ["approved", "conflict"]
    assert action.steps.filter(move="approve").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_only_looks_ahead_waits_for_whoever_writes_the_timeline(him):
    action, told = submitted(him.brandt, "pay", by=him.marsh, pay=51_000), []

    def look():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        try:
            actions.look_ahead(action)
        except OperationalError:
            told.append("waited")
        finally:
            connections.close_all()

    with transaction.atomic():
        Employee.objects.select_for_update(no_key=True).get(pk=him.brandt.pk)
        looking = threading.Thread(target=look)
        looking.start()
        looking.join()
    assert told == ["waited"]


class TestPastTheModels:
    """What SQL may not do either."""

    def refused(self, constraint, statement, *values):
        broken = ""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as refusal:
            broken = refusal.__cause__.diag.constraint_name or refusal.__cause__.diag.message_primary
        assert broken == constraint

    def test_what_was_submitted_is_not_changed(self, him):
        action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
        words = "UPDATE staff_personnelaction SET pay = 90000 WHERE id = %s"
        self.refused("action_stays_as_submitted", words, action.pk)

    def test_no_action_is_deleted(self, him):
        action = draft(him.brandt, "pay", by=him.marsh, pay=51_000)
        self.refused("action_is_kept", "DELETE FROM staff_personnelaction WHERE id = %s", action.pk)

    def test_no_action_comes_into_force_without_an_approval(self, him):
        action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
        words = "UPDATE staff_personnelaction SET state = 'approved' WHERE id = %s"
        self.refused("action_was_approved", words, action.pk)

    def test_nobody_approves_for_themselves(self, him):
        action = submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
        words = (
            "INSERT INTO staff_personnelstep (action_id, move, state, by_id, at, because, digest, done) "
            "VALUES (%s, 'approve', 'approved', %s, now(), '', 'x', '[]')"
        )
        self.refused("nobody_decides_on_themselves", words, action.pk, him.brandt.user_id)

    def test_a_step_is_never_changed(self, him):
        submitted(him.brandt, "pay", by=him.marsh, pay=51_000)
        self.refused("staff_personnelstep is append-only", "UPDATE staff_personnelstep SET because = 'x'")
        assert PersonnelStep.objects.exclude(because="x").exists()

    @pytest.mark.parametrize(
        ("constraint", "column", "value"),
        [
            ("action_reason_where_its_kind_says", "reason", "layoff"),
            ("action_until_where_its_kind_says", "until", "2030-01-01"),
            ("action_fte_where_its_kind_says", "fte", "1"),
            ("action_pay_where_its_kind_says", "pay", None),
            ("action_has_a_reason", "because", ""),
        ],
    )
    def test_an_action_says_what_its_kind_says_and_nothing_else(self, him, constraint, column, value):
        action = draft(him.brandt, "pay", by=him.marsh, pay=51_000)
        self.refused(constraint, f"UPDATE staff_personnelaction SET {column} = %s WHERE id = %s", value, action.pk)


def test_the_docs_print_the_table_as_it_is():
    told = (Path(__file__).parents[3] / "docs" / "staff.md").read_text()
    for move in MOVES.values():
        states = ", ".join(str(State(state).label) for state in move.states)
        parts, tells = ", ".join(move.parts), ", ".join(move.tells)
        assert f"| {move.label} | {states} | {parts} | {State(move.to).label} | {tells} |" in told
