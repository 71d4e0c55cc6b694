"""The way of a corrective action: each cell of its table, who may, what it asks first, and what came of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, connection, transaction

from compliance.clocks import reminders
from compliance.clocks.models import Reminder
from himdept.common.errors import Conflict, DomainError
from staff.discipline import actions, known, precedents, telling
from staff.discipline.models import CaseState
from staff.discipline.offences import EDITIONS, Offence, Step, last_day
from staff.discipline.workflow import MOVES, open_to, parts_of
from staff.models import CaseFile, CaseFollowUp, CaseStep, Delegation, User
from staff.personnel.actions import NotYours
from staff.personnel.workflow import Part
from tests import factories as make
from tests.factories import span
from tests.staff.discipline.acting import approve, draft, given, submitted, today
from tests.staff.personnel.acting import draft as action

pytestmark = pytest.mark.django_db

FAR = datetime(2030, 1, 1, tzinfo=UTC)
AUTHOR, PROPOSER, DECIDER, SUBJECT = Part.AUTHOR, Part.PROPOSER, Part.DECIDER, Part.SUBJECT
OPEN = {  # the table, written a second time by hand
    ("draft", AUTHOR): {"write", "submit", "withdraw"},
    ("draft", DECIDER): {"withdraw"},
    ("returned", AUTHOR): {"write", "submit", "withdraw"},
    ("returned", DECIDER): {"withdraw"},
    ("submitted", AUTHOR): {"withdraw"},
    ("submitted", DECIDER): {"approve", "return", "withdraw"},
    ("agreed", AUTHOR): {"withdraw"},
    ("agreed", DECIDER): {"approve", "return", "withdraw"},
    ("approved", PROPOSER): {"give"},
    ("approved", DECIDER): {"give", "rescind"},
    ("given", PROPOSER): {"decline", "follow_up", "close"},
    ("given", DECIDER): {"decline", "follow_up", "close", "rescind"},
    ("given", SUBJECT): {"reply", "sign"},
    ("closed", DECIDER): {"rescind"},
}


@pytest.mark.parametrize("state", CaseState.values)
@pytest.mark.parametrize("part", list(Part))
def test_the_table_opens_to_each_part_in_each_state_just_this(state, part):
    assert {move.name for move in open_to(frozenset({part}), state)} == OPEN.get((state, part), set())


def test_the_docs_have_the_table():
    told = (Path(__file__).parents[3] / "docs" / "staff.md").read_text()
    for move in MOVES.values():
        states = ", ".join(str(CaseState(state).label) for state in move.states)
        parts = ", ".join(part.value for part in move.parts)
        assert f"| {move.label} | {states} | {parts} | {CaseState(move.to).label} |" in told, move.name


# Who is what to a case about Brandt that Marsh wrote, before and after it is given; and whether they see it.
PARTS = {
    "marsh": ({AUTHOR, PROPOSER}, {AUTHOR, PROPOSER}),
    "okafor": ({PROPOSER, DECIDER}, {PROPOSER, DECIDER}),
    "chief": ({PROPOSER, DECIDER}, {PROPOSER, DECIDER}),
    "brandt": (set(), {SUBJECT}),
    "petrov": (set(), set()),  # a colleague
    "ruiz": (set(), set()),  # another line
    "holt": (set(), set()),
    "root": (set(), set()),  # runs the software
    "privacy": (set(), set()),
    "delegate": ({PROPOSER}, {PROPOSER}),  # Ruiz, for Marsh
    "delegate without a role": (set(), set()),  # Petrov, for Marsh
    "head without a role": (set(), set()),
    "closed account": (set(), set()),
}


def whoever(him, who):
    if who == "root":
        return make.person("root", is_superuser=True, is_staff=True)
    if who == "privacy":
        return make.person("privacy", role="Privacy officer")
    if who.startswith("delegate"):
        taker = him.petrov if "without" in who else him.ruiz
        Delegation.objects.create(giver=him.marsh, taker=taker, during=span(until=FAR), because="Away.")
        return User.objects.get(pk=taker.user_id)
    if who == "head without a role":
        him.okafor.user.groups.clear()
        return User.objects.get(pk=him.okafor.user_id)
    if who == "closed account":
        User.objects.filter(pk=him.okafor.user_id).update(is_active=False)
        return User.objects.get(pk=him.okafor.user_id)
    return User.objects.get(pk=getattr(him, who).user_id)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("who", PARTS)
def test_who_is_what_to_a_case_and_sees_it(him, who, when):
    case = submitted(him.brandt, by=him.marsh)
    if when == "after":
        case = actions.give(approve(case, by=him.okafor), by=him.marsh.user)
    user, parts = whoever(him, who), PARTS[who][when == "after"]
    assert parts_of(user, case) == parts
    assert list(CaseFile.objects.visible_to(user)) == ([case] if parts else [])
    assert not user.is_superuser or not {"staff.view_casefile"} & user.get_all_permissions()


@pytest.mark.parametrize("who", ["ruiz", "petrov", "brandt", "marsh"])
def test_whoever_does_not_decide_is_refused_and_nothing_moves(him, who):
    case = submitted(him.brandt, by=him.marsh)
    with pytest.raises(NotYours):
        approve(case, by=getattr(him, who))
    case.refresh_from_db()
    assert case.state == "submitted"


def test_nobody_writes_one_about_themselves_a_superior_or_another_line(him):
    for subject, author in ((him.marsh, him.marsh), (him.okafor, him.marsh), (him.holt, him.marsh)):
        with pytest.raises(NotYours):
            draft(subject, by=author)
    assert not CaseFile.objects.exists()


@pytest.mark.parametrize("question", ["volume", "staffing", "training", "system"])
def test_what_else_it_could_be_is_looked_at_first(him, question):
    case = draft(him.brandt, by=him.marsh, **{question: ""})
    with pytest.raises(DomainError, match="First say of volume"):
        actions.submit(case, by=him.marsh.user)
    with pytest.raises(IntegrityError, match="looked_at"), transaction.atomic():
        CaseFile.objects.filter(pk=case.pk).update(state="submitted", suggested=case.step)


def test_the_table_counts_the_steps_that_still_count(him):
    first = given(him.brandt, by=him.okafor)
    assert (first.occurrence, first.suggested, first.step) == (1, "coaching", "coaching")
    second = given(him.brandt, by=him.okafor)
    assert (second.occurrence, second.step) == (2, "verbal")
    assert precedents.suggestion(second).earlier == (first,)
    other = submitted(him.brandt, by=him.okafor, offence="careless")
    assert (other.occurrence, other.step) == (1, "verbal")
    actions.rescind(second, by=him.okafor.user, because="It was another.", digest=actions.digest(second))
    assert submitted(him.brandt, by=him.okafor).occurrence == 2
    assert submitted(him.petrov, by=him.okafor).occurrence == 1


def test_what_is_over_or_was_given_afterwards_does_not_count(him):
    given(him.brandt, by=him.okafor, active_until=today() + timedelta(days=1))
    case = CaseFile(employee=him.brandt, offence="attendance", happened_on=today() + timedelta(days=2))
    assert precedents.suggestion(case).occurrence == 1
    case.happened_on = today() - timedelta(days=1)
    assert precedents.suggestion(case).occurrence == 1
    case.happened_on = today() + timedelta(days=1)
    assert precedents.suggestion(case).occurrence == 2


def test_every_edition_has_a_row_for_each_offence_that_never_becomes_milder():
    order = list(Step)
    for edition in EDITIONS:
        assert set(edition.steps) == set(Offence)
        for row in edition.steps.values():
            assert [order.index(step) for step in row] == sorted({order.index(step) for step in row})
    assert edition.step("disclosed", 3) == Step.DISCHARGE


def test_another_step_than_the_tables_needs_a_reason(him):
    case = draft(him.brandt, by=him.marsh, step="written")
    with pytest.raises(DomainError, match="Say why it is not that one"):
        actions.submit(case, by=him.marsh.user)
    case.deviates_because = "The third week in a row."
    actions.write(case, by=him.marsh.user, follow_ups=[(today(), "The log")])
    assert actions.submit(case, by=him.marsh.user).suggested == "coaching"


@pytest.mark.parametrize(
    ("step", "since", "until"),
    [
        ("coaching", "2026-08-31", "2027-02-28"),
        ("written", "2024-02-29", "2025-02-28"),
        ("suspension", "2026-12-05", "2028-12-05"),
        ("discharge", "2026-01-01", "None"),
    ],
)
def test_a_step_counts_as_long_as_its_months(step, since, until):
    assert str(last_day(step, type(today()).fromisoformat(since))) == until


def test_a_final_warning_takes_two_in_the_places_of_two_heads(him):
    case = submitted(him.brandt, by=him.okafor, offence="snooping")
    assert case.step == "final"
    assert approve(case, by=him.okafor).state == "agreed"
    with pytest.raises(NotYours):
        approve(case, by=him.okafor)
    Delegation.objects.create(giver=him.okafor, taker=him.ruiz, during=span(until=FAR), because="Away.")
    him.ruiz.user.groups.set(him.okafor.user.groups.all())
    him.ruiz.user = User.objects.get(pk=him.ruiz.user_id)
    with pytest.raises(NotYours):
        approve(case, by=him.ruiz)
    assert approve(case, by=him.chief).state == "approved"
    case.refresh_from_db()
    case = actions.rescind(case, by=him.okafor.user, because="No.", digest=actions.digest(case))
    assert case.state == "approved"
    case = actions.rescind(case, by=him.chief.user, because="No.", digest=actions.digest(case))
    assert case.state == "rescinded"


def test_what_was_not_seen_is_not_approved(him):
    case = submitted(him.brandt, by=him.marsh)
    with pytest.raises(Conflict):
        actions.approve(case, by=him.okafor.user, digest="x" * 64)
    seen = actions.digest(case)
    given(him.brandt, by=him.okafor, happened_on=today())
    with pytest.raises(Conflict):
        actions.approve(case, by=him.okafor.user, digest=seen)
    with pytest.raises(DomainError, match="What went before has changed"):
        approve(case, by=him.okafor)


def test_from_given_to_closed(him):
    case = given(him.brandt, by=him.okafor)
    with pytest.raises(DomainError, match="sign"):
        actions.close(case, by=him.okafor.user)
    case = actions.answer(case, by=him.brandt.user, words="The bus was late.", signs=True)
    assert (case.reply, case.answer) == ("The bus was late.", "signed")
    with pytest.raises(Conflict):
        actions.reply(case, by=him.brandt.user, words="And again.")
    with pytest.raises(DomainError, match="follow-up"):
        actions.close(case, by=him.okafor.user)
    case = actions.follow_up(case, case.follow_ups.get(), by=him.marsh.user, found="On time since.")
    assert actions.close(case, by=him.marsh.user).state == "closed"
    moves = list(case.steps.values_list("move", flat=True))
    assert moves == ["submit", "approve", "give", "reply", "sign", "follow_up", "close"]


def test_whoever_declines_does_so_before_a_witness(him):
    case = given(him.brandt, by=him.okafor)
    for nobody in (him.brandt, him.okafor):
        with pytest.raises(DomainError, match="somebody else"):
            actions.decline(case, by=him.okafor.user, witness=nobody)
    case = actions.decline(case, by=him.okafor.user, witness=him.petrov)
    assert (case.answer, case.witness) == ("declined", him.petrov)
    with pytest.raises(Conflict):
        actions.sign(case, by=him.brandt.user)
    with pytest.raises(NotYours):
        actions.sign(case, by=him.petrov.user)


def test_the_database_keeps_what_was_submitted_and_what_came_of_it(him):
    case = given(him.brandt, by=him.okafor)
    case = actions.reply(case, by=him.brandt.user, words="The bus.")
    for change in ({"facts": "x"}, {"step": "verbal"}, {"reply": "x"}, {"given_at": None, "state": "approved"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseFile.objects.filter(pk=case.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseFollowUp.objects.filter(case=case).update(due=today())
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseFollowUp.objects.create(case=case, due=today(), what="More")
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseFile.objects.filter(pk=case.pk).delete()
    with pytest.raises(IntegrityError, match="Nobody decides on themselves"), transaction.atomic():
        CaseStep.objects.create(case=case, move="close", state="closed", by=him.brandt.user, at=case.given_at)
    draft(him.petrov, by=him.marsh)
    with pytest.raises(IntegrityError, match="Nobody approved"), transaction.atomic():
        _approve_by_hand(him.petrov)


def _approve_by_hand(person):
    CaseFile.objects.filter(employee=person).update(state="approved", suggested="coaching", occurrence=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_trail_says_that_and_by_whom_but_neither_about_whom_nor_what(him):
    case = given(him.brandt, by=him.okafor)
    actions.reply(case, by=him.brandt.user, words="The bus was late.")
    entries = LogEntry.objects.get_for_objects(CaseFile.objects.all())
    assert {entry.actor for entry in entries} == {him.okafor.user, him.brandt.user}
    rows = [*entries, *LogEntry.objects.get_for_objects(CaseFollowUp.objects.all())]
    told = " ".join(f"{row.object_repr} {row.changes} {row.additional_data}" for row in rows)
    for secret in ("attendance", "coaching", "door", "bus", "Brandt", him.brandt.number, "log"):
        assert secret not in told
    values = {value for row in rows for pair in row.changes.values() for value in pair}
    assert {value for value in values if not value.isdecimal() and not value.endswith(".None")} == {"***", "None"}


def test_a_separation_points_to_the_persons_own_case_that_was_given(him):
    case = given(him.brandt, by=him.okafor, then=him.chief, offence="disclosed")
    other = given(him.petrov, by=him.okafor)
    for wrong in (other, submitted(him.brandt, by=him.okafor)):
        with pytest.raises(DomainError, match="not given to this person"):
            action(him.brandt, "separation", by=him.okafor, reason="discharge", case=wrong)
    with pytest.raises(DomainError, match="Only a separation"):
        action(him.brandt, "pay", by=him.okafor, pay=51_000, case=case)
    assert action(him.brandt, "separation", by=him.okafor, reason="discharge", case=case).case == case
    entry = LogEntry.objects.filter(content_type__model="personnelaction").first()
    assert entry.changes["case"] == ["***", "***"]


def test_a_follow_up_comes_due_for_its_author_and_the_nearest_head_and_not_for_the_person(him):
    case = given(him.brandt, by=him.okafor)
    facility = make.facility()
    row = case.follow_ups.get()
    reminders.write(facility, on=row.due - timedelta(days=8))
    assert not Reminder.objects.filter(clock="follow_ups").exists()
    reminders.write(facility, on=row.due - timedelta(days=7))
    told = Reminder.objects.filter(clock="follow_ups")
    assert {reminder.person_id for reminder in told} == {him.okafor.user_id, him.marsh.user_id}
    actions.follow_up(case, row, by=him.okafor.user, found="Fine.")
    reminders.write(facility, on=row.due)
    assert told.count() == 2


def test_a_case_tells_what_was_asked_with_what_was_found(him):
    told = dict(telling.facts(given(him.brandt, by=him.okafor)))
    assert told["System"] == "Did a program, a form or a machine lead to it? The clock is right."
    assert dict(telling.facts(draft(him.brandt, by=him.okafor, staffing="")))["Staffing"].endswith("Not looked at yet.")


def test_what_the_program_knows_stands_beside(him):
    course = make.course(title="Hours of work")
    make.attendance(him.brandt, course, by=him.marsh.user, done_on=today() - timedelta(days=400))
    said = dict(known.beside(him.brandt, today()))
    assert said["Staffing"] == "Coding on that day: 4 seats, 1 of them vacant, 0 people on leave."
    assert "Last taken: Hours of work" in said["Training"]
    assert said["Volume"] == said["System"] == "The program has no record of it."
