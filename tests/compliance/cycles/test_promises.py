"""What the database itself refuses of a survey cycle, whoever writes to it."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction

from compliance.cycles import actions
from compliance.cycles.models import Cycle, CyclePart, Hand, Mark, PartStep, State
from compliance.standards.models import Chapter
from tests.compliance.cycles.acting import begun, closed, part_of, row_of, score, score_rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(team):
    return part_of(begun(team.rosa, scored_by=team.sam), "A")


@contextmanager
def refused(words: str):
    """The block is refused by the database, and what it did is taken back."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        yield


def put(part, code="A-1", hand=Hand.INDIVIDUAL, by=None, **fields) -> Mark:
    element = row_of(part, code).element
    return Mark.objects.create(
        part=part, element=element, hand=hand, by=by or part.assignee, **{"result": "met"} | fields
    )


def test_marks_and_steps_are_never_changed_and_nothing_is_deleted(team, part):
    score(part, "A-1")
    for model in (Mark, PartStep):
        with refused("append-only"):
            model.objects.update(because="Otherwise.")
    with refused("never deleted"):
        CyclePart.objects.filter(chapter__code="M").delete()
    with refused("none is deleted"):
        Cycle.objects.filter(pk=begun(team.rosa, [part.chapter.edition], title="Other").pk)._raw_delete("default")


@pytest.mark.parametrize(
    ("hand", "open_in"),
    [
        (Hand.INDIVIDUAL, {State.DRAFT, State.IN_PROGRESS, State.CHANGES}),
        (Hand.PRELIMINARY, {State.SUBMITTED}),
        (Hand.FINAL, {State.CLOSED}),
    ],
)
def test_each_hand_marks_in_its_time_alone(team, part, hand, open_in):
    taken = set()
    for state, step in (
        (State.DRAFT, lambda: None),
        (State.IN_PROGRESS, lambda: score(part, "A-1")),
        (State.SUBMITTED, lambda: [score_rest(part), actions.submit(part, by=team.sam)]),
        (State.CHANGES, lambda: actions.ask(part, because="More.", by=team.rosa)),
        (State.CLOSED, lambda: [
            actions.submit(part, by=team.sam), actions.accept(part, by=team.rosa),
            actions.close_part(part, by=team.rosa),
        ]),
    ):  # fmt: skip
        step()
        part.refresh_from_db()
        assert part.state == state
        if state not in open_in:
            with refused("takes no such mark"):
                put(part, hand=hand)
        with transaction.atomic():
            if state in open_in:
                taken.add(put(part, hand=hand).hand)
            transaction.set_rollback(True)
    assert taken == {hand}


def test_a_mark_is_its_assignees_and_of_its_chapter(team, part):
    with refused("takes no such mark"):
        put(part, by=team.vera)
    other = row_of(part_of(part.cycle, "M"), "M-2").element
    with refused("another chapter"):
        Mark.objects.create(part=part, element=other, hand=Hand.INDIVIDUAL, by=team.sam, result="met")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"result": "not_applicable"}, "mark_has_a_reason"),
        ({"result": "met", "overrules": True}, "mark_has_a_reason"),
        ({"result": "met", "likelihood": "low", "scope": "limited"}, "mark_is_graded"),
        ({"result": "partly", "likelihood": "low"}, "mark_is_graded"),
        ({"result": "met", "overrules": True, "is_measured": True, "because": "x"}, "mark_says_as_measured"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(part, fields, constraint):
    with refused(constraint):
        put(part, **fields)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("then", State)
def test_a_part_goes_from_state_to_state_as_the_table_says_and_no_other_way(team, part, before, then):
    ways = {
        (State.DRAFT, State.IN_PROGRESS), (State.DRAFT, State.SUBMITTED), (State.IN_PROGRESS, State.SUBMITTED),
        (State.CHANGES, State.IN_PROGRESS), (State.CHANGES, State.SUBMITTED),
        (State.SUBMITTED, State.CHANGES), (State.SUBMITTED, State.CLOSED),
    }  # fmt: skip
    for code in ("A-1", "A-2"):
        put(part, code)
    to = {
        State.DRAFT: [],
        State.IN_PROGRESS: [State.IN_PROGRESS],
        State.SUBMITTED: [State.SUBMITTED],
        State.CHANGES: [State.SUBMITTED, State.CHANGES],
        State.CLOSED: [State.SUBMITTED, State.CLOSED],
    }[before]
    for state in to:
        if state == State.CLOSED:
            actions.accept(part, by=team.rosa)
        CyclePart.objects.filter(pk=part.pk).update(state=state)
    if before == State.SUBMITTED:
        actions.accept(part, by=team.rosa)
    if before == then:
        return
    if (before, then) in ways:
        CyclePart.objects.filter(pk=part.pk).update(state=then)
        return
    with refused("does not go from"):
        CyclePart.objects.filter(pk=part.pk).update(state=then)


def test_a_part_is_submitted_whole_and_closed_with_what_the_coordinator_said(team, part):
    put(part, "A-1")
    rows = CyclePart.objects.filter(pk=part.pk)
    with refused("each element has its result"):
        rows.update(state=State.SUBMITTED)
    put(part, "A-2", result="not_assessed")
    with refused("each element has its result"):
        rows.update(state=State.SUBMITTED)
    put(part, "A-2", result="partly")
    rows.update(state=State.SUBMITTED)
    with refused("preliminary score"):
        rows.update(state=State.CLOSED)
    put(part, "A-1", Hand.PRELIMINARY)
    put(part, "A-2", Hand.PRELIMINARY, result="partly")
    with refused("and its grade"):
        rows.update(state=State.CLOSED)
    put(part, "A-2", Hand.PRELIMINARY, result="partly", likelihood="low", scope="limited")
    rows.update(state=State.CLOSED)


def test_what_is_submitted_keeps_its_assignee_and_its_day(team, part):
    score_rest(part)
    actions.submit(part, by=team.sam)
    for fields in ({"assignee": team.vera}, {"due": part.cycle.begins}):
        with refused("is not changed"):
            CyclePart.objects.filter(pk=part.pk).update(**fields)


def test_a_cycle_closes_whole_and_never_changes_after_that(team):
    cycle = begun(team.rosa, scored_by=team.sam)
    with refused("each of its parts"):
        Cycle.objects.filter(pk=cycle.pk).update(closed_at=cycle.started_at, closed_by=team.rosa, points=0, judged=0)
    done = closed(team.rosa, team.sam, [cycle.parts.first().chapter.edition], title="Done")
    with refused("never changed"):
        Cycle.objects.filter(pk=done.pk).update(points=0)
    part = part_of(done, "A")
    for hand in Hand:
        with refused("closed cycle"):
            put(part, hand=hand)
    with refused("closed cycle"):
        CyclePart.objects.filter(pk=part.pk).update(due=done.begins)
    another = Chapter.objects.create(edition=part.chapter.edition, code="Z", title="Z", ordinal=9)
    with refused("closed cycle"):
        CyclePart.objects.create(cycle=done, chapter=another, due=done.due)
